// One deal: what its events make of it.
#include "tests/unit/projections/deals_fixture.hpp"

namespace dealog::views {
namespace {

TEST_F(Deals, ADealThatIsNotThereIsNothing) {
  const auto context = now();
  EXPECT_FALSE(must(DealsView(context).get("deal_0")));
}

TEST_F(Deals, AnOpenedDealHasItsFields) {
  auto m = deal_opened("A site for a bakery");
  set_money(*m.mutable_amount(), 13'000'000);
  m.set_work_type("shop");
  m.set_owner("usr_1");
  m.set_source("src_1");
  m.set_person("per_1");
  m.set_company("com_1");
  m.set_expected_close_date("2026-05-01");
  (*m.mutable_campaign())["utm_source"] = "ads";
  auto& custom = *m.add_custom();
  custom.set_code("budget");
  custom.set_value("small");
  const auto id = open(std::move(m));
  const Deal found = deal(id);
  EXPECT_EQ(found.id, id);
  EXPECT_EQ(found.version, 1u);
  EXPECT_EQ(found.title.value, "A site for a bakery");
  EXPECT_EQ(found.outcome, "open");
  EXPECT_EQ(found.stage, "incoming");
  EXPECT_EQ(found.stage_visit, 1u);
  EXPECT_EQ(found.stage_entered_at, history_.clock().now());
  EXPECT_EQ(found.amount->decimal(), "130000.00");
  EXPECT_EQ(found.money.agreed.decimal(), "130000.00");
  EXPECT_EQ(found.money.balance.decimal(), "130000.00");
  EXPECT_EQ(found.owner, "usr_1");
  EXPECT_EQ(found.person, "per_1");
  EXPECT_EQ(found.company, "com_1");
  EXPECT_EQ(found.campaign.at(0).second, "ads");
  ASSERT_EQ(found.custom.size(), 1u);
  EXPECT_EQ(found.custom[0].value.value, "small");
  EXPECT_EQ(found.next_step.state, NextStepState::kNone);
  EXPECT_EQ(found.created_at, history_.clock().now());
}

TEST_F(Deals, TheLatestTitleAndCustomFieldsAreShown) {
  auto m = deal_opened("first");
  for (const char* code : {"a", "b", "c"}) {
    auto& custom = *m.add_custom();
    custom.set_code(code);
    custom.set_value(std::string("old ") + code);
  }
  const auto id = open(std::move(m));
  v1::DealDetailsChanged title;
  title.set_title("second");
  given(id, title);
  v1::DealDetailsChanged fields;
  fields.add_custom_codes("a");
  fields.add_custom()->set_code("a");
  fields.mutable_custom(0)->set_value("new a");
  fields.add_cleared("custom.b");
  given(id, fields);
  const Deal found = deal(id);
  EXPECT_EQ(found.title.value, "second");
  ASSERT_EQ(found.custom.size(), 2u);
  EXPECT_EQ(found.custom[0].code, "a");
  EXPECT_EQ(found.custom[0].value.value, "new a");
  EXPECT_EQ(found.custom[1].code, "c");
  EXPECT_EQ(found.custom[1].value.value, "old c");
}

TEST_F(Deals, ATitleThatCameWithCustomFieldsOutlivesThem) {
  const auto id = open("first");
  for (int i = 0; i < 3; ++i) {
    v1::DealDetailsChanged m;
    if (i == 0) {
      m.set_title("second");
      m.set_title_changed(true);
    }
    m.add_custom_codes("a");
    m.add_custom()->set_code("a");
    m.mutable_custom(0)->set_value(std::to_string(i));
    given(id, m);
  }
  EXPECT_EQ(deal(id).title.value, "second");
  EXPECT_EQ(deal(id).custom.at(0).value.value, "2");
}

// A row kept 64 boxes of which it could not tell whether there is a title in them.
TEST_F(Deals, ATitleThatCameWithACustomFieldOutlivesAHundredChangesOfAnother) {
  const auto id = open("first");
  v1::DealDetailsChanged both;
  both.set_title("second");
  both.set_title_changed(true);
  both.add_custom_codes("a");
  both.add_custom()->set_code("a");
  both.mutable_custom(0)->set_value("kept no longer");
  given(id, both);
  for (int i = 0; i < 100; ++i) {
    v1::DealDetailsChanged m;
    m.add_custom_codes("a");
    m.add_custom()->set_code("a");
    m.mutable_custom(0)->set_value(std::to_string(i));
    given(id, m);
  }
  EXPECT_EQ(deal(id).title.value, "second");
  EXPECT_EQ(deal(id).custom.at(0).value.value, "99");
}

TEST_F(Deals, FieldsThatWereClearedAreGone) {
  auto m = deal_opened("a deal");
  set_money(*m.mutable_amount(), 100);
  m.set_work_type("shop");
  const auto id = open(std::move(m));
  v1::DealDetailsChanged changed;
  changed.add_cleared("amount");
  changed.add_cleared("work_type");
  given(id, changed);
  EXPECT_EQ(deal(id).amount, std::nullopt);
  EXPECT_EQ(deal(id).work_type, "");
}

TEST_F(Deals, AMoveBeginsAVisitAndStartsItsClockAnew) {
  const auto id = open("a deal");
  history_.clock().advance(2h);
  auto m = stage_changed("incoming", "classification", 2);
  m.set_stuck_at((history_.clock().now() + 24h).us);
  given(id, m);
  Deal found = deal(id);
  EXPECT_EQ(found.stage, "classification");
  EXPECT_EQ(found.stage_visit, 2u);
  EXPECT_EQ(found.stage_entered_at, history_.clock().now());
  EXPECT_FALSE(found.stuck);
  history_.clock().advance(24h);
  EXPECT_TRUE(deal(id).stuck);
}

TEST_F(Deals, ATouchDoesNotMakeAnOpenFormStale) {
  const auto id = open("a deal");
  const auto form = deal(id).form_version;
  given(id, touch("call", "out", "connected", true));
  EXPECT_EQ(deal(id).form_version, form);
  EXPECT_EQ(deal(id).version, 2u);
  v1::DealOwnerAssigned owner;
  owner.set_owner("usr_2");
  given(id, owner);
  EXPECT_EQ(deal(id).form_version, 3u);
}

TEST_F(Deals, TheFirstAnswerCountsAndARetractedOneDoesNot) {
  auto m = deal_opened("a deal");
  m.set_answer_by((history_.clock().now() + 15min).us);
  const auto id = open(std::move(m));
  EXPECT_FALSE(deal(id).answered_at);
  history_.clock().advance(5min);
  given(id, touch("call", "out", "no_answer"));
  EXPECT_FALSE(deal(id).answered_at);
  given(id, touch("call", "out", "connected", true));
  const Uuid answer = history_.last_id();
  EXPECT_EQ(deal(id).answered_at, history_.clock().now());
  given(id, v1::FactRetracted(), {.amends = answer});
  EXPECT_FALSE(deal(id).answered_at);
}

TEST_F(Deals, WinningLosingAndReopeningChangeTheOutcome) {
  const auto id = open("a deal");
  v1::DealLost lost;
  lost.set_reason("price");
  lost.set_note("too dear");
  given(id, lost);
  EXPECT_EQ(deal(id).outcome, "lost");
  EXPECT_EQ(deal(id).loss_reason, "price");
  EXPECT_EQ(deal(id).loss_note.value, "too dear");
  EXPECT_TRUE(deal(id).closed_at);
  v1::DealReopened reopened;
  reopened.set_episode(2);
  reopened.set_stage("incoming");
  reopened.set_visit(2);
  given(id, reopened);
  EXPECT_EQ(deal(id).outcome, "open");
  EXPECT_EQ(deal(id).episode, 2u);
  EXPECT_FALSE(deal(id).closed_at);
  given(id, v1::DealWon());
  EXPECT_EQ(deal(id).outcome, "won");
}

TEST_F(Deals, MoneyFollowsQuoteInvoicesAndPayments) {
  auto m = deal_opened("a deal");
  set_money(*m.mutable_amount(), 100'00);
  const auto id = open(std::move(m));
  v1::QuoteDrafted quote;
  quote.set_quote("quo_1");
  quote.set_revision(1);
  quote.set_prepayment_basis_points(-1);
  set_money(*quote.mutable_total(), 120'00);
  auto& line = *quote.add_lines();
  line.set_title("design");
  line.set_quantity_thousandths(1000);
  given(id, quote);
  EXPECT_EQ(deal(id).money.agreed.decimal(), "100.00");
  EXPECT_EQ(deal(id).quotes.at(0).lines.items.at(0).title, "design");
  v1::QuoteAccepted accepted;
  accepted.set_quote("quo_1");
  given(id, accepted);
  EXPECT_EQ(deal(id).money.agreed.decimal(), "120.00");
  v1::InvoiceIssued invoice;
  invoice.set_invoice("inv_1");
  invoice.set_number("2026-1");
  set_money(*invoice.mutable_amount(), 60'00);
  given(id, invoice);
  v1::PaymentAllocated paid;
  paid.set_payment("pay_1");
  paid.set_invoice("inv_1");
  set_money(*paid.mutable_amount(), 60'00);
  given(id, paid);
  Deal found = deal(id);
  EXPECT_EQ(found.money.invoiced.decimal(), "60.00");
  EXPECT_EQ(found.money.paid.decimal(), "60.00");
  EXPECT_EQ(found.money.balance.decimal(), "60.00");
  EXPECT_EQ(found.invoices.at(0).state, "paid");
  v1::RefundAllocated refund;
  refund.set_invoice("inv_1");
  set_money(*refund.mutable_amount(), 10'00);
  given(id, refund);
  EXPECT_EQ(deal(id).money.paid.decimal(), "50.00");
  EXPECT_EQ(deal(id).invoices.at(0).state, "issued");
  v1::QuoteRevised revised;
  revised.set_quote("quo_1");
  revised.set_revision(2);
  set_money(*revised.mutable_total(), 500'00);
  given(id, revised);
  EXPECT_EQ(deal(id).money.agreed.decimal(), "100.00");
}

TEST_F(Deals, AnotherAcceptedQuoteReplacesTheFirst) {
  const auto id = open("a deal");
  for (const char* quote_id : {"quo_1", "quo_2"}) {
    v1::QuoteDrafted quote;
    quote.set_quote(quote_id);
    set_money(*quote.mutable_total(), quote_id[4] == '1' ? 100 : 200);
    given(id, quote);
    v1::QuoteAccepted accepted;
    accepted.set_quote(quote_id);
    given(id, accepted);
  }
  EXPECT_EQ(deal(id).quotes.at(0).state, "replaced");
  EXPECT_EQ(deal(id).money.agreed.minor, 200);
}

TEST_F(Deals, SealedTextsAreMaskedAndErasedWithoutTouchingTheRow) {
  const auto id = open("secret title");
  EXPECT_EQ(deal(id, PersonalView::kMasked).title.state, TextState::kMasked);
  const auto before = store_.get("dr" + id).value();
  EXPECT_EQ(before->find("secret title"), std::string::npos);
  history_.keys().erase(id);
  EXPECT_EQ(deal(id).title.state, TextState::kErased);
  EXPECT_EQ(store_.get("dr" + id).value(), before);
}

TEST_F(Deals, TheNextStepIsTheEarliestTaskJudgedAtTheInstantAskedAbout) {
  const auto id = open("a deal");
  const Timestamp morning = history_.clock().now();
  task(id, "usr_1", morning + 48h, morning + 72h);
  const auto next = task(id, "usr_1", morning + 15h, morning + 30h);
  const auto step = [&](Timestamp t) {
    const auto context = at(t);
    return must(DealsView(context).get(id)).value().next_step;
  };
  EXPECT_EQ(step(morning + 15h - 1us).state, NextStepState::kPlanned);
  EXPECT_EQ(step(morning + 15h).state, NextStepState::kToday);
  EXPECT_EQ(step(morning + 30h - 1us).state, NextStepState::kToday);
  EXPECT_EQ(step(morning + 30h).state, NextStepState::kOverdue);
  EXPECT_EQ(step(morning).task, next);
}

TEST_F(Deals, AClosedTaskLeavesTheNextStepAndStaysAmongTheRecent) {
  const auto id = open("a deal");
  const Timestamp t = history_.clock().now();
  const auto call = task(id, "usr_1", t, t + 1h);
  v1::TaskCompleted done;
  done.set_task(call);
  done.set_result("agreed to meet");
  given(id, done);
  const Deal found = deal(id);
  EXPECT_EQ(found.next_step.state, NextStepState::kNone);
  EXPECT_TRUE(found.tasks.empty());
  ASSERT_EQ(found.recent_tasks.size(), 1u);
  EXPECT_EQ(found.recent_tasks[0].status, "done");
  EXPECT_EQ(found.recent_tasks[0].result.value, "agreed to meet");
  EXPECT_EQ(found.recent_tasks[0].title.value, "title of call");
}

TEST_F(Deals, ATouchCostsOneRow) {
  const auto id = open("a deal");
  given(id, touch("call", "out", "connected", true));
  project();
  PageProjector pages(store_, all_projectors(history_.keys()), history_.log().log_id());
  ASSERT_TRUE(pages.load_checkpoint());
  given(id, touch("call", "in", "connected", true));
  ASSERT_TRUE(history_.log().read(history_.log().head(), Direction::kForward, 1,
                                  [&](const StoredEvent& e) { return bool(pages.apply(e)); }));
  ASSERT_TRUE(pages.write_page());
  EXPECT_EQ(pages.rows_written(), 1u);
}

}  // namespace
}  // namespace dealog::views
