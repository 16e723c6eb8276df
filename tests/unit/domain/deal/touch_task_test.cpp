// Touches and next steps.
#include "libs/base/limits.hpp"
#include "libs/domain/deal/limits.hpp"
#include "libs/domain/deal/vocabulary.hpp"
#include "tests/unit/domain/deal/deal_story.hpp"

namespace dealog::deal {
namespace {

using namespace std::chrono_literals;

TEST(DealTouch, AnswersACustomerAsTheDomainSays) {
  EXPECT_TRUE(answers_customer("call", "out", "connected"));
  EXPECT_TRUE(answers_customer("meeting", "out", "held"));
  EXPECT_TRUE(answers_customer("email", "out", "sent"));
  EXPECT_TRUE(answers_customer("message", "out", "delivered"));
  EXPECT_TRUE(answers_customer("call", "in", "connected"));
  EXPECT_FALSE(answers_customer("call", "out", "no_answer"));
  EXPECT_FALSE(answers_customer("email", "out", "failed"));
  EXPECT_FALSE(answers_customer("email", "in", "received"));
  EXPECT_FALSE(answers_customer("meeting", "in", "held"));
  EXPECT_FALSE(answers_customer("note", "internal", "sent"));
}

TEST(DealTouch, IsOneEventWithoutTagsStampedWithItsStage) {
  DealStory story;
  story.given(a_lead()).when(a_call("out", "connected")).then({"TouchRecorded"});
  EXPECT_TRUE(story.made("TouchRecorded").tags.empty());
  const auto& touch = story.event<v1::TouchRecorded>();
  EXPECT_TRUE(TouchId::parse(touch.touch()).has_value());
  EXPECT_EQ(touch.stage(), "incoming");
  EXPECT_EQ(touch.visit(), 1u);
  EXPECT_TRUE(touch.answers_customer());
}

TEST(DealTouch, AThousandAlikeAreKeptAsOne) {
  DealStory story;
  story.given(a_lead());
  for (int i = 0; i < 1000; ++i) story.given(a_call("out", "no_answer"));
  EXPECT_EQ(story.state().touches.size(), 1u);
}

TEST(DealTouch, AmendedTellsAllThatIsKnownNowAndCountsForGates) {
  DealStory story;
  RecordTouch call = a_call("out", "no_answer");
  call.id = TouchId(Uuid::derived({}, "call"));
  story.given(a_lead()).given(call);
  call.outcome = "connected";
  call.duration_s = 61;
  call.recording_url = "https://pbx.example/1.mp3";
  story.when(AmendTouch{call}).then({"TouchAmended"});
  const auto& amended = story.event<v1::TouchAmended>();
  EXPECT_EQ(amended.touch(), call.id.text());
  EXPECT_EQ(amended.duration_s(), 61u);
  EXPECT_EQ(amended.recording_url(), "https://pbx.example/1.mp3");
  EXPECT_TRUE(amended.answers_customer());
  EXPECT_TRUE(story.state().touches.back().answers_customer);
  call.outcome = "seen";
  story.when(AmendTouch{call}).then_invalid({"/outcome unknown_value"});
}

TEST(DealTouch, UsualDirectionAndOutcomeMayBeLeftOut) {
  DealStory story;
  story.given(a_lead()).when(RecordTouch{.kind = "note", .note = "Likes blue"});
  EXPECT_EQ(story.event<v1::TouchRecorded>().direction(), "internal");
  EXPECT_EQ(story.event<v1::TouchRecorded>().outcome(), "");
  story.when(RecordTouch{.kind = "form"});
  EXPECT_EQ(story.event<v1::TouchRecorded>().direction(), "in");
  EXPECT_EQ(story.event<v1::TouchRecorded>().outcome(), "received");
}

TEST(DealTouch, NamesEveryWrongField) {
  RecordTouch touch{.kind = "smoke_signal",
                    .direction = "up",
                    .outcome = "seen",
                    .duration_s = 700'000,
                    .recording_url = "javascript:alert(1)",
                    .note = std::string(limits::kNoteBytes + 1, 'x')};
  DealStory().given(a_lead()).when(touch).then_invalid(
      {"/kind unknown_value", "/direction unknown_value", "/outcome unknown_value",
       "/duration_s out_of_range", "/recording_url invalid_url", "/note too_long"});
  DealStory()
      .given(a_lead())
      .when(RecordTouch{.kind = "call"})
      .then_invalid({"/direction required", "/outcome required"});
}

TEST(DealTask, IsDueAtAnInstantOrOnADayWhereItsAssigneeIs) {
  DealStory story;
  story.with_zone(kBoris, "Asia/Vladivostok").given(a_lead());
  CreateTask task{.kind = "call", .title = "Call", .assignee = kBoris};
  task.due.date = Date::of(2026, 3, 18);
  story.when(task).then({"TaskCreated"});
  EXPECT_EQ(story.made("TaskCreated").tags, std::vector<Tag>{open_tag(story.task().text())});
  const OpenTask& by_day = story.state().open_tasks.back();
  EXPECT_EQ(by_day.today_from, at("2026-03-17T14:00:00Z"));
  EXPECT_EQ(by_day.overdue_at, at("2026-03-18T14:00:00Z"));
  task.due = {.at = at("2026-03-18T03:00:00Z")};
  story.given(task);
  const OpenTask& by_hour = story.state().open_tasks.back();
  EXPECT_EQ(by_hour.today_from, at("2026-03-17T14:00:00Z"));
  EXPECT_EQ(by_hour.overdue_at, at("2026-03-18T03:00:00Z"));
}

TEST(DealTask, KeepsItsDayWhenItIsHandedToAnotherZone) {
  DealStory story;
  story.with_zone(kBoris, "Asia/Vladivostok").given(a_lead());
  CreateTask task{.kind = "call", .title = "Call"};
  task.due.date = Date::of(2026, 3, 18);
  story.given(task);
  EXPECT_EQ(story.state().open_tasks.back().assignee, kAnna);
  EXPECT_EQ(story.state().open_tasks.back().overdue_at, at("2026-03-18T21:00:00Z"));
  story.when(ReassignTask{story.task(), kBoris}).then({"TaskReassigned"});
  EXPECT_EQ(story.event<v1::TaskReassigned>().previous(), kAnna.text());
  EXPECT_EQ(story.state().open_tasks.back().due_date, Date::of(2026, 3, 18));
  EXPECT_EQ(story.state().open_tasks.back().overdue_at, at("2026-03-18T14:00:00Z"));
  story.when(ReassignTask{story.task(), kBoris}).then_nothing();
}

TEST(DealTask, IsGivenToTheActingUserWhenTheDealHasNoOwner) {
  DealStory story;
  OpenDeal lead = a_lead();
  lead.owner.reset();
  story.given(lead).as(kBoris).given(CreateTask{.kind = "call", .title = "Call"});
  EXPECT_EQ(story.state().open_tasks.back().assignee, kBoris);
}

TEST(DealTask, IsClosedOnce) {
  DealStory story;
  story.given(a_lead()).given(CreateTask{.kind = "call", .title = "Call"});
  const TaskId task = story.task();
  story.when(CompleteTask{task, "Agreed"}).then({"TaskCompleted"});
  story.when(CompleteTask{task}).then_refused("task_closed");
  story.when(CancelTask{task}).then_refused("task_closed");
  story.when(RescheduleTask{.task = task}).then_refused("task_closed");
  story.when(ReassignTask{task, kBoris}).then_refused("task_closed");
  story.when(CompleteTask{id<TaskId>(99)}).then_refused("task_not_found");
  story.given(CreateTask{.kind = "call", .title = "Call"});
  story.when(CancelTask{story.task(), "Not needed"}).then({"TaskCancelled"});
}

TEST(DealTask, IsRescheduledToAnotherTime) {
  DealStory story;
  story.given(a_lead()).given(CreateTask{.kind = "call", .title = "Call"});
  story.when(RescheduleTask{story.task(), {}}).then_invalid({"/due_at required"});
  story.when(RescheduleTask{story.task(), {.at = noon(), .date = Date::of(2026, 3, 18)}})
      .then_invalid({"/due_date one_of_two"});
  story.when(RescheduleTask{story.task(), {.at = noon() + 3h}}).then({"TaskRescheduled"});
  EXPECT_EQ(story.state().open_tasks.back().due_at, noon() + 3h);
}

TEST(DealTask, NamesEveryWrongField) {
  CreateTask task{.kind = "Big Call",
                  .title = "",
                  .place = std::string(limits::kTitleBytes + 1, 'x'),
                  .participants = {kCustomer.text(), kAnna.text(), "bob"},
                  .note = "\xc3"};
  DealStory().given(a_lead()).when(task).then_invalid({"/kind invalid_code", "/title required",
                                                       "/place too_long", "/note invalid_text",
                                                       "/participants/2 invalid_id"});
}

TEST(DealTask, ThereIsALimitOfOpenOnes) {
  DealStory story;
  story.given(a_lead());
  while (story.state().open_tasks.size() < kOpenTasks) {
    story.given(CreateTask{.kind = "call", .title = "Call"});
  }
  story.when(CreateTask{.kind = "call", .title = "Call"}).then_refused("too_many_open_tasks");
  EXPECT_EQ(story.error().kind, ErrorKind::kTooLarge);
  // What happens by itself is left out rather than in the way.
  story.given(a_call("out", "connected"));
  story.when(ChangeDealStage{.to = "classification"}).then({"DealStageChanged"});
}

TEST(DealNextStep, IsJudgedFromTheStoredInstants) {
  DealStory story;
  story.given(a_lead());
  story.given(CompleteTask{story.task()});
  EXPECT_EQ(story.state().next_step(noon()), NextStep::kNone);
  story.given(CreateTask{.kind = "call", .title = "Some day"});
  EXPECT_EQ(story.state().next_step(noon()), NextStep::kPlanned);
  CreateTask task{.kind = "call", .title = "Call"};
  task.due.date = Date::of(2026, 3, 18);
  story.given(task);
  TaskId next;
  EXPECT_EQ(story.state().next_step(noon(), &next), NextStep::kPlanned);
  EXPECT_EQ(next, story.task());
  EXPECT_EQ(story.state().next_step(at("2026-03-17T21:00:00Z")), NextStep::kToday);
  EXPECT_EQ(story.state().next_step(at("2026-03-18T20:59:59Z")), NextStep::kToday);
  EXPECT_EQ(story.state().next_step(at("2026-03-18T21:00:00Z")), NextStep::kOverdue);
}

TEST(DealTaskFacts, ADoneOneCountsWhereTheGateSaysSoAndACancelledOneNever) {
  DealStory story;
  story.given(a_lead());
  rules::TaskQuery any{.kinds = {"follow_up"}, .open = false};
  rules::TaskQuery open{.kinds = {"follow_up"}, .open = true};
  const auto has = [&](const rules::TaskQuery& query) {
    return DealFacts(story.state(), story.context()).has_task(query);
  };
  story.given(CreateTask{.kind = "follow_up", .title = "Ask", .due = {.at = noon() + 1h}});
  EXPECT_TRUE(has(open));
  story.given(CancelTask{story.task()});
  EXPECT_FALSE(has(any));
  story.given(CreateTask{.kind = "follow_up", .title = "Ask", .due = {.at = noon() + 1h}});
  story.given(CompleteTask{story.task()});
  EXPECT_TRUE(has(any));
  EXPECT_FALSE(has(open));
  any.with = {"due", "assignee"};
  EXPECT_TRUE(has(any));
  any.with = {"place"};
  EXPECT_FALSE(has(any));
  any.with = {"due"};
  any.in_future = true;
  EXPECT_TRUE(has(any));
  story.later(2h);
  EXPECT_FALSE(has(any));
}

}  // namespace
}  // namespace dealog::deal
