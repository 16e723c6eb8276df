// Pauses that end when something happens, or when their time is over; and who is told by teams.
#include <gmock/gmock.h>

#include "dealog/v1/deal_events.pb.h"
#include "dealog/v1/effect_events.pb.h"
#include "dealog/v1/rule_events.pb.h"
#include "tests/scenarios/rule_story.hpp"

namespace dealog::scenario {
namespace {

using namespace std::chrono_literals;
using Counts = std::map<std::string, int>;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kUntilCall =
    "wait: {until: {task_completed: call}, at_most: 2 days, on_timeout: stop}";
constexpr std::string_view kEmail =
    "create_task: {kind: email, title: {ru: Письмо, en: Mail}, due: 1 day}";

std::vector<std::string> open_kinds(Office& office, const DealId& deal) {
  std::vector<std::string> kinds;
  for (const auto& task : office.deal(deal).open_tasks) kinds.push_back(task.kind);
  return kinds;
}
void complete(Office& office, const DealId& deal, std::string_view kind) {
  for (const auto& task : office.deal(deal).open_tasks) {
    if (task.kind == kind) return office.change(deal, deal::CompleteTask{task.id});
  }
  FAIL() << "no open task " << kind;
}

TEST(PauseStory, EndsWhenWhatItWaitsForComes) {
  Office office;
  office.publish(regulation({rule("chain", "{deal: opened}", {kTask, kUntilCall, kEmail})}));
  const DealId deal = office.open();
  office.settle();
  EXPECT_THAT(open_kinds(office, deal), ElementsAre("call"));
  office.later(3h);
  complete(office, deal, "call");
  office.settle();
  EXPECT_THAT(open_kinds(office, deal), ElementsAre("email"));
  EXPECT_EQ(office.made_by("chain"), (Counts{{"RuleFired", 2}, {"TaskCreated", 2}}));
  // Its time is over later: nothing is done twice, also by a rebuilt view.
  office.later(72h);
  office.settle();
  const Position settled = office.head();
  office.reopen(true);
  office.settle();
  EXPECT_EQ(office.head(), settled);
  EXPECT_THAT(skips(office), IsEmpty());
}

TEST(PauseStory, EndsInNothingOrGoesOnWhenItsTimeIsOver) {
  Office office;
  const std::string on = "wait: {until: {task_completed: call}, at_most: 2 days}";
  office.publish(regulation({rule("stops", "{deal: opened}", {kTask, kUntilCall, kEmail}),
                             rule("goes_on", "{deal: opened}", {on, kEmail})}));
  const DealId deal = office.open();
  office.settle();
  office.later(47h);
  office.settle();
  EXPECT_THAT(open_kinds(office, deal), ElementsAre("call"));
  office.later(1h);
  office.settle();
  EXPECT_THAT(open_kinds(office, deal), ElementsAre("call", "email"));
  EXPECT_THAT(skips(office), ElementsAre("wait_timed_out"));
  EXPECT_EQ(office.made_by("goes_on"), (Counts{{"RuleFired", 2}, {"TaskCreated", 1}}));
}

TEST(PauseStory, IsNotEndedByWhatTheRuleItselfDidBeforeIt) {
  Office office;
  office.publish(regulation(
      {rule("chain", "{deal: opened}",
            {"move_to: third", "wait: {until: {stage_entered: third}, at_most: 1 day}", kEmail})}));
  const DealId deal = office.open(
      {.title = "Site", .amount = Money{100, *Currency::parse("RUB")}, .source = "phone"});
  office.settle();
  EXPECT_EQ(office.deal(deal).stage(), "third");
  EXPECT_THAT(open_kinds(office, deal), IsEmpty());
  office.later(24h);
  office.settle();
  EXPECT_THAT(open_kinds(office, deal), ElementsAre("email"));
}

TEST(PauseStory, WaitsForTouchesOfTheKindNamed) {
  Office office;
  office.publish(regulation({rule("mail", "{deal: opened}",
                                  {"wait: {until: {touch: {kind: call, direction: in}}, "
                                   "at_most: 5 days, on_timeout: stop}",
                                   kEmail})}));
  const DealId deal = office.open();
  office.settle();
  const auto touch = [&](std::string kind) {
    office.change(
        deal, deal::RecordTouch{.kind = std::move(kind), .direction = "in", .outcome = "received"});
    office.settle();
  };
  touch("email");
  EXPECT_THAT(open_kinds(office, deal), IsEmpty());
  touch("call");
  EXPECT_THAT(open_kinds(office, deal), ElementsAre("email"));
  touch("call");
  EXPECT_THAT(open_kinds(office, deal), ElementsAre("email"));
}

TEST(PauseStory, OfTheOwnersTimeEndsAsWellWhenWhatItWaitsForComes) {
  Office office;
  const UserId anna = office.hire("Anna", "seller");
  office.publish(regulation({rule("chain", "{deal: opened}", {kTask, kUntilCall, kEmail}, "live",
                                  "    pause: owner_absent\n")}));
  const DealId deal = office.open({.title = "Site", .owner = anna, .source = "phone"});
  office.settle();
  complete(office, deal, "call");
  office.settle();
  EXPECT_THAT(open_kinds(office, deal), ElementsAre("email"));
  office.later(96h);
  office.settle();
  EXPECT_EQ(office.made_by("chain")["RuleFired"], 2);
}

// ---- teams, and Telegram ----

UserId hire(Office& office, user::RegisterUser user) {
  user.role = "seller";
  user.time_zone = "Europe/Moscow";
  user.rights = user::Rights::all();
  return *office.run("hire", [&](Unit& unit) { return use_cases::register_user(unit, user); })
              .value;
}

TEST(NotifyStory, TellsATeamAndThoseWithAChatInTelegramAsWell) {
  Office office;
  const UserId anna = hire(office, {.name = "Anna", .team = "north", .telegram = "4242"});
  const UserId boris = hire(office, {.name = "Boris", .team = "north"});
  hire(office, {.name = "Clara", .team = "south", .telegram = "77"});
  office.publish(regulation(
      {rule("told", "{deal: opened}",
            {"notify: {to: \"team:north\", text: {ru: Новая, en: New}, telegram: true}"})}));
  office.open();
  office.settle();
  std::vector<std::string> told;
  for (const auto& m : payloads<v1::NotificationRaised>(office)) told.push_back(m.user());
  EXPECT_THAT(told, ::testing::UnorderedElementsAre(anna.text(), boris.text()));
  const auto planned = payloads<v1::EffectPlanned>(office);
  ASSERT_EQ(planned.size(), 1u);
  EXPECT_EQ(planned[0].channel(), "telegram");
  EXPECT_EQ(planned[0].user(), anna.text());
  EXPECT_EQ(planned[0].text(), "Правило: Site\nНовая");
}

}  // namespace
}  // namespace dealog::scenario
