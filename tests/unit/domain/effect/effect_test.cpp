#include "libs/domain/effect/effect.hpp"

#include "tests/unit/domain/aggregate_story.hpp"

namespace dealog::effect {
namespace {

using namespace std::chrono_literals;
using EffectStory = testing::Story<State>;

// The story's events are recorded at this instant.
constexpr Timestamp kNow{1'770'000'000'000'000};

PlanEffect mail() {
  return {.channel = Channel::kMail,
          .kind = "send_mail",
          .trigger = "trg_1",
          .deal = "deal_1",
          .rule = "thanks",
          .person = "per_1",
          .title = "Thanks",
          .text = "Dear Anna"};
}
PlanEffect call() {
  return {.channel = Channel::kWebhook, .kind = "call_webhook", .endpoint = "whe_1", .text = "{}"};
}

class Effects : public ::testing::Test {
 protected:
  void plan_it(const PlanEffect& command = mail()) { story_.given_events({plan(command)}); }
  Result<std::vector<NewEvent>> attempt(Timestamp now = kNow, AttemptEffect command = {}) {
    auto events = decide(story_.state(), command, now);
    if (events) story_.given_events(*events);
    return events;
  }
  void settle(const SettleEffect& settled, std::uint64_t seed = 0) {
    story_.given_events(decide(story_.state(), settled, kNow, seed).value());
  }
  Status status() const { return story_.state().status; }

  EffectStory story_;
};

TEST_F(Effects, AnAttemptStandsInTheLogBeforeItsEnd) {
  plan_it();
  EXPECT_EQ(status(), Status::kWaiting);
  EXPECT_EQ(decide(story_.state(), SettleEffect{}, kNow, 0).error().code, "effect_not_sending");
  ASSERT_TRUE(attempt());
  EXPECT_EQ(status(), Status::kSending);
  settle({.answer = 250, .reason = {}});
  EXPECT_EQ(status(), Status::kDelivered);
  EXPECT_EQ(attempt().error().code, "effect_settled");
  story_.when(RetryEffect{}).then_refused("effect_settled");
  story_.when(DropEffect{}).then_refused("effect_settled");
}

TEST_F(Effects, WhatIsTriedInVainWaitsAndAtLastWaitsForAPerson) {
  plan_it();
  for (std::uint32_t i = 1; i < kAttempts; ++i) {
    ASSERT_TRUE(attempt(std::max(kNow, story_.state().next_at)));
    settle({.ending = Ending::kAgain, .reason = "refused_for_now"}, 7'000'000'000ull * i);
    ASSERT_EQ(status(), Status::kWaiting) << i;
    EXPECT_GE(story_.state().next_at, kNow + 1s);
    EXPECT_LE(story_.state().next_at, kNow + kLongestWait);
    EXPECT_EQ(attempt(kNow).error().code, "effect_not_due");
  }
  ASSERT_TRUE(attempt(story_.state().next_at));
  settle({.ending = Ending::kAgain, .reason = "refused_for_now"});
  EXPECT_EQ(status(), Status::kFailed);
  EXPECT_EQ(story_.state().reason, "refused_for_now");
  story_.when(RetryEffect{}).then({"EffectRetried"});
  EXPECT_EQ(story_.state().attempts, 0u);
  story_.when(RetryEffect{}).then_refused("effect_waiting");
}

TEST(EffectWaits, AreSpreadOverAllOfALengthThatDoublesUpToTwelveHours) {
  EXPECT_EQ(wait_after(1, 0), 1s);
  EXPECT_EQ(wait_after(1, 4'000'000), 5s);
  EXPECT_EQ(wait_after(3, 19'000'000), 20s);
  for (std::uint32_t attempts = 1; attempts < 60; ++attempts) {
    for (std::uint64_t seed : {0ull, 1ull, 123'456'789'123ull, ~0ull}) {
      EXPECT_GE(wait_after(attempts, seed), 1s);
      EXPECT_LE(wait_after(attempts, seed), kLongestWait);
    }
  }
}

TEST_F(Effects, AReceiverIsGivenTheTimeThatItAsksForUpToADay) {
  plan_it(call());
  ASSERT_TRUE(attempt());
  settle({.ending = Ending::kAgain, .answer = 429, .reason = "rate_limited", .retry_after = 3600s});
  EXPECT_EQ(story_.state().next_at, kNow + 3600s);
  ASSERT_TRUE(attempt(kNow + 3600s));
  settle({.ending = Ending::kAgain, .reason = "rate_limited", .retry_after = 240h});
  EXPECT_EQ(story_.state().next_at, kNow + kLongestAsked);
}

TEST_F(Effects, AnInterruptedMailIsUnknownAndNotSentAgainByItself) {
  plan_it();
  ASSERT_TRUE(attempt());
  const auto after_the_kill = attempt();
  ASSERT_TRUE(after_the_kill);
  EXPECT_EQ(status(), Status::kUnknown);
  EXPECT_EQ(story_.state().reason, "interrupted");
  EXPECT_EQ(attempt().error().code, "effect_settled");
  story_.when(RetryEffect{}).then({"EffectRetried"});
  ASSERT_TRUE(attempt());
  EXPECT_EQ(status(), Status::kSending);
}

TEST_F(Effects, AnInterruptedWebhookIsSentAgainBecauseItsReceiverKnowsTheKey) {
  plan_it(call());
  ASSERT_TRUE(attempt());
  ASSERT_TRUE(attempt());
  EXPECT_EQ(status(), Status::kWaiting);
  ASSERT_TRUE(attempt());
  EXPECT_EQ(status(), Status::kSending);
  settle({.ending = Ending::kUnknown, .reason = "timeout"});
  EXPECT_EQ(status(), Status::kWaiting);
}

TEST_F(Effects, AMailWithoutAnAnswerIsUnknown) {
  plan_it();
  ASSERT_TRUE(attempt());
  settle({.ending = Ending::kUnknown, .reason = "no_answer"});
  EXPECT_EQ(status(), Status::kUnknown);
  story_.when(DropEffect{}).then({"EffectSkipped"});
  EXPECT_EQ(story_.state().reason, "dropped");
}

TEST_F(Effects, WhatACustomerShouldHaveGotLongAgoWaitsForAPerson) {
  plan_it();
  ASSERT_TRUE(attempt(kNow + 25h));
  EXPECT_EQ(status(), Status::kFailed);
  EXPECT_EQ(story_.state().reason, "late");
  // Who wants it all the same gets it sent.
  story_.when(RetryEffect{}).then({"EffectRetried"});
  ASSERT_TRUE(attempt(kNow + 26h));
  EXPECT_EQ(status(), Status::kSending);
}

TEST_F(Effects, InQuietHoursACustomerIsNotWrittenToButAColleagueIs) {
  plan_it();
  ASSERT_TRUE(attempt(kNow, {.quiet_until = kNow + 9h}));
  EXPECT_EQ(status(), Status::kWaiting);
  EXPECT_EQ(story_.state().next_at, kNow + 9h);
  EXPECT_EQ(story_.state().attempts, 0u);
  // Waiting for the morning does not make it late.
  ASSERT_TRUE(attempt(kNow + 9h));
  EXPECT_EQ(status(), Status::kSending);
}

TEST_F(Effects, WhatIsErasedIsNotSent) {
  State state;
  RecordedEvent planned = testing::read_back(plan(mail()), {1}, "eff_1", true);
  planned.seals[2] = SealState::kErased;  // PERSON
  evolve(state, planned);
  EXPECT_TRUE(state.erased);
  const auto events = decide(state, AttemptEffect{}, kNow).value();
  EXPECT_EQ(event_type_of(*events.at(0).payload).name, "EffectSkipped");
}

TEST_F(Effects, ADeliveredOneIsSentAgainOnlyByAReplay) {
  plan_it(call());
  ASSERT_TRUE(attempt());
  settle({.answer = 200, .reason = {}});
  story_.when(RetryEffect{}).then_refused("effect_settled");
  story_.when(RetryEffect{.replay = true}).then({"EffectRetried"});
}

}  // namespace
}  // namespace dealog::effect
