// Many deals: lists, the board, tasks and today.
#include "tests/unit/projections/deals_fixture.hpp"

namespace dealog::views {
namespace {

class DealLists : public Deals {};

TEST_F(DealLists, AreListedNewestFirstByEveryFilter) {
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

TEST_F(DealLists, AreFoundByWordsOfTheTitleOrByTheirContacts) {
  const auto bakery = open("Сайт для пекарни Ёлка");
  auto m = deal_opened("Shop");
  m.set_person("per_7");
  const auto shop = open(std::move(m));
  EXPECT_THAT(listed({.q = "пекар"}), ElementsAre(bakery));
  EXPECT_THAT(listed({.q = "елка сайт"}), ElementsAre(bakery));
  EXPECT_THAT(listed({.q = "елка shop"}), ElementsAre());
  EXPECT_THAT(listed({.q = "Ivan", .q_contacts = {"per_7"}}), ElementsAre(shop));
}

TEST_F(DealLists, UpdatedAfterSeesTouchesToo) {
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

TEST_F(DealLists, PagesOfAListMeetWithoutGapOrRepetition) {
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

TEST_F(DealLists, AWrongCursorIsRefused) {
  open("one");
  const auto context = now();
  const auto page = DealsView(context).list({}, {.cursor = "bm90IGEgY3Vyc29y"});
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, "invalid_cursor");
}

TEST_F(DealLists, OfAPersonFollowTheParticipants) {
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

// ---- the board ----

TEST_F(DealLists, TheBoardCountsSumsAndShowsTheLongestInTheStageFirst) {
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

TEST_F(DealLists, TheBoardOfThePastIsWhatItWas) {
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

TEST_F(DealLists, TasksAreListedByAssigneeAndDue) {
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

TEST_F(DealLists, PagesOfTasksMeet) {
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

TEST_F(DealLists, TodayShowsWhatIsLateWhatIsDueAndWhatHasNoNextStep) {
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

TEST_F(DealLists, ATaskIsFoundOpenOrClosed) {
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
