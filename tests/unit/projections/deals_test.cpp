// Deals, lists, the board and tasks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "projections/deals/board_view.hpp"
#include "projections/deals/deals_view.hpp"
#include "projections/deals/tasks_view.hpp"
#include "tests/support/sample_events.hpp"
#include "tests/support/view_fixture.hpp"

namespace dealog::views {
namespace {

using namespace dealog::testing;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class Deals : public ViewFixture {
 protected:
  std::string open(v1::DealOpened m, EventOptions options = {}) {
    const auto deal = history_.make_id<DealId>();
    given(deal, std::move(m), std::move(options));
    return deal;
  }
  std::string open(const std::string& title) { return open(deal_opened(title)); }
  Deal deal(const std::string& id, PersonalView personal = PersonalView::kShown) {
    const auto context = now(personal);
    return must(DealsView(context).get(id)).value();
  }
  std::vector<std::string> listed(const DealFilter& filter) {
    const auto context = now();
    std::vector<std::string> ids;
    for (const auto& found : must(DealsView(context).list(filter, {})).items) {
      ids.push_back(found.id);
    }
    return ids;
  }
  std::string task(const std::string& deal, const std::string& assignee, Timestamp today_from,
                   Timestamp overdue_at, const std::string& kind = "call") {
    const auto id = history_.make_id<TaskId>();
    given(deal, task_created(id, kind, assignee, due_between(today_from, overdue_at)));
    return id;
  }
};

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
    if (i == 0) m.set_title("second");
    m.add_custom_codes("a");
    m.add_custom()->set_code("a");
    m.mutable_custom(0)->set_value(std::to_string(i));
    given(id, m);
  }
  EXPECT_EQ(deal(id).title.value, "second");
  EXPECT_EQ(deal(id).custom.at(0).value.value, "2");
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

TEST_F(Deals, AreListedNewestFirstByEveryFilter) {
  auto m = deal_opened("one");
  m.set_owner("usr_1");
  m.set_source("phone");
  const auto one = open(std::move(m));
  m = deal_opened("two", "meeting");
  m.set_owner("usr_2");
  m.set_person("per_2");
  const auto two = open(std::move(m));
  const auto three = open("three");
  given(three, v1::DealWon());
  EXPECT_THAT(listed({}), ElementsAre(three, two, one));
  EXPECT_THAT(listed({.outcome = "open"}), ElementsAre(two, one));
  EXPECT_THAT(listed({.outcome = "won"}), ElementsAre(three));
  EXPECT_THAT(listed({.owner = "usr_1"}), ElementsAre(one));
  EXPECT_THAT(listed({.source = "phone"}), ElementsAre(one));
  EXPECT_THAT(listed({.stage = "meeting"}), ElementsAre(two));
  EXPECT_THAT(listed({.person = "per_2"}), ElementsAre(two));
  EXPECT_THAT(listed({.pipeline = "other"}), ElementsAre());
  task(one, "usr_1", history_.clock().now(), history_.clock().now() + 1h);
  EXPECT_THAT(listed({.next_step = NextStepState::kToday}), ElementsAre(one));
  EXPECT_THAT(listed({.next_step = NextStepState::kNone}), ElementsAre(two));
}

TEST_F(Deals, AreFoundByWordsOfTheTitleOrByTheirContacts) {
  const auto bakery = open("Сайт для пекарни Ёлка");
  auto m = deal_opened("Shop");
  m.set_person("per_7");
  const auto shop = open(std::move(m));
  EXPECT_THAT(listed({.q = "пекар"}), ElementsAre(bakery));
  EXPECT_THAT(listed({.q = "елка сайт"}), ElementsAre(bakery));
  EXPECT_THAT(listed({.q = "елка shop"}), ElementsAre());
  EXPECT_THAT(listed({.q = "Ivan", .q_contacts = {"per_7"}}), ElementsAre(shop));
}

TEST_F(Deals, UpdatedAfterSeesTouchesToo) {
  const auto one = open("one");
  history_.clock().advance(1h);
  const auto two = open("two");
  const Timestamp t = history_.clock().now();
  EXPECT_THAT(listed({.updated_after = t - 1us}), ElementsAre(two));
  EXPECT_THAT(listed({.updated_after = t}), ElementsAre());
  history_.clock().advance(1h);
  given(one, touch("call", "out", "connected"));
  EXPECT_THAT(listed({.updated_after = t}), ElementsAre(one));
}

TEST_F(Deals, PagesOfAListMeetWithoutGapOrRepetition) {
  std::vector<std::string> made;
  for (int i = 0; i < 25; ++i) {
    made.insert(made.begin(), open("deal " + std::to_string(i)));
    if (i % 3 == 0) given(made.front(), v1::DealWon());
  }
  const auto context = now();
  const DealsView view(context);
  std::vector<std::string> seen;
  PageRequest request{.limit = 7};
  for (;;) {
    const auto page = must(view.list({}, request));
    EXPECT_LE(page.items.size(), 7u);
    for (const auto& found : page.items) seen.push_back(found.id);
    if (!page.next_cursor) break;
    request.cursor = *page.next_cursor;
  }
  EXPECT_EQ(seen, made);
}

TEST_F(Deals, AWrongCursorIsRefused) {
  open("one");
  const auto context = now();
  const auto page = DealsView(context).list({}, {.cursor = "bm90IGEgY3Vyc29y"});
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, "invalid_cursor");
}

