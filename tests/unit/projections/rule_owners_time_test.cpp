// Timers in the time of the deal's owner: they move when it does, or another owns the deal.
#include "dealog/v1/absence_events.pb.h"
#include "dealog/v1/party_events.pb.h"
#include "dealog/v1/rule_events.pb.h"
#include "libs/projection/row_keys.hpp"
#include "tests/unit/projections/rules_fixture.hpp"

namespace dealog::views {
namespace {

using std::string_view;

// A rule that waits, with what it says about time.
std::string timed(string_view id, string_view trigger, string_view time) {
  std::string text = rule(id, trigger);
  const std::string_view before = "    actions:\n";
  return text.insert(text.find(before), "    " + std::string(time) + "\n");
}

class OwnersTimers : public Rules {
 protected:
  std::string user(const std::string& zone) {
    const auto id = history_.make_id<UserId>();
    v1::UserRegistered m;
    m.set_role("seller");
    m.set_time_zone(zone);
    given(id, m);
    return id;
  }
  std::string deal_of(const std::string& owner) {
    v1::DealOpened m = deal_opened("Site");
    m.set_owner(owner);
    return open(m);
  }
  std::string away(const std::string& user, string_view begins, string_view ends) {
    v1::AbsenceRecorded m;
    m.set_absence("abs_" + std::to_string(++absences_));
    m.set_begins_at(time_of(begins).us);
    m.set_ends_at(time_of(ends).us);
    given(user, m);
    return m.absence();
  }
  void back(const std::string& user, const std::string& absence) {
    v1::AbsenceWithdrawn m;
    m.set_absence(absence);
    given(user, m);
  }
  void assign(const std::string& deal, const std::string& owner) {
    v1::DealOwnerAssigned m;
    m.set_owner(owner);
    given(deal, m);
  }
  // Deals that stand under the owner in the index.
  std::size_t waiting_for(const std::string& owner) {
    project();
    std::size_t count = 0;
    EXPECT_TRUE(store_.scan_prefix(row_keys::under(row_keys::kRuleOfOwner, owner),
                                   ScanOrder::kForward, [&](string_view, string_view) {
                                     ++count;
                                     return true;
                                   }));
    return count;
  }

