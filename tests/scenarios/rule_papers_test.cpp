// Rules that draft quotes and issue invoices, and those that hear what customers, money and other
// systems do: quotes looked at and run out, payments that match nothing, signals.
#include <gmock/gmock.h>

#include "dealog/v1/commerce_events.pb.h"
#include "dealog/v1/deal_events.pb.h"
#include "dealog/v1/document_events.pb.h"
#include "dealog/v1/rule_events.pb.h"
#include "libs/command/use_cases/companies.hpp"
#include "libs/command/use_cases/payments.hpp"
#include "libs/command/use_cases/prices.hpp"
#include "libs/command/use_cases/signals.hpp"
#include "tests/scenarios/rule_story.hpp"

namespace dealog::scenario {
namespace {

using namespace std::chrono_literals;
using Counts = std::map<std::string, int>;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Money roubles(std::int64_t amount) { return {amount * 100, *Currency::parse("RUB")}; }

deal::QuoteContents offer(std::int64_t amount, std::string_view valid_until = {}) {
  deal::QuoteContents contents{.lines = {{.title = "Site", .unit_price = roubles(amount)}}};
  if (!valid_until.empty()) contents.valid_until = Date::parse(valid_until).value();
  return contents;
}

const QuoteId kQuote{Uuid::derived({}, "quote")};

constexpr std::string_view kDraft =
    "draft_quote: {lines: [{title: {ru: \"Работы: {deal.title}\", en: Work}}], valid_for: 14 days, "
    "prepayment: 30 %}";

// ---- draft_quote ----

TEST(DraftQuoteStory, MakesADraftOverTheAmountInTheAppendOfTheMove) {
  Office office;
  office.publish(regulation({rule("draft", "{stage_entered: second}", {kDraft})}));
  const DealId deal = office.open({.title = "Shop", .amount = roubles(100), .source = "phone"});
  office.change(deal, deal::ChangeDealStage{.to = "second"});
  const auto drafted = office.events("QuoteDrafted");
  ASSERT_EQ(drafted.size(), 1u);
  const auto& quote = *drafted[0].as<v1::QuoteDrafted>();
  EXPECT_EQ(quote.lines(0).title(), "Работы: Shop");
  EXPECT_EQ(quote.total().minor(), 10'000);
  EXPECT_EQ(quote.valid_until(), "2026-03-31");
  EXPECT_EQ(quote.prepayment_basis_points(), 3'000);
  EXPECT_EQ(drafted[0].rule, "draft");
  // The same append as the move: nobody has to wait for the runner.
  EXPECT_EQ(drafted[0].position.value - drafted[0].append_index,
            office.events("DealStageChanged").at(0).position.value);
  // A quote that is there is left alone.
  office.change(deal, deal::ChangeDealStage{.to = "first", .reason = "again"});
  office.change(deal, deal::ChangeDealStage{.to = "second"});
  office.settle();
  EXPECT_EQ(office.events("QuoteDrafted").size(), 1u);
  EXPECT_EQ(office.deal(deal).quote_in_force()->state, deal::QuoteState::kDraft);
}

TEST(DraftQuoteStory, TakesPricesOfTheListAndSaysWhenThereIsNothingToOffer) {
  Office office;
  office.run("prices", [](Unit& unit) {
    return use_cases::add_product(
        unit,
        {.code = "hosting", .description = {.title = "Хостинг"}, .price = {.list = roubles(3)}});
  });
  office.publish(regulation({rule("listed", "{stage_entered: second}",
                                  {"draft_quote: {lines: [{product: hosting, quantity: 12}]}"}),
                             rule("by_amount", "{stage_left: third}", {kDraft})}));
  const DealId deal = office.open({.title = "Shop", .amount = roubles(1), .source = "phone"});
  office.change(deal, deal::ChangeDealStage{.to = "second"});
  office.settle();
  const auto drafted = payloads<v1::QuoteDrafted>(office);
  ASSERT_EQ(drafted.size(), 1u);
  EXPECT_EQ(drafted[0].lines(0).title(), "Хостинг");
  EXPECT_EQ(drafted[0].total().minor(), 3'600);
  const DealId poor = office.open();
  office.change(poor, deal::ChangeDealStage{.to = "third", .reason = "x", .override_gates = true});
  office.change(poor, deal::ChangeDealStage{.to = "first", .reason = "back"});
  office.settle();
  EXPECT_THAT(skips(office), ElementsAre("nothing_to_offer"));
}

// ---- issue_invoice ----

TEST(IssueInvoiceStory, IsOverTheShareOrOverWhatIsNotInvoicedYet) {
  Office office;
  office.publish(regulation({rule("part", "{stage_entered: second}",
                                  {"issue_invoice: {kind: interim, share: 30 %, due: 5 days}"}),
                             rule("rest", "{stage_entered: third}", {"issue_invoice: final"})}));
  const DealId deal = office.open({.title = "Shop", .amount = roubles(100), .source = "phone"});
  office.change(deal, deal::ChangeDealStage{.to = "second"});
  office.settle();
  office.change(deal, deal::ChangeDealStage{.to = "third"});
  office.settle();
  const auto issued = payloads<v1::InvoiceIssued>(office);
  ASSERT_EQ(issued.size(), 2u);
  EXPECT_EQ(issued[0].kind(), "interim");
  EXPECT_EQ(issued[0].amount().minor(), 3'000);
  EXPECT_EQ(issued[0].due_date(), "2026-03-22");
  EXPECT_EQ(issued[1].kind(), "final");
  EXPECT_EQ(issued[1].amount().minor(), 7'000);
  EXPECT_THAT(payloads<v1::InvoiceSent>(office), IsEmpty());
  // Nothing is left.
  office.change(deal, deal::ChangeDealStage{.to = "second", .reason = "back"});
  office.settle();
  office.change(deal, deal::ChangeDealStage{.to = "third"});
  office.settle();
  EXPECT_EQ(payloads<v1::InvoiceIssued>(office).size(), 2u);
  EXPECT_THAT(skips(office), ElementsAre("nothing_to_invoice", "nothing_to_invoice"));
}

// ---- quotes that are looked at, and that run out ----

void view_quote(Office& office, const DealId& deal, std::string_view kind = "quote") {
  v1::DocumentViewed viewed;
  viewed.set_kind(std::string(kind));
  viewed.set_subject(kQuote.text());
  office.run(deal.text(), [&](Unit& unit) -> Result<bool> {
    unit.emit(deal.text(), {make_event(viewed)});
    return true;
  });
}

TEST(QuoteStory, ViewedByTheCustomersLinkTriggersAndAnInvoiceDoesNot) {
  Office office;
  office.publish(regulation({rule("seen", "{quote: viewed}", {kTask})}));
  const DealId deal = office.open();
  view_quote(office, deal, "invoice");
  office.settle();
  EXPECT_THAT(office.made_by("seen"), IsEmpty());
  view_quote(office, deal);
  office.settle();
  EXPECT_EQ(office.made_by("seen"), (Counts{{"RuleFired", 1}, {"TaskCreated", 1}}));
  EXPECT_EQ(payloads<v1::RuleFired>(office).at(0).about(), kQuote.text());
}

TEST(QuoteStory, ExpiresWhenItsDayIsOverAndNobodyAnswered) {
  Office office;  // on 17 March
  office.publish(regulation({rule("over", "{quote: expired}", {kTask})}));
  const DealId silent = office.open(), answered = office.open(), draft = office.open();
  for (const auto& deal : {silent, answered, draft}) {
    office.change(deal, deal::DraftQuote{offer(100, "2026-03-18"),
                                         QuoteId(Uuid::derived(deal.uuid(), "quote"))});
  }
  const auto quote = [&](const DealId& deal) { return office.deal(deal).quotes.at(0).id; };
  office.change(silent, deal::SendQuote{quote(silent)});
  office.change(answered, deal::SendQuote{quote(answered)});
  office.change(answered, deal::AcceptQuote{quote(answered)});
  office.at("2026-03-18T20:59:00Z");  // a minute before midnight in Moscow
  office.settle();
  EXPECT_THAT(office.events("RuleFired"), IsEmpty());
  office.at("2026-03-18T21:00:00Z");
  office.settle();
  const auto fired = office.events("RuleFired");
  ASSERT_EQ(fired.size(), 1u);
  EXPECT_EQ(fired[0].stream, silent.text());
  const Position settled = office.head();
  office.reopen(true);
  office.settle();
  EXPECT_EQ(office.head(), settled);
}

TEST(QuoteStory, RevisedAndSentAgainExpiresOnItsNewDay) {
  Office office;
  office.publish(regulation({rule("over", "{quote: expired}", {kTask})}));
  const DealId deal = office.open();
  office.change(deal, deal::DraftQuote{offer(100, "2026-03-18"), kQuote});
  office.change(deal, deal::SendQuote{kQuote});
  office.change(deal, deal::ReviseQuote{kQuote, offer(90, "2026-03-25")});
  office.at("2026-03-20T09:00:00Z");
  office.settle();
  EXPECT_THAT(office.events("RuleFired"), IsEmpty());
  office.change(deal, deal::SendQuote{kQuote});
  office.at("2026-03-25T21:00:00Z");
  office.settle();
  EXPECT_EQ(office.events("RuleFired").size(), 1u);
  EXPECT_THAT(skips(office), IsEmpty());
}

// ---- money that matches nothing, and signals ----

TEST(PaymentStory, ThatMatchesNothingTriggersOnThePayersOnlyOpenDeal) {
  Office office;
  office.publish(regulation({rule("stray", "{payment: unmatched}", {kTask})}));
  const auto company =
      *office
           .run("",
                [](Unit& unit) -> Result<CompanyId> {
                  const use_cases::CompanyInput input{.name = "Romashka", .tax_id = "7707083893"};
                  return TRY(use_cases::find_or_register_company(unit, input, "/company")).company;
                })
           .value;
  const auto pay = [&](std::string_view id) {
    office.run("", [&](Unit& unit) -> Result<bool> {
      TRY(use_cases::tell_payers_deal(unit, payment::payment_id("bank", id), "7707083893",
                                      roubles(7)));
      return true;
    });
    office.settle();
  };
  pay("1");
  EXPECT_THAT(office.events("PaymentUnmatched"), IsEmpty());
  const DealId deal = office.open({.title = "Shop", .source = "phone", .company = company});
  pay("2");
  ASSERT_EQ(office.events("PaymentUnmatched").size(), 1u);
  EXPECT_EQ(office.made_by("stray"), (Counts{{"RuleFired", 1}, {"TaskCreated", 1}}));
  EXPECT_EQ(office.events("RuleFired").at(0).stream, deal.text());
  // Of two nobody knows which is meant.
  office.open({.title = "Other", .source = "phone", .company = company});
  pay("3");
  EXPECT_EQ(office.events("PaymentUnmatched").size(), 1u);
}

TEST(SignalStory, ComesToTheDealThatItNamesOrToThePersonsOpenOne) {
  Office office;
  office.publish(regulation({rule("ship", "{incoming_webhook: shipped}", {kTask})}));
  const PersonId person = office.person("Oleg", "oleg@example.com");
  const DealId deal = office.open_for(person);
  const auto receive = [&](use_cases::ArrivedSignal signal) {
    signal.pipeline = office.pipeline;
    const DealId to =
        *office.run("", [&](Unit& unit) { return use_cases::receive_signal(unit, signal); }).value;
    office.settle();
    return to;
  };
  EXPECT_EQ(receive({.signal = "packed", .deal = deal}), deal);
  EXPECT_THAT(office.made_by("ship"), IsEmpty());
  EXPECT_EQ(receive({.signal = "shipped", .deal = deal}), deal);
  use_cases::ArrivedSignal by_person{.signal = "shipped"};
  by_person.person.contacts = {{.kind = "email", .text = "oleg@example.com"}};
  EXPECT_EQ(receive(by_person), deal);
  EXPECT_EQ(office.made_by("ship"), (Counts{{"RuleFired", 2}, {"TaskCreated", 2}}));
  by_person.person.contacts = {{.kind = "email", .text = "nobody@example.com"}};
  EXPECT_THROW(receive(by_person), std::runtime_error);
}

// ---- an owner that nobody has chosen ----

TEST(OwnerStory, WhoStandsInIsNotChosenUntilSomebodyIs) {
  Office office;
  const UserId anna = office.hire("Anna", "seller"), boris = office.hire("Boris", "seller");
  office.publish(
      regulation({rule("turn", "{deal: opened}", {"assign: {to: " + boris.text() + "}"}, "live",
                       "    conditions:\n      - not: {field: owner.chosen}\n")}));
  const DealId came = office.open({.title = "A", .owner = anna, .owner_stands_in = true});
  const DealId named = office.open({.title = "B", .owner = anna});
  office.settle();
  EXPECT_EQ(office.deal(came).owner, boris);
  EXPECT_FALSE(office.deal(came).owner_stands_in);
  EXPECT_EQ(office.deal(named).owner, anna);
}

}  // namespace
}  // namespace dealog::scenario
