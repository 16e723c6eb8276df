// Quotes: what they cost, who approves them, which one counts.
#include "tests/unit/domain/deal/deal_story.hpp"

namespace dealog::deal {
namespace {

Money kopecks(std::int64_t minor) { return {minor, rub(0).currency}; }

LineInput a_line(std::int64_t quantity_thousandths, std::int64_t price_minor,
                 std::int32_t discount_basis_points) {
  return {"Work", quantity_thousandths, kopecks(price_minor), discount_basis_points};
}

Money total_of(const std::vector<LineInput>& lines) {
  DealStory story;
  story.given(a_lead()).given(DraftQuote{{.lines = lines}});
  return story.state().quotes.back().total;
}

TEST(DealQuote, TotalsAreExactAndRoundedOnceALine) {
  EXPECT_EQ(total_of({a_line(1500, 10'001, 0)}), kopecks(15'002));   // 15001.5
  EXPECT_EQ(total_of({a_line(1000, 10'000, 333)}), kopecks(9'667));  // 3.33 %
  EXPECT_EQ(total_of({a_line(1, 499, 0)}), kopecks(0));
  EXPECT_EQ(total_of({a_line(1, 500, 0)}), kopecks(1));
  EXPECT_EQ(total_of({a_line(1000, 10'000, 10'000)}), kopecks(0));
  EXPECT_EQ(total_of({a_line(333, 100, 0), a_line(333, 100, 0)}), kopecks(66));
}

TEST(DealQuote, LineTotalsStandOnTheLines) {
  DealStory story;
  story.given(a_lead()).when(
      DraftQuote{{.lines = {a_line(2000, 5'000, 1000), a_line(1000, 700, 0)}}});
  const auto& quote = story.event<v1::QuoteDrafted>();
  EXPECT_EQ(quote.lines(0).total().minor(), 9'000);
  EXPECT_EQ(quote.lines(1).total().minor(), 700);
  EXPECT_EQ(quote.total().minor(), 9'700);
  EXPECT_EQ(quote.highest_discount_basis_points(), 1000);
  EXPECT_EQ(quote.prepayment_basis_points(), -1);
}

TEST(DealQuote, EnormousTotalsAreRefused) {
  DealStory story;
  story.given(a_lead());
  story.when(DraftQuote{{.lines = {a_line(1'000'000'000'000, kMaxMoneyMinor, 0)}}})
      .then_refused("amount_out_of_range");
  story.when(DraftQuote{{.lines = {a_line(1000, kMaxMoneyMinor, 0), a_line(1000, 1, 0)}}})
      .then_refused("amount_out_of_range");
  story.when(DraftQuote{{.lines = {a_line(1000, kMaxMoneyMinor, 0)}}}).then({"QuoteDrafted"});
}

TEST(DealQuote, NamesEveryWrongLine) {
  QuoteContents contents{.lines = {a_line(0, 1, 0),
                                   a_line(1, -1, 0),
                                   a_line(1, 1, 10'001),
                                   a_line(1, 1, -1),
                                   {"", 1000, eur(1), 0}},
                         .prepayment_basis_points = 10'001};
  DealStory()
      .given(a_lead())
      .when(DraftQuote{contents})
      .then_invalid({"/lines/0/quantity out_of_range", "/lines/1/unit_price out_of_range",
                     "/lines/2/discount_percent out_of_range",
                     "/lines/3/discount_percent out_of_range", "/lines/4/title required",
                     "/lines/4/unit_price currency_mismatch", "/prepayment_percent out_of_range"});
  DealStory().given(a_lead()).when(DraftQuote{}).then_invalid({"/lines out_of_range"});
  contents.lines.assign(501, a_line(1000, 1, 0));
  DealStory()
      .given(a_lead())
      .when(DraftQuote{contents})
      .then_invalid({"/lines out_of_range", "/prepayment_percent out_of_range"});
}

TEST(DealQuote, IsInTheCurrencyOfTheDeal) {
  DealStory story;
  story.given(a_deal_worth(eur(100)));
  story.when(DraftQuote{one_line(rub(1))}).then_invalid({"/lines/0/unit_price currency_mismatch"});
  story.when(DraftQuote{one_line(eur(1))}).then({"QuoteDrafted"});
  DetailsChange change;
  change.amount = rub(100);
  story.when(ChangeDealDetails{change}).then_invalid({"/amount currency_mismatch"});
}

TEST(DealQuote, NobodyApprovesHisOwn) {
  DealStory story;
  story.given(a_lead()).given(DraftQuote{one_line(rub(100), 2000)});
  story.given(SubmitQuote{story.quote()});
  story.when(ApproveQuote{story.quote()}).then_refused("own_quote");
  EXPECT_EQ(story.error().kind, ErrorKind::kForbidden);
  story.as(kBoris).when(ApproveQuote{story.quote()}).then_refused("right_missing");
  story.who_may_override().when(ApproveQuote{story.quote()}).then({"QuoteApproved"});
  story.when(ApproveQuote{story.quote()}).then_refused("quote_approved");
  // Boris revises, so the new revision is his own and stands unapproved.
  story.given(ReviseQuote{story.quote(), one_line(rub(90), 3000)});
  EXPECT_FALSE(story.state().quotes.back().approved());
  story.when(ApproveQuote{story.quote()}).then_refused("own_quote");
  story.as(kAnna).when(ApproveQuote{story.quote()}).then({"QuoteApproved"});
}

TEST(DealQuote, ARevisionStartsAnew) {
  DealStory story = a_sent_quote(rub(100));
  story.when(ReviseQuote{story.quote(), one_line(rub(90))}).then({"QuoteRevised"});
  EXPECT_EQ(story.event<v1::QuoteRevised>().revision(), 2u);
  EXPECT_EQ(story.state().quotes.back().state, QuoteState::kDraft);
  story.when(AcceptQuote{story.quote()}).then_refused("quote_not_sent");
  story.given(SendQuote{story.quote()}).given(AcceptQuote{story.quote()});
  EXPECT_EQ(story.state().agreed(), rub(90));
}

TEST(DealQuote, StatesAllowWhatTheyAllow) {
  DealStory story;
  story.given(a_lead()).given_stage("negotiation").given(DraftQuote{one_line(rub(100))});
  const QuoteId quote = story.quote();
  story.when(AcceptQuote{quote}).then_refused("quote_not_sent");
  story.given(SubmitQuote{quote}).when(SubmitQuote{quote}).then_refused("quote_submitted");
  story.given(SendQuote{quote}).when(SendQuote{quote}).then_refused("quote_sent");
  story.given(RejectQuote{quote, "Too dear"});
  story.when(AcceptQuote{quote}).then_refused("quote_rejected");
  story.when(SendQuote{quote}).then_refused("quote_rejected");
  story.when(RejectQuote{quote}).then_refused("quote_rejected");
  story.given(ReviseQuote{quote, one_line(rub(80))}).given(SendQuote{quote});
  story.given(AcceptQuote{quote});
  story.when(AcceptQuote{quote}).then_refused("quote_accepted");
  story.when(ReviseQuote{quote, one_line(rub(1))}).then_refused("quote_accepted");
  story.when(RejectQuote{quote}).then_refused("quote_accepted");
  story.when(SendQuote{id<QuoteId>(99)}).then_refused("quote_not_found");
  story.given(LoseDeal{"price"});
  story.when(DraftQuote{one_line(rub(1))}).then_refused("deal_closed");
}

TEST(DealQuote, SendingCreatesTheFollowUp) {
  DealStory story;
  story.given(a_lead()).given(DraftQuote{one_line(rub(100))});
  story.when(SendQuote{story.quote()}).then({"QuoteSent", "TaskCreated"});
  EXPECT_EQ(story.made("TaskCreated").rule, "follow_up");
  EXPECT_EQ(story.made("TaskCreated").caused_by, 0u);
  // Two business days on: Thursday noon.
  EXPECT_EQ(story.state().open_tasks.back().due_at, noon() + std::chrono::hours(48));
}

TEST(DealQuote, AcceptedTotalIsAgreedAndASecondAcceptedOneReplaces) {
  DealStory story = a_sent_quote(rub(100));
  const QuoteId first = story.quote();
  story.given(AcceptQuote{first});
  story.given(DraftQuote{one_line(rub(300))}).given(SendQuote{story.quote()});
  EXPECT_EQ(story.state().agreed(), rub(100));
  story.given(AcceptQuote{story.quote()});
  EXPECT_EQ(story.state().agreed(), rub(300));
  EXPECT_EQ(story.state().quote(first)->state, QuoteState::kReplaced);
  story.when(AcceptQuote{first}).then_refused("quote_replaced");
}

// Nobody thinks of asking, and yet the approval is waited for.
TEST(DealQuote, SendingADiscountOverThePolicyAsksForItsApproval) {
  DealStory story;
  story.given(a_lead()).given(DraftQuote{one_line(rub(100), 1500)});
  story.when(SendQuote{story.quote()}).then({"QuoteSent", "QuoteSubmitted", "TaskCreated"});
  EXPECT_EQ(story.made("QuoteSubmitted").rule, "discount_policy");
  EXPECT_EQ(story.made("QuoteSubmitted").caused_by, 0u);
  EXPECT_TRUE(story.state().quotes.back().submitted());
  EXPECT_EQ(story.state().quotes.back().state, QuoteState::kSent);
  // Asked for or given before: once is enough. Within the policy: not at all.
  for (const bool approved : {false, true}) {
    DealStory asked;
    asked.given(a_lead()).given(DraftQuote{one_line(rub(100), 1500)});
    asked.given(SubmitQuote{asked.quote()});
    if (approved) asked.as(kBoris).who_may_override().given(ApproveQuote{asked.quote()});
    asked.when(SendQuote{asked.quote()}).then({"QuoteSent", "TaskCreated"});
  }
  DealStory small;
  small.given(a_lead()).given(DraftQuote{one_line(rub(100), 1000)});
  small.when(SendQuote{small.quote()}).then({"QuoteSent", "TaskCreated"});
}

TEST(DealQuote, ARefusalNamesTheStateInTheReadersLanguage) {
  DealStory story = a_sent_quote(rub(100));
  story.when(SendQuote{story.quote()}).then_refused("quote_sent");
  EXPECT_EQ(story.error().message, "this quote was sent to the customer already");
  story.context().language = rules::Language::kRu;
  story.when(SendQuote{story.quote()}).then_refused("quote_sent");
  EXPECT_EQ(story.error().message, "это КП уже отправлено клиенту");
}

TEST(DealQuoteFacts, SentUnapprovedIsNotApproved) {
  DealStory story;
  story.given(a_lead()).given(DraftQuote{one_line(rub(100), 1500)});
  story.given(SendQuote{story.quote()});
  const auto facts = [&] { return DealFacts(story.state(), story.context()); };
  EXPECT_TRUE(facts().quote_reached("sent"));
  EXPECT_FALSE(facts().quote_reached("approved"));
  EXPECT_FALSE(facts().discount_within(1000));
  EXPECT_TRUE(facts().discount_within(1500));
  story.as(kBoris).who_may_override().given(ApproveQuote{story.quote()});
  EXPECT_TRUE(facts().quote_reached("approved"));
  EXPECT_TRUE(facts().discount_within(1000));
  story.given(RejectQuote{story.quote()});
  EXPECT_TRUE(facts().quote_reached("rejected"));
  EXPECT_FALSE(facts().quote_reached("draft"));
}

TEST(DealQuoteFacts, TheAcceptedOneStaysInForceBesideANewDraft) {
  DealStory story = a_sent_quote(rub(100));
  story.given(AcceptQuote{story.quote()}).given(DraftQuote{one_line(rub(300), 9000)});
  const DealFacts facts(story.state(), story.context());
  EXPECT_TRUE(facts.quote_reached("accepted"));
  EXPECT_TRUE(facts.discount_within(0));
}

}  // namespace
}  // namespace dealog::deal