  int absences_ = 0;
};

TEST_F(OwnersTimers, StandStillWhileTheOwnerIsAwayAndMoveBackWhenTheyAreNot) {
  publish(timed("waits", "{no_answer: 2 hours}", "pause: owner_absent"));
  const auto anna = user("Europe/Berlin");
  const auto deal = deal_of(anna);
  given(deal, touch("email", "in", "received"));  // 10:00 in Berlin
  EXPECT_EQ(next(), time_of("2026-03-02T11:00:00Z"));
  history_.clock().advance(30min);
  const auto absence = away(anna, "2026-03-02T10:00:00Z", "2026-03-04T23:00:00Z");
  EXPECT_EQ(next(), time_of("2026-03-05T00:00:00Z"));
  back(anna, absence);
  EXPECT_EQ(next(), time_of("2026-03-02T11:00:00Z"));
  // The moment may come again that it stood at before.
  away(anna, "2026-03-02T10:00:00Z", "2026-03-04T23:00:00Z");
  EXPECT_EQ(next(), time_of("2026-03-05T00:00:00Z"));
  EXPECT_TRUE(due("2026-03-04T23:59:59Z").empty());
  EXPECT_THAT(due("2026-03-05T00:00:00Z"), ElementsAre("waits"));
}

TEST_F(OwnersTimers, AreNotMovedToBeforeWhatMovesThem) {
  publish(timed("waits", "{no_answer: 2 hours}", "pause: owner_absent"));
  const auto anna = user("Europe/Berlin");
  const auto absence = away(anna, "2026-03-02T00:00:00Z", "2026-03-09T00:00:00Z");
  const auto deal = deal_of(anna);
  given(deal, touch("email", "in", "received"));
  EXPECT_EQ(next(), time_of("2026-03-09T02:00:00Z"));
  // It would have been due on the second.
  at_time("2026-03-03T12:00:00Z");
  back(anna, absence);
  const PendingRule now_due = only_due();
  EXPECT_EQ(now_due.due_at, time_of("2026-03-03T12:00:00Z"));
  EXPECT_EQ(now_due.since, time_of("2026-03-02T09:00:00Z"));
}

TEST_F(OwnersTimers, OfTheOthersDoNotMove) {
  publish(timed("stops", "{no_answer: 2 hours}", "pause: owner_absent") +
          rule("goes_on", "{no_answer: 2 hours}"));
  const auto anna = user("Europe/Berlin"), boris = user("Europe/Berlin");
  const auto deal = deal_of(anna), other = deal_of(boris);
  given(deal, touch("email", "in", "received"));
  given(other, touch("email", "in", "received"));
  away(anna, "2026-03-02T10:00:00Z", "2026-03-04T23:00:00Z");
  EXPECT_THAT(due("2026-03-02T11:00:00Z"), UnorderedElementsAre("goes_on", "goes_on", "stops"));
  EXPECT_EQ(waiting_for(anna), 1u);
  EXPECT_EQ(waiting_for(boris), 1u);
}

TEST_F(OwnersTimers, MoveWithTheDealToAnotherOwner) {
  publish(timed("waits", "{no_answer: 2 hours}", "pause: owner_absent"));
  const auto anna = user("Europe/Berlin"), boris = user("Europe/Berlin");
  away(boris, "2026-03-02T10:00:00Z", "2026-03-04T23:00:00Z");
  const auto deal = deal_of(anna);
  given(deal, touch("email", "in", "received"));
  assign(deal, boris);
  EXPECT_EQ(next(), time_of("2026-03-05T00:00:00Z"));
  EXPECT_EQ(waiting_for(anna), 0u);
  EXPECT_EQ(waiting_for(boris), 1u);
  // Anna's absence is nothing to it now.
  away(anna, "2026-03-02T09:30:00Z", "2026-03-20T23:00:00Z");
  EXPECT_EQ(next(), time_of("2026-03-05T00:00:00Z"));
  given(deal, touch("call", "out", "connected", true));
  EXPECT_EQ(next(), std::nullopt);
  EXPECT_EQ(waiting_for(boris), 0u);
}

TEST_F(OwnersTimers, ReckonInTheOwnersZoneAndMoveWithIt) {
  publish(timed("waits", "{no_answer: 2 business hours}", "calendar: owner"));
  const auto anna = user("Europe/Berlin");
  const auto deal = deal_of(anna);
  at_time("2026-03-02T16:00:00Z");  // 17:00 in Berlin, 11:00 in New York
  given(deal, touch("email", "in", "received"));
  EXPECT_EQ(next(), time_of("2026-03-03T09:00:00Z"));
  v1::UserDetailsChanged moved;
  moved.set_time_zone("America/New_York");
  given(anna, moved);
  EXPECT_EQ(next(), time_of("2026-03-02T18:00:00Z"));
}

TEST_F(OwnersTimers, OfADeadlineComeByTheOwnersWallClockAndDoNotStandStill) {
  publish(timed("near", "{deadline: {field: expected_close_date, at: \"09:00\"}}",
                "calendar: owner\n    pause: owner_absent"));
  const auto anna = user("America/New_York");
  v1::DealOpened m = deal_opened("Site");
  m.set_owner(anna);
  m.set_expected_close_date("2026-03-10");
  const auto deal = open(m);
  // Clocks in New York went forward on the 8th.
  EXPECT_EQ(next(), time_of("2026-03-10T13:00:00Z"));
  away(anna, "2026-03-09T00:00:00Z", "2026-03-15T00:00:00Z");
  EXPECT_EQ(next(), time_of("2026-03-10T13:00:00Z"));
  assign(deal, user("Asia/Tokyo"));
  EXPECT_EQ(next(), time_of("2026-03-10T00:00:00Z"));
}

TEST_F(OwnersTimers, APauseOfARuleStandsStillAsWell) {
  publish(timed("thanks", "{deal: opened}", "pause: owner_absent"));
  const auto anna = user("Europe/Berlin");
  const auto deal = deal_of(anna);
  const PendingRule triggered = only_due();
  v1::RuleFired fired;
  fired.set_trigger(triggered.trigger);
  fired.set_rule("thanks");
  fired.set_pipeline("web-studio");
  fired.set_regulation_version(1);
  fired.set_goes_on_at(time_of("2026-03-02T12:00:00Z").us);
  fired.set_next_step(1);
  fired.mutable_pause()->set_begins_at(time_of("2026-03-02T09:00:00Z").us);
  fired.mutable_pause()->set_minutes(180);
  fired.mutable_pause()->set_stops_in_absence(true);
  given(deal, fired);
  EXPECT_EQ(next(), time_of("2026-03-02T12:00:00Z"));
  away(anna, "2026-03-02T10:00:00Z", "2026-03-04T23:00:00Z");
  EXPECT_EQ(next(), time_of("2026-03-05T01:00:00Z"));
  EXPECT_EQ(waiting_for(anna), 1u);
}

TEST_F(OwnersTimers, OfADealWithoutAnOwnerAreTheCompanys) {
  publish(timed("waits", "{no_answer: 2 business hours}", "calendar: owner"));
  const auto deal = lead();
  given(deal, touch("email", "in", "received"));
  EXPECT_EQ(next(), time_of("2026-03-02T11:00:00Z"));
  // From then on they are the owner's, who is asleep.
  assign(deal, user("America/New_York"));
  EXPECT_EQ(next(), time_of("2026-03-02T16:00:00Z"));
}

}  // namespace
}  // namespace dealog::views
