#include "libs/domain/call/call.hpp"

#include <algorithm>

#include "tests/unit/domain/aggregate_story.hpp"

namespace dealog::call {
namespace {

using CallStory = testing::Story<State>;

Timestamp at(int second) { return {1'772'700'000'000'000 + second * 1'000'000LL}; }

ReportCall report(std::string state, int second) {
  return {.source = "src_1", .state = std::move(state), .at = at(second)};
}
ReportCall finished(int second, bool answered, std::uint32_t talk_s) {
  ReportCall made = report("finished", second);
  made.direction = "in";
  made.answered = answered;
  made.talk_s = talk_s;
  return made;
}
ReportCall recording(int second) {
  ReportCall made = report("recording", second);
  made.recording_url = "https://pbx.example/1.mp3";
  return made;
}

State joined(const std::vector<ReportCall>& reports) {
  CallStory story;
  for (const auto& one : reports) story.given(one);
  return story.state();
}

TEST(Call, IsNoTouchWhileItRings) {
  EXPECT_FALSE(touch_of(joined({report("started", 0), report("ringing", 2)})));
}

TEST(Call, IsATouchAsSoonAsItIsAnsweredAndKnowsItsLengthAtTheEnd) {
  const auto early = touch_of(joined({report("started", 0), report("answered", 5)}));
  ASSERT_TRUE(early);
  EXPECT_EQ(early->outcome, "connected");
  EXPECT_EQ(early->duration_s, 0u);
  const auto late = touch_of(joined({report("started", 0), finished(65, true, 60)}));
  EXPECT_EQ(late->duration_s, 60u);
  EXPECT_EQ(late->started_at, at(0));
}

TEST(Call, ThatEndedUnansweredIsAMissedOne) {
  const auto touch = touch_of(joined({finished(30, false, 0)}));
  ASSERT_TRUE(touch);
  EXPECT_EQ(touch->outcome, "no_answer");
  EXPECT_EQ(touch->direction, "in");
}

TEST(Call, InsideTheCompanyIsNobodysTouch) {
  ReportCall inside = finished(30, true, 20);
  inside.direction = "internal";
  EXPECT_FALSE(touch_of(joined({inside})));
}

TEST(Call, ItsEndKnowsBetterWhetherItWasAnswered) {
  // A voice menu picks up, nobody talks.
  const auto touch = touch_of(joined({report("answered", 1), finished(30, false, 0)}));
  EXPECT_EQ(touch->outcome, "no_answer");
}

TEST(Call, OneAnsweredLegIsEnough) {
  for (const bool first : {true, false}) {
    const auto touch = touch_of(joined({finished(30, first, 5), finished(30, !first, 5)}));
    EXPECT_EQ(touch->outcome, "connected");
  }
}

TEST(Call, TheProvidersOrderBeatsArrival) {
  ReportCall right = report("ringing", 3), wrong = report("ringing", 4);
  right.sequence = 2;
  right.direction = "out";
  wrong.sequence = 1;
  wrong.direction = "in";
  EXPECT_EQ(joined({right, wrong}).direction.value, "out");
}

TEST(Call, EveryOrderOfItsReportsMakesTheSameCall) {
  std::vector<ReportCall> reports{report("started", 0), report("ringing", 2), report("answered", 5),
                                  finished(65, true, 60), recording(90)};
  reports[0].direction = "in";
  reports[0].person = "per_1";
  reports[1].agent = "usr_2";
  reports[1].sequence = 3;
  reports[2].person = "per_1";
  const State expected = joined(reports);
  std::vector<std::size_t> order{0, 1, 2, 3, 4};
  do {
    std::vector<ReportCall> shuffled;
    for (const auto i : order) shuffled.push_back(reports[i]);
    EXPECT_EQ(joined(shuffled), expected);
  } while (std::ranges::next_permutation(order).found);
  EXPECT_EQ(touch_of(expected)->recording_url, "https://pbx.example/1.mp3");
}

TEST(Call, KeepsEachRecordingOnceInWhateverOrderTheyAreTold) {
  const AddRecording a{"src_1", {"a", "dlv_1"}, "per_1"}, b{"src_1", {"b", "dlv_2"}, "per_1"};
  CallStory one, other;
  one.given(a).given(b).when(a).then({});
  other.given(b).given(a);
  EXPECT_EQ(one.state().recordings, other.state().recordings);
  EXPECT_EQ(one.state().recordings.size(), 2u);
  for (std::size_t i = 0; i < 2 * kRecordings; ++i) {
    const AddRecording more{"src_1", {std::to_string(i), "dlv_3"}, ""};
    one.given_events(decide(one.state(), more).value());
  }
  EXPECT_EQ(one.state().recordings.size(), kRecordings);
}

TEST(Call, IsLinkedOnce) {
  CallStory story;
  story.given(finished(30, true, 5));
  const LinkCall link{DealId(Uuid::derived({}, "d")), TouchId(Uuid::derived({}, "t"))};
  story.when(link).then({"CallLinked"});
  EXPECT_EQ(story.state().deal, link.deal.text());
  story.when(link).then_refused("call_linked");
}

TEST(Call, AWordThatIsNoneIsRefused) {
  CallStory story;
  story.when(report("hold", 1)).then_refused("invalid_input");
}

}  // namespace
}  // namespace dealog::call
