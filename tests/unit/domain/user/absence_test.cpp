// Absences: whole days in the user's zone, never two at a time.
#include "libs/domain/user/absence.hpp"

#include "dealog/v1/absence_events.pb.h"
#include "libs/domain/user/user.hpp"
#include "tests/unit/domain/aggregate_story.hpp"

namespace dealog::user {
namespace {

using UserStory = testing::Story<State>;

const Timestamp kNow = Timestamp::parse("2026-03-17T09:00:00Z").value();

AbsenceId absence(int number) {
  return AbsenceId(Uuid::derived({}, "absence" + std::to_string(number)));
}
Date day(std::string_view text) { return Date::parse(text).value(); }
RecordAbsence away(int number, std::string_view first, std::string_view last,
                   std::string kind = "vacation") {
  return {absence(number), day(first), day(last), std::move(kind), kNow};
}
UserStory seller(std::string zone = "Europe/Berlin") {
  UserStory story;
  story.given(RegisterUser{.name = "Anna",
                           .email = {},
                           .role = "seller",
                           .time_zone = std::move(zone),
                           .rights = {Right::kRead}});
  return story;
}

TEST(Absence, LastsFromTheFirstMidnightToTheOneAfterItsLastDay) {
  UserStory story = seller();
  story.when(away(1, "2026-03-28", "2026-03-29")).then({"AbsenceRecorded"});
  const Absence& known = story.state().absences.at(0);
  EXPECT_EQ(known.kind, "vacation");
  EXPECT_EQ(known.time_zone, "Europe/Berlin");
  EXPECT_EQ(known.from.rfc3339(), "2026-03-27T23:00:00.000000Z");
  // Clocks went forward on the second of its days.
  EXPECT_EQ(known.until.rfc3339(), "2026-03-29T22:00:00.000000Z");
  EXPECT_EQ(story.state().absent_until(known.from), known.until);
  EXPECT_EQ(story.state().absent_until(known.from - Duration(1)), std::nullopt);
  EXPECT_EQ(story.state().absent_until(known.until), std::nullopt);
}

TEST(Absence, KeepsItsInstantsWhenItsUserMovesToAnotherZone) {
  UserStory story = seller();
  story.given(away(1, "2026-04-01", "2026-04-02"));
  const Timestamp until = story.state().absences.at(0).until;
  story.given(ChangeUserDetails{.time_zone = "Asia/Tokyo"});
  EXPECT_EQ(story.state().absences.at(0).until, until);
}

TEST(Absence, IsNoOtherAtTheSameTimeAndMayFollowOnAnother) {
  UserStory story = seller();
  story.given(away(1, "2026-04-10", "2026-04-12"));
  story.when(away(2, "2026-04-12", "2026-04-14")).then_refused("absence_overlaps");
  story.when(away(2, "2026-04-01", "2026-04-10")).then_refused("absence_overlaps");
  story.when(away(2, "2026-04-11", "2026-04-11")).then_refused("absence_overlaps");
  story.given(away(3, "2026-04-13", "2026-04-14")).given(away(4, "2026-04-09", "2026-04-09"));
  const auto& all = story.state().absences;
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].id, absence(4));
  EXPECT_EQ(all[1].id, absence(1));
  EXPECT_EQ(all[2].id, absence(3));
  // In the second of two that follow on each other the user is still away.
  EXPECT_EQ(story.state().absent_until(all[1].until), all[2].until);
}

TEST(Absence, OfAYearOrFarAwayIsASlipOfThePen) {
  UserStory story = seller();
  story.when(away(1, "2026-04-02", "2026-04-01")).then_invalid({"/to"});
  story.when(away(1, "2026-04-01", "2027-04-02")).then_invalid({"/to"});
  story.when(away(1, "2026-04-01", "2027-04-01")).then({"AbsenceRecorded"});
  story.when(away(2, "2028-03-18", "2028-03-18")).then_invalid({"/from"});
  story.when(away(2, "2028-03-17", "2028-03-17")).then({"AbsenceRecorded"});
  story.when(away(3, "2025-03-15", "2025-03-16")).then_invalid({"/from"});
  story.when(away(3, "2025-03-16", "2025-03-16", "illness")).then({"AbsenceRecorded"});
  story.when(away(4, "2026-03-20", "2026-03-20", "flu")).then_invalid({"/kind"});
}

TEST(Absence, IsWithdrawnOnce) {
  UserStory story = seller();
  story.given(away(1, "2026-04-10", "2026-04-12"));
  story.when(WithdrawAbsence{absence(1)}).then({"AbsenceWithdrawn"});
  EXPECT_TRUE(story.state().absences.empty());
  story.when(WithdrawAbsence{absence(1)}).then_refused("absence_not_found");
  story.when(away(2, "2026-04-10", "2026-04-12")).then({"AbsenceRecorded"});
}

TEST(Absence, IsOfSomebodyWhoWorksHere) {
  UserStory().when(away(1, "2026-04-10", "2026-04-12")).then_refused("user_not_found");
  UserStory story = seller();
  story.given(DeactivateUser{});
  story.when(away(1, "2026-04-10", "2026-04-12")).then_refused("user_inactive");
}

TEST(Absence, AFewHundredOfThemAreEnough) {
  UserStory story = seller("UTC");
  Date next = day("2026-03-18");
  for (std::size_t i = 0; i < kAbsences; ++i, ++next.days) {
    story.given(RecordAbsence{absence(static_cast<int>(i)), next, next, "other", kNow});
  }
  story.when(RecordAbsence{absence(-1), next, next, "other", kNow})
      .then_refused("too_many_absences");
}

}  // namespace
}  // namespace dealog::user
