// Discounts: what the price list makes of a line, who has to decide, in which order, until when.
#include "libs/domain/deal/approval.hpp"

#include "dealog/v1/price_events.pb.h"
#include "tests/unit/domain/deal/deal_story.hpp"

namespace dealog::deal {
namespace {

const UserId kOlga = id<UserId>(6);  // the owner

// The web studio with steps of approval.
const rules::Regulation& with_steps() {
  static const rules::Regulation kRegulation = [] {
    rules::Regulation regulation = web_studio();
    regulation.discounts = {
        .roles = {{"seller", 1000}, {"supervisor", 2500}, {"owner", 10'000}},
        .steps = {{1000, "supervisor", rules::TimeLimit{std::chrono::hours(4), true}},
                  {2500, "owner", rules::TimeLimit{std::chrono::hours(24), false}}}};
    return regulation;
  }();
  return kRegulation;
}

LineInput of_the_list(std::int64_t list, std::int64_t floor, std::int64_t price,
                      std::int32_t discount = 0) {
  return {.title = "Site",
          .unit_price = rub(price),
          .discount_basis_points = discount,
          .product = "site",
          .listed =
              ListedPrice{.product = "prd_1", .price = 2, .list = rub(list), .floor = rub(floor)}};
}

// Anna sells, Boris supervises, Olga owns.
DealStory a_quote_with(std::int32_t discount, const UserId& author = kAnna) {
  DealStory story(with_steps());
  story.with_role(kAnna, "seller").with_role(kBoris, "supervisor").with_role(kOlga, "owner");
  story.as(author).given(a_lead()).given_stage("negotiation");
  story.given(DraftQuote{one_line(rub(100), discount)});
  return story;
}

const Quote& quote_of(const DealStory& story) { return story.state().quotes.back(); }

TEST(ListPrice, ADiscountIsWhateverLiesBelowIt) {
  EXPECT_EQ(discount_of(of_the_list(1000, 0, 1000)), 0);
  EXPECT_EQ(discount_of(of_the_list(1000, 0, 1000, 1250)), 1250);
  EXPECT_EQ(discount_of(of_the_list(1000, 0, 800)), 2000);
  EXPECT_EQ(discount_of(of_the_list(1000, 0, 800, 1000)), 2800);
  EXPECT_EQ(discount_of(of_the_list(1000, 0, 1100, 500)), 0);  // dearer than the list
  EXPECT_EQ(discount_of(of_the_list(3, 0, 2)), 3334);          // rounded up: a third and more
  EXPECT_EQ(discount_of(of_the_list(0, 0, 0, 700)), 700);      // nothing to compare it with
  EXPECT_FALSE(is_below_floor(of_the_list(1000, 800, 800)));
  EXPECT_TRUE(is_below_floor(of_the_list(1000, 800, 800, 1)));
}

TEST(ListPrice, StandsBesideTheQuote) {
  DealStory story;
  story.given(a_lead());
  LineInput free{.title = "Advice", .unit_price = rub(10), .discount_basis_points = 300};
  free.vat_basis_points = -1;
  story.when(DraftQuote{{.lines = {of_the_list(1000, 700, 800), free}}})
      .then({"QuoteDrafted", "LinesPriced"});
  EXPECT_EQ(story.event<v1::QuoteDrafted>().highest_discount_basis_points(), 2000);
  const auto& priced = story.event<v1::LinesPriced>();
  ASSERT_EQ(priced.lines_size(), 2);
  EXPECT_EQ(priced.subject(), story.quote().text());
  EXPECT_EQ(priced.lines(0).product(), "prd_1");
  EXPECT_EQ(priced.lines(0).price(), 2u);
  EXPECT_EQ(priced.lines(0).list().minor(), 100'000);
  EXPECT_FALSE(priced.lines(0).has_vat_basis_points());
  EXPECT_EQ(priced.lines(1).product(), "");
  EXPECT_EQ(priced.lines(1).discount_basis_points(), 300);
  EXPECT_EQ(priced.lines(1).vat_basis_points(), -1);
  EXPECT_EQ(priced.allowed_basis_points(), 1000);  // the regulation's, for everybody
  EXPECT_FALSE(priced.below_floor());
}

TEST(ListPrice, InAnotherCurrencyIsNotTheDeals) {
  DealStory story;
  story.given(a_deal_worth(eur(100)));
  story.when(DraftQuote{{.lines = {of_the_list(1000, 700, 800)}}})
      .then_invalid({"/lines/0/product currency_mismatch"});
}

TEST(FloorPrice, NeedsApprovalThoughTheDiscountIsSmall) {
  DealStory story;
  story.given(a_lead()).given_stage("negotiation");
  story.given(DraftQuote{{.lines = {of_the_list(1000, 990, 980)}}});
  EXPECT_FALSE(DealFacts(story.state(), story.context()).discount_within(1000));
  story.when(SendQuote{story.quote()})
      .then({"QuoteSent", "QuoteSubmitted", "TaskCreated", "TaskCreated"});
  story.as(kBoris).who_may_override().given(ApproveQuote{story.quote()});
  EXPECT_TRUE(DealFacts(story.state(), story.context()).discount_within(1000));
}

TEST(FloorPrice, IsRefusedWhereTheRegulationSaysSo) {
  rules::Regulation strict = with_steps();
  strict.discounts.refuse_below_floor = true;
  DealStory story(strict);
  story.given(a_lead());
  story.when(DraftQuote{{.lines = {of_the_list(1000, 700, 800), of_the_list(1000, 900, 800)}}})
      .then_invalid({"/lines/1/unit_price below_floor"});
}

TEST(DiscountApproval, GoesStepByStepWithADeadlineEach) {
  DealStory story = a_quote_with(3000);
  EXPECT_EQ(story.state().quotes.back().allowed_basis_points, 1000);
  story.when(SubmitQuote{story.quote()}).then({"QuoteSubmitted", "ApprovalRequested"});
  const auto& asked = story.event<v1::ApprovalRequested>();
  ASSERT_EQ(asked.steps_size(), 2);
  EXPECT_EQ(asked.discount_basis_points(), 3000);
  // Tuesday noon and four working hours: 16:00 in Moscow, or later if they close earlier.
  EXPECT_EQ(quote_of(story).steps[0].due_at,
            with_steps().calendar.add(noon(), std::chrono::hours(4)));
  EXPECT_TRUE(quote_of(story).steps[1].due_at.is_zero());
  story.as(kBoris).later(std::chrono::hours(1));
  story.when(ApproveQuote{story.quote(), "An old customer"}).then({"ApprovalGiven"});
  EXPECT_EQ(story.event<v1::ApprovalGiven>().comment(), "An old customer");
  EXPECT_EQ(story.event<v1::ApprovalGiven>().role(), "supervisor");
  EXPECT_FALSE(quote_of(story).approved());
  EXPECT_EQ(quote_of(story).steps[1].due_at, noon() + std::chrono::hours(25));
  story.when(ApproveQuote{story.quote()}).then_refused("role_missing");
  story.as(kOlga).when(ApproveQuote{story.quote()}).then({"ApprovalGiven", "QuoteApproved"});
  EXPECT_TRUE(quote_of(story).approved());
  EXPECT_FALSE(quote_of(story).waiting_step());
}

TEST(DiscountApproval, AHigherRoleDecidesForTheLowerOnes) {
  DealStory story = a_quote_with(3000);
  story.given(SubmitQuote{story.quote()});
  story.as(kOlga)
      .when(ApproveQuote{story.quote(), "Yes"})
      .then({"ApprovalGiven", "ApprovalGiven", "QuoteApproved"});
  EXPECT_EQ(story.event<v1::ApprovalGiven>(0).step(), 1u);
  EXPECT_EQ(story.event<v1::ApprovalGiven>(1).step(), 2u);
  EXPECT_EQ(story.event<v1::ApprovalGiven>(1).comment(), "");  // said once
}

TEST(DiscountApproval, WhatTheAuthorMayGrantAsksNobody) {
  DealStory story = a_quote_with(2000, kBoris);
  EXPECT_FALSE(needs_approval(quote_of(story), with_steps()));
  EXPECT_TRUE(DealFacts(story.state(), story.context()).discount_within(1000));
  EXPECT_FALSE(DealFacts(story.state(), story.context()).discount_within(500));  // a stricter gate
  story.when(SendQuote{story.quote()}).then({"QuoteSent", "TaskCreated"});
  // More asks the owner alone, and nobody approves his own.
  story.given(ReviseQuote{story.quote(), one_line(rub(100), 2600)});
  story.given(SubmitQuote{story.quote()});
  ASSERT_EQ(quote_of(story).steps.size(), 1u);
  story.when(ApproveQuote{story.quote()}).then_refused("own_quote");
  story.as(kAnna).when(ApproveQuote{story.quote()}).then_refused("role_missing");
  story.as(kOlga).when(ApproveQuote{story.quote()}).then({"ApprovalGiven", "QuoteApproved"});
}

TEST(DiscountApproval, SendingAsksForIt) {
  DealStory story = a_quote_with(1500);
  story.when(SendQuote{story.quote()})
      .then({"QuoteSent", "QuoteSubmitted", "ApprovalRequested", "TaskCreated", "TaskCreated"});
  EXPECT_EQ(story.made("ApprovalRequested").caused_by, 1u);
}

TEST(DiscountApproval, WhoeverApprovesUnaskedAsksByThat) {
  DealStory story = a_quote_with(1500);
  story.as(kBoris)
      .when(ApproveQuote{story.quote()})
      .then({"QuoteSubmitted", "ApprovalRequested", "ApprovalGiven", "QuoteApproved"});
}

TEST(DiscountApproval, IsVoidWhenTheQuoteChanges) {
  DealStory story = a_quote_with(3000);
  story.given(SubmitQuote{story.quote()}).as(kBoris).given(ApproveQuote{story.quote()});
  story.as(kAnna).given(ReviseQuote{story.quote(), one_line(rub(100), 3000)});
  EXPECT_TRUE(quote_of(story).steps.empty());
  story.when(SubmitQuote{story.quote()}).then({"QuoteSubmitted", "ApprovalRequested"});
  EXPECT_EQ(quote_of(story).waiting_step(), 0u);  // Boris again
}

TEST(DiscountApproval, IsDeclinedWithAReason) {
  DealStory story = a_quote_with(1500);
  story.as(kBoris).when(DeclineQuote{story.quote(), "No"}).then_refused("quote_not_submitted");
  story.as(kAnna).given(SubmitQuote{story.quote()});
  story.when(DeclineQuote{story.quote(), "No"}).then_refused("own_quote");
  story.as(kBoris).when(DeclineQuote{story.quote(), ""}).then_invalid({"/comment required"});
  story.when(DeclineQuote{story.quote(), "Too much"}).then({"ApprovalDeclined"});
  EXPECT_EQ(story.event<v1::ApprovalDeclined>().step(), 1u);
  EXPECT_EQ(quote_of(story).state, QuoteState::kDraft);
  for (const UserId& who : {kAnna, kOlga}) {
    story.as(who).when(SubmitQuote{story.quote()}).then_refused("quote_declined");
  }
  story.when(ApproveQuote{story.quote()}).then_refused("quote_declined");
  // Sending it does not ask again; another revision does.
  story.as(kAnna).when(SendQuote{story.quote()}).then({"QuoteSent", "TaskCreated", "TaskCreated"});
  story.given(ReviseQuote{story.quote(), one_line(rub(100), 1200)});
  story.when(SubmitQuote{story.quote()}).then({"QuoteSubmitted", "ApprovalRequested"});
}

TEST(DiscountApproval, ASellerDeclinesNothing) {
  DealStory story = a_quote_with(1500, kBoris);
  story.given(ReviseQuote{story.quote(), one_line(rub(100), 3000)});
  story.given(SubmitQuote{story.quote()});
  story.as(kAnna).when(DeclineQuote{story.quote(), "No"}).then_refused("role_missing");
}

TEST(DiscountApproval, ALateStepIsEscalatedOnce) {
  DealStory story = a_quote_with(3000);
  story.given(SubmitQuote{story.quote()});
  const EscalateApproval late{story.quote(), 1, 1};
  story.when(late).then_nothing();  // it is not late yet
  story.later(std::chrono::days(1));
  story.when(EscalateApproval{story.quote(), 1, 2}).then_nothing();
  story.when(EscalateApproval{story.quote(), 2, 1}).then_nothing();
  story.when(late).then({"ApprovalEscalated"});
  EXPECT_EQ(story.event<v1::ApprovalEscalated>().role(), "supervisor");
  EXPECT_EQ(story.event<v1::ApprovalEscalated>().to_role(), "owner");
  EXPECT_EQ(story.made("ApprovalEscalated").rule, "discount_policy");
  story.when(late).then_nothing();
  // The next step has a time of its own.
  story.as(kBoris).given(ApproveQuote{story.quote()});
  story.later(std::chrono::days(2));
  story.when(EscalateApproval{story.quote(), 1, 2}).then({"ApprovalEscalated"});
  story.given(LoseDeal{"price"});
  story.when(EscalateApproval{story.quote(), 1, 2}).then_nothing();
}

// Accepted before anybody approved: the approval issues the invoice, and only the last step's.
TEST(DiscountApproval, TheLastStepIssuesWhatWaitedForIt) {
  DealStory story = a_quote_with(3000);
  story.given(SendQuote{story.quote()}).given(AcceptQuote{story.quote()});
  EXPECT_TRUE(story.state().invoices.empty());
  story.as(kBoris).when(ApproveQuote{story.quote()}).then({"ApprovalGiven"});
  story.as(kOlga)
      .when(ApproveQuote{story.quote()})
      .then({"ApprovalGiven", "QuoteApproved", "InvoiceIssued"});
}

}  // namespace
}  // namespace dealog::deal
