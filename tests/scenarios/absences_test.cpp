// Colleagues who are away: deals pass them over, and what waits for them stands still.
#include "libs/command/use_cases/absences.hpp"

#include <gmock/gmock.h>

#include "dealog/v1/rule_events.pb.h"
#include "tests/scenarios/rule_story.hpp"

namespace dealog::scenario {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

constexpr std::string_view kNobodysYet = "    conditions:\n      - not: {field: owner}\n";

Date day(std::string_view text) { return Date::parse(text).value(); }

AbsenceId away(Office& office, const UserId& user, std::string_view first, std::string_view last) {
  return *office
              .run(user.text(),
                   [&](Unit& unit) {
                     return use_cases::record_absence(unit, user,
                                                      {day(first), day(last), "vacation"});
                   })
              .value;
}
void back(Office& office, const UserId& user, const AbsenceId& absence) {
  office.run(user.text(), [&](Unit& unit) -> Result<bool> {
    TRY(use_cases::withdraw_absence(unit, user, absence));
    return true;
  });
}
Timestamp at(std::string_view rfc3339) { return Timestamp::parse(rfc3339).value(); }

TEST(AbsenceStory, NewDealsPassOverWhoIsAwayAndTheDecisionSaysSo) {
  Office office;
  const UserId anna = office.hire("Anna", "seller"), boris = office.hire("Boris", "seller");
  away(office, anna, "2026-03-17", "2026-03-18");
  office.publish(regulation(
      {rule("share", "{deal: opened}", {"assign: {round_robin: seller}"}, "live", kNobodysYet)}));
  const DealId first = office.open(), second = office.open();
  office.settle();
  EXPECT_EQ(office.deal(first).owner, boris);
  EXPECT_EQ(office.deal(second).owner, boris);
  const auto chosen = payloads<v1::OwnerChosen>(office);
  ASSERT_EQ(chosen.size(), 2u);
  EXPECT_FALSE(chosen[0].all_absent());
  for (const auto& candidate : chosen[0].candidates()) {
    const bool is_anna = candidate.user() == anna.text();
    EXPECT_EQ(candidate.absent_until(), is_anna ? at("2026-03-19T00:00:00+03:00").us : 0);
  }
  // On the day after, it is her turn.
  office.at("2026-03-19T06:00:00Z");
  const DealId third = office.open();
  office.settle();
  EXPECT_EQ(office.deal(third).owner, anna);
}

TEST(AbsenceStory, WhenAllAreAwayTheDealGoesToWhoseTurnItIs) {
  Office office;
  const UserId anna = office.hire("Anna", "seller"), boris = office.hire("Boris", "seller");
  for (const UserId& user : {anna, boris}) away(office, user, "2026-03-17", "2026-03-18");
  office.publish(regulation(
      {rule("share", "{deal: opened}", {"assign: {least_loaded: seller}"}, "live", kNobodysYet)}));
  const DealId deal = office.open();
  office.settle();
  EXPECT_FALSE(office.deal(deal).owner.is_nil());
  const auto chosen = payloads<v1::OwnerChosen>(office);
  ASSERT_EQ(chosen.size(), 1u);
  EXPECT_TRUE(chosen[0].all_absent());
}

TEST(AbsenceStory, TimersPausesAndTasksOfTheOwnerWaitUntilTheyAreBack) {
  Office office;
  const UserId anna = office.hire("Anna", "seller");
  office.publish(regulation({rule("quiet", "{no_answer: 2 hours}",
                                  {"wait: 1 hour",
                                   "create_task: {kind: call, title: {ru: Звонок, en: Call}, due: "
                                   "3 hours}"},
                                  "live", "    pause: owner_absent\n")}));
  const DealId deal = office.open({.title = "Site", .owner = anna, .source = "phone"});
  office.change(deal, deal::RecordTouch{.kind = "email", .direction = "in", .outcome = "received"});
  // 12:00 on Tuesday in Moscow; she is away from Wednesday to Thursday.
  away(office, anna, "2026-03-18", "2026-03-19");
  office.later(2h);
  office.settle();
  ASSERT_EQ(payloads<v1::RuleFired>(office).size(), 1u);
  EXPECT_EQ(payloads<v1::RuleFired>(office)[0].goes_on_at(), at("2026-03-17T12:00:00Z").us);
  // The pause has begun, and she is away from today on: it goes on when she is back.
  const AbsenceId today = away(office, anna, "2026-03-17", "2026-03-17");
  office.later(8h);
  office.settle();
  EXPECT_EQ(payloads<v1::RuleFired>(office).size(), 1u);
  back(office, anna, today);
  office.settle();
  ASSERT_EQ(payloads<v1::RuleFired>(office).size(), 2u);
  // It is 22:00: two hours are left of the day, the third comes on Friday.
  const auto task = office.deal(deal).open_tasks.at(0);
  EXPECT_EQ(task.due_at, at("2026-03-20T01:00:00+03:00"));
  office.reopen(true);
  const Position head = office.head();
  office.settle();
  EXPECT_EQ(office.head(), head) << "a rebuild has carried out something again";
}

TEST(AbsenceStory, IsForOneselfOrForWhoLooksAfterTheOthers) {
  Office office;
  const UserId anna = office.hire("Anna", "seller"), boris = office.hire("Boris", "seller");
  const UserId clara = office.hire("Clara", "supervisor");
  const auto tries = [&](const UserId& actor, const UserId& user, std::string_view on) {
    CommandRequest request{.name = "test",
                           .stream = user.text(),
                           .actor = {"user", actor.text()},
                           .rights = {user::Right::kRead, user::Right::kWrite}};
    const auto done = office.bus().run_for(std::move(request), [&](Unit& unit) {
      return use_cases::record_absence(unit, user, {day(on), day(on), "other"});
    });
    return done ? std::string() : done.error().code;
  };
  EXPECT_EQ(tries(anna, anna, "2026-04-01"), "");
  EXPECT_EQ(tries(boris, anna, "2026-04-02"), "not_your_absence");
  EXPECT_EQ(tries(clara, anna, "2026-04-03"), "");
  EXPECT_EQ(tries(anna, anna, "2026-04-03"), "absence_overlaps");
}

}  // namespace
}  // namespace dealog::scenario