TEST_F(Deals, OfAPersonFollowTheParticipants) {
  auto m = deal_opened("one");
  m.set_person("per_1");
  const auto one = open(std::move(m));
  const auto two = open("two");
  v1::DealParticipantAdded added;
  added.set_person("per_1");
  added.set_role("pays");
  given(two, added);
  auto context = now();
  EXPECT_THAT(must(DealsView(context).of_person("per_1")), UnorderedElementsAre(two, one));
  v1::DealParticipantRemoved removed;
  removed.set_person("per_1");
  given(one, removed);
  auto later = now();
  EXPECT_THAT(must(DealsView(later).of_person("per_1")), ElementsAre(two));
  EXPECT_EQ(deal(two).participants.at(0).role, "pays");
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

// ---- the board ----

TEST_F(Deals, TheBoardCountsSumsAndShowsTheLongestInTheStageFirst) {
  std::vector<std::string> made;
  for (int i = 0; i < 5; ++i) {
    auto m = deal_opened("deal " + std::to_string(i));
    set_money(*m.mutable_amount(), 100, i == 4 ? "EUR" : "RUB");
    made.push_back(open(std::move(m)));
    history_.clock().advance(1min);
  }
  given(made[1], stage_changed("incoming", "meeting", 2));
  given(made[3], v1::DealWon());
  const auto context = now();
  const BoardQuery query{
      .pipeline = "web-studio", .stages = {"incoming", "classification", "meeting"}, .cards = 2};
  const auto columns = must(BoardView(context).board(query));
  ASSERT_EQ(columns.size(), 3u);
  EXPECT_EQ(columns[0].stage, "incoming");
  EXPECT_EQ(columns[0].count, 3u);
  ASSERT_EQ(columns[0].amounts.size(), 2u);
  EXPECT_EQ(columns[0].amounts[0].decimal(), "1.00");
  EXPECT_EQ(columns[0].amounts[0].currency.code(), "EUR");
  EXPECT_EQ(columns[0].amounts[1].decimal(), "2.00");
  ASSERT_EQ(columns[0].cards.size(), 2u);
  EXPECT_EQ(columns[0].cards[0].id, made[0]);
  EXPECT_EQ(columns[0].cards[1].id, made[2]);
  EXPECT_EQ(columns[1].count, 0u);
  EXPECT_EQ(columns[2].cards.at(0).id, made[1]);
  EXPECT_FALSE(columns[2].next_cursor);
  ASSERT_TRUE(columns[0].next_cursor);
  const auto more =
      must(BoardView(context).column(query, "incoming", {.cursor = *columns[0].next_cursor}));
  EXPECT_EQ(more.count, 3u);
  ASSERT_EQ(more.cards.size(), 1u);
  EXPECT_EQ(more.cards[0].id, made[4]);
  EXPECT_FALSE(more.next_cursor);
}

TEST_F(Deals, TheBoardOfThePastIsWhatItWas) {
  const auto id = open("a deal");
  const Position then = history_.log().head();
  given(id, stage_changed("incoming", "meeting", 2));
  MemoryViewStore past;
  ASSERT_TRUE(project_until(history_.log(), then, all_projectors(history_.keys()), past));
  const ViewContext context{past, history_.keys(), PersonalView::kShown, history_.clock().now()};
  EXPECT_EQ(must(BoardView(context).board({})).at(0).stage, "incoming");
  MemoryViewStore stream;
  ASSERT_TRUE(project_stream(history_.log(), id, then, all_projectors(history_.keys()), stream));
  const ViewContext of_stream{stream, history_.keys(), PersonalView::kShown, {}};
  EXPECT_EQ(must(DealsView(of_stream).get(id)).value().stage, "incoming");
}

// ---- tasks ----

TEST_F(Deals, TasksAreListedByAssigneeAndDue) {
  const auto id = open("a deal");
  const Timestamp t = history_.clock().now();
  const auto late = task(id, "usr_1", t - 48h, t - 24h);
  const auto today = task(id, "usr_1", t - 1h, t + 1h);
  const auto week = task(id, "usr_1", t + 72h, t + 96h);
  const auto later = task(id, "usr_1", t + 24h * 30, t + 24h * 31);
  const auto other = task(id, "usr_2", t - 48h, t - 24h);
  const auto of = [&](DueFilter due, const std::string& assignee) {
    const auto context = now();
    std::vector<std::string> ids;
    for (const auto& found : must(TasksView(context).list({assignee, due}, {})).items) {
      ids.push_back(found.id);
    }
    return ids;
  };
  EXPECT_THAT(of(DueFilter::kAny, "usr_1"), ElementsAre(late, today, week, later));
  EXPECT_THAT(of(DueFilter::kOverdue, "usr_1"), ElementsAre(late));
  EXPECT_THAT(of(DueFilter::kToday, "usr_1"), ElementsAre(today));
  EXPECT_THAT(of(DueFilter::kWeek, "usr_1"), ElementsAre(today, week));
  EXPECT_THAT(of(DueFilter::kOverdue, "usr_2"), ElementsAre(other));
}

TEST_F(Deals, PagesOfTasksMeet) {
  const auto id = open("a deal");
  const Timestamp t = history_.clock().now();
  for (int i = 0; i < 9; ++i) task(id, "usr_1", t, t + 1h);  // all due at the same instant
  const auto context = now();
  std::set<std::string> seen;
  PageRequest request{.limit = 4};
  for (;;) {
    const auto page = must(TasksView(context).list({"usr_1", DueFilter::kAny}, request));
    for (const auto& found : page.items) EXPECT_TRUE(seen.insert(found.id).second);
    if (!page.next_cursor) break;
    request.cursor = *page.next_cursor;
  }
  EXPECT_EQ(seen.size(), 9u);
}

TEST_F(Deals, TodayShowsWhatIsLateWhatIsDueAndWhatHasNoNextStep) {
  auto m = deal_opened("idle");
  m.set_owner("usr_1");
  const auto idle = open(std::move(m));
  m = deal_opened("busy");
  m.set_owner("usr_1");
  const auto busy = open(std::move(m));
  const Timestamp t = history_.clock().now();
  const auto late = task(busy, "usr_1", t - 48h, t - 24h);
  const auto today = task(busy, "usr_1", t - 1h, t + 1h);
  task(busy, "usr_2", t - 1h, t + 1h);
  const auto context = now();
  const Today found = must(TasksView(context).today("usr_1"));
  ASSERT_EQ(found.overdue.size(), 1u);
  EXPECT_EQ(found.overdue[0].id, late);
  ASSERT_EQ(found.today.size(), 1u);
  EXPECT_EQ(found.today[0].id, today);
  ASSERT_EQ(found.without_next_step.size(), 1u);
  EXPECT_EQ(found.without_next_step[0].id, idle);
}

TEST_F(Deals, ATaskIsFoundOpenOrClosed) {
  const auto id = open("a deal");
  const Timestamp t = history_.clock().now();
  const auto call = task(id, "usr_1", t, t + 1h);
  v1::TaskReassigned reassigned;
  reassigned.set_task(call);
  reassigned.set_assignee("usr_2");
  *reassigned.mutable_due() = due_between(t, t + 5h);
  given(id, reassigned);
  auto context = now();
  EXPECT_EQ(must(TasksView(context).get(id, call))->assignee, "usr_2");
  EXPECT_EQ(must(TasksView(context).get(id, call))->due.overdue_at, t + 5h);
  v1::TaskCancelled cancelled;
  cancelled.set_task(call);
  given(id, cancelled);
  auto later = now();
  EXPECT_EQ(must(TasksView(later).get(id, call))->status, "cancelled");
  EXPECT_FALSE(must(TasksView(later).get(id, "tsk_none")));
}

}  // namespace
}  // namespace dealog::views
