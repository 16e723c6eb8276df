#include "libs/rules/criterion.hpp"

#include <gtest/gtest.h>

#include "tests/support/fake_facts.hpp"

namespace dealog::rules {
namespace {

Criterion field(std::string name, Comparison comparison = Comparison::kPresent,
                std::vector<FieldValue> values = {}) {
  Criterion criterion;
  criterion.kind = CriterionKind::kField;
  criterion.code = "field:" + name;
  criterion.name = std::move(name);
  criterion.comparison = comparison;
  criterion.values = std::move(values);
  return criterion;
}

Criterion of(CriterionKind kind, std::vector<Criterion> children) {
  Criterion criterion;
  criterion.kind = kind;
  criterion.children = std::move(children);
  return criterion;
}

Criterion paid(std::int32_t basis_points) {
  Criterion criterion;
  criterion.kind = CriterionKind::kPaidShare;
  criterion.basis_points = basis_points;
  return criterion;
}

Criterion balance() {
  Criterion criterion;
  criterion.kind = CriterionKind::kBalanceCleared;
  return criterion;
}

TEST(CriterionOnAField, HoldsOnceTheFieldIsFilledIn) {
  FakeFacts facts;
  EXPECT_FALSE(holds(field("source"), facts));
  facts.fields["source"] = std::string("tilda");
  EXPECT_TRUE(holds(field("source"), facts));
}

TEST(CriterionOnAField, TakesATextOfBlanksForAbsent) {
  FakeFacts facts;
  facts.fields["title"] = std::string(" \t ");
  EXPECT_FALSE(holds(field("title"), facts));
}

TEST(CriterionOnAField, TakesNoForAnAnswer) {
  FakeFacts facts;
  facts.fields["custom.urgent"] = false;
  EXPECT_TRUE(holds(field("custom.urgent"), facts));
}

TEST(CriterionOnAField, ComparesMoneyOfOneCurrency) {
  FakeFacts facts;
  facts.fields["amount"] = roubles(500);
  EXPECT_TRUE(holds(field("amount", Comparison::kAtLeast, {roubles(500)}), facts));
  EXPECT_TRUE(holds(field("amount", Comparison::kAtMost, {roubles(500)}), facts));
  EXPECT_FALSE(holds(field("amount", Comparison::kMore, {roubles(500)}), facts));
  EXPECT_FALSE(holds(field("amount", Comparison::kLess, {roubles(500)}), facts));
  EXPECT_TRUE(holds(field("amount", Comparison::kLess, {roubles(501)}), facts));
  EXPECT_TRUE(holds(field("amount", Comparison::kEqual, {roubles(500)}), facts));
  EXPECT_FALSE(holds(field("amount", Comparison::kNotEqual, {roubles(500)}), facts));
}

TEST(CriterionOnAField, NeverComparesTwoCurrencies) {
  FakeFacts facts;
  facts.fields["amount"] = Money{100'000'00, Currency::parse("USD").value()};
  EXPECT_FALSE(holds(field("amount", Comparison::kAtLeast, {roubles(1)}), facts));
  EXPECT_FALSE(holds(field("amount", Comparison::kNotEqual, {roubles(1)}), facts));
}

TEST(CriterionOnAField, NeverComparesTwoTypes) {
  FakeFacts facts;
  facts.fields["custom.pages"] = std::int64_t{5};
  EXPECT_FALSE(holds(field("custom.pages", Comparison::kEqual, {std::string("5")}), facts));
  EXPECT_TRUE(holds(field("custom.pages", Comparison::kEqual, {std::int64_t{5}}), facts));
}

TEST(CriterionOnAField, ComparesDatesByTheCalendar) {
  FakeFacts facts;
  facts.fields["expected_close_date"] = Date::of(2026, 3, 1);
  EXPECT_TRUE(
      holds(field("expected_close_date", Comparison::kAtLeast, {Date::of(2026, 2, 28)}), facts));
  EXPECT_FALSE(
      holds(field("expected_close_date", Comparison::kMore, {Date::of(2026, 3, 1)}), facts));
}

TEST(CriterionOnAField, IsOneOfSeveral) {
  FakeFacts facts;
  facts.fields["work_type"] = std::string("landing");
  EXPECT_TRUE(
      holds(field("work_type", Comparison::kOneOf, {std::string("store"), std::string("landing")}),
            facts));
  EXPECT_FALSE(holds(field("work_type", Comparison::kOneOf, {std::string("store")}), facts));
}

TEST(CriterionOnAField, DoesNotHoldWhenWhatIsComparedIsAbsent) {
  EXPECT_FALSE(holds(field("amount", Comparison::kNotEqual, {roubles(1)}), FakeFacts()));
}

TEST(CriterionOnMoney, WantsTheRequiredPrepaymentToTheKopeck) {
  FakeFacts facts;
  facts.agreed_money = Money{33'33, Currency::parse("RUB").value()};  // half is 16.665 → 16.67
  facts.paid_money = Money{16'66, Currency::parse("RUB").value()};
  EXPECT_FALSE(holds(paid(-1), facts));
  facts.paid_money.minor = 16'67;
  EXPECT_TRUE(holds(paid(-1), facts));
}

TEST(CriterionOnMoney, TakesTheShareOfTheQuoteBeforeThatOfTheRegulation) {
  FakeFacts facts;
  facts.agreed_money = roubles(1000);
  facts.paid_money = roubles(300);
  facts.prepayment = 3000;
  EXPECT_TRUE(holds(paid(-1), facts));
  EXPECT_FALSE(holds(paid(5000), facts));
}

TEST(CriterionOnMoney, ClearsTheBalanceWhenAllOrMoreIsPaid) {
  FakeFacts facts;
  facts.agreed_money = roubles(1000);
  facts.paid_money = roubles(999);
  EXPECT_FALSE(holds(balance(), facts));
  facts.paid_money = roubles(1000);
  EXPECT_TRUE(holds(balance(), facts));
  facts.paid_money = roubles(1200);
  EXPECT_TRUE(holds(balance(), facts));
}

TEST(CriterionOnMoney, IsNeverMetBeforeAnybodyNamedAnAmount) {
  EXPECT_FALSE(holds(balance(), FakeFacts()));
  EXPECT_FALSE(holds(paid(-1), FakeFacts()));
}

TEST(CriterionOnMoney, HoldsForADealAgreedAtNothing) {
  FakeFacts facts;
  facts.agreed_money = roubles(0);
  EXPECT_TRUE(holds(balance(), facts));
  EXPECT_TRUE(holds(paid(-1), facts));
}

TEST(CriterionOnMoney, TakesNoPaymentInAnotherCurrency) {
  FakeFacts facts;
  facts.agreed_money = roubles(100);
  facts.paid_money = Money{100'00, Currency::parse("EUR").value()};
  EXPECT_FALSE(holds(balance(), facts));
}

TEST(CriteriaTogether, AllAnyAndNotMeanWhatTheySay) {
  FakeFacts facts;
  facts.fields["person.phone"] = std::string("+79165550177");
  const Criterion phone = field("person.phone"), email = field("person.email");
  EXPECT_TRUE(holds(of(CriterionKind::kAny, {phone, email}), facts));
  EXPECT_FALSE(holds(of(CriterionKind::kAll, {phone, email}), facts));
  EXPECT_FALSE(holds(of(CriterionKind::kNot, {phone}), facts));
  EXPECT_TRUE(holds(of(CriterionKind::kNot, {email}), facts));
}

struct Asked {
  const char* sentence;
  Criterion criterion;
  void (*make_true)(FakeFacts&);
};

std::vector<Asked> every_other_kind() {
  std::vector<Asked> asked;
  const auto make = [&](const char* sentence, CriterionKind kind, void (*make_true)(FakeFacts&)) {
    asked.push_back({sentence, {}, make_true});
    asked.back().criterion.kind = kind;
    return &asked.back().criterion;
  };
  make("touch", CriterionKind::kTouch, [](FakeFacts& f) {
    f.touches = {{"call", "out", "busy"}};
  })->touch.kinds = {"call"};
  make("task", CriterionKind::kTask, [](FakeFacts& f) { f.tasks = {{"meeting"}}; })->task.kinds = {
      "meeting"};
  make("quote", CriterionKind::kQuote, [](FakeFacts& f) { f.quote = "accepted"; })->state = "sent";
  Criterion* invoice = make("invoice", CriterionKind::kInvoice,
                            [](FakeFacts& f) { f.invoices = {{"final", "sent"}}; });
  invoice->name = "final";
  invoice->state = "issued";
  Criterion* document = make("document", CriterionKind::kDocument,
                             [](FakeFacts& f) { f.documents["contract"] = true; });
  document->name = "contract";
  document->state = "signed";
  make("acknowledgement", CriterionKind::kAcknowledgement, [](FakeFacts& f) {
    f.acknowledgements = {"production"};
  })->name = "production";
  make("participant", CriterionKind::kParticipant, [](FakeFacts& f) {
    f.participants = {"payer"};
  })->name = "payer";
  return asked;
}

TEST(CriterionOfEachKind, HoldsOnlyOnceTheFactIsThere) {
  for (const Asked& asked : every_other_kind()) {
    SCOPED_TRACE(asked.sentence);
    FakeFacts facts;
    EXPECT_EQ(kind_name(asked.criterion.kind), asked.sentence);
    EXPECT_FALSE(holds(asked.criterion, facts));
    asked.make_true(facts);
    EXPECT_TRUE(holds(asked.criterion, facts));
  }
}

TEST(CriterionOnADocument, DoesNotTakeAnUnsignedOneForASignedOne) {
  FakeFacts facts;
  facts.documents["contract"] = false;
  Criterion criterion;
  criterion.kind = CriterionKind::kDocument;
  criterion.name = "contract";
  EXPECT_TRUE(holds(criterion, facts));
  criterion.state = "signed";
  EXPECT_FALSE(holds(criterion, facts));
}

TEST(CriterionOnTheDiscount, HoldsWithinThePolicyOrOnceApproved) {
  FakeFacts facts;
  facts.highest_discount = 1500;
  Criterion criterion;
  criterion.kind = CriterionKind::kDiscount;
  criterion.basis_points = 1000;
  EXPECT_FALSE(holds(criterion, facts));
  facts.discount_approved = true;
  EXPECT_TRUE(holds(criterion, facts));
}

TEST(JudgingAList, NamesEveryCriterionMetOrNotInBothLanguages) {
  FakeFacts facts;
  facts.fields["amount"] = roubles(1);
  const auto verdicts = judge({field("amount"), field("source"), field("company")}, facts);
  ASSERT_EQ(verdicts.size(), 3u);
  EXPECT_TRUE(verdicts[0].met);
  EXPECT_FALSE(verdicts[1].met);
  EXPECT_EQ(verdicts[1].code, "field:source");
  EXPECT_EQ(verdicts[1].kind, "field");
  EXPECT_EQ(verdicts[1].message, (LocalText{"Укажите источник", "Fill in the source"}));
  EXPECT_FALSE(verdicts[2].met);
}

}  // namespace
}  // namespace dealog::rules
