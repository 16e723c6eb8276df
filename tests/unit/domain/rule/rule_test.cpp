// A rule's own stream: its mode by hand, whom it chose.
#include "libs/domain/rule/rule.hpp"

#include <gtest/gtest.h>

#include "dealog/v1/rule_events.pb.h"
#include "tests/support/given_when_then.hpp"

namespace dealog::rule {
namespace {

UserId user(std::uint8_t number) {
  Uuid uuid;
  uuid.bytes[15] = number;
  return UserId(uuid);
}

rules::Regulation regulation(std::uint64_t version) {
  rules::Regulation made;
  made.code = "web-studio";
  made.version = version;
  made.rules.resize(1);
  made.rules[0].id = "thanks";
  made.rules[0].mode = rules::RuleMode::kSimulate;
  return made;
}

void apply(State& state, const NewEvent& event, std::uint64_t position) {
  RecordedEvent read = testing::recorded(event, {"user", "usr_1"}, {});
  read.position = {position};
  evolve(state, read);
}

TEST(RuleModes, ByHandHoldUntilTheNextVersion) {
  State state;
  const auto made = decide(state, SetRuleMode{"thanks", "live"}, regulation(3));
  ASSERT_TRUE(made && made->size() == 1);
  apply(state, made->front(), 1);
  EXPECT_EQ(mode_in_force(state, regulation(3).rules[0], regulation(3)), rules::RuleMode::kLive);
  EXPECT_EQ(mode_in_force(state, regulation(4).rules[0], regulation(4)),
            rules::RuleMode::kSimulate);
  EXPECT_TRUE(decide(state, SetRuleMode{"thanks", "live"}, regulation(3))->empty());
}

TEST(RuleModes, OfAnUnknownRuleOrNameAreRefused) {
  EXPECT_EQ(decide({}, SetRuleMode{"thank", "live"}, regulation(3)).error().code, "rule_not_found");
  EXPECT_EQ(decide({}, SetRuleMode{"thanks", "on"}, regulation(3)).error().code, "invalid_input");
}

TEST(RuleIds, AreTheSameInEveryVersionAndDifferByPipeline) {
  EXPECT_EQ(id_of("web-studio", "thanks"), id_of("web-studio", "thanks"));
  EXPECT_NE(id_of("web-studio", "thanks"), id_of("care", "thanks"));
  EXPECT_TRUE(id_of("web-studio", "thanks").text().starts_with("rul_"));
}

State chosen(std::initializer_list<std::uint8_t> users) {
  State state;
  std::uint64_t position = 10;
  for (const auto number : users) {
    v1::OwnerChosen event;
    event.set_user(user(number).text());
    apply(state, make_event(std::move(event)), ++position);
  }
  return state;
}

TEST(RuleChoice, GoesRoundInOrderOfIds) {
  const std::vector<Candidate> all{{user(3)}, {user(1)}, {user(2)}};
  const auto turn = [&](const State& state) {
    return choose(state, rules::AssignBy::kRoundRobin, all, {});
  };
  EXPECT_EQ(turn({}), user(1));
  EXPECT_EQ(turn(chosen({1})), user(2));
  EXPECT_EQ(turn(chosen({1, 2})), user(3));
  EXPECT_EQ(turn(chosen({3})), user(1));
  // Who left meanwhile is passed over.
  EXPECT_EQ(choose(chosen({1}), rules::AssignBy::kRoundRobin, {{user(1)}, {user(3)}}, {}), user(3));
  EXPECT_TRUE(choose({}, rules::AssignBy::kRoundRobin, {}, {}).is_nil());
}

TEST(RuleChoice, PassesOverWhoIsAwayUnlessAllAre) {
  const auto away = [](std::uint8_t number) { return Candidate{user(number), 0, {100}}; };
  const auto turn = [](const State& state, const std::vector<Candidate>& all) {
    return choose(state, rules::AssignBy::kRoundRobin, all, {});
  };
  EXPECT_EQ(turn(chosen({1}), {{user(1)}, away(2), {user(3)}}), user(3));
  EXPECT_EQ(turn(chosen({3}), {away(1), {user(2)}, {user(3)}}), user(2));
  EXPECT_EQ(turn(chosen({1}), {away(1), away(2), away(3)}), user(2));
  // The least loaded is away: the next one is taken, however busy.
  EXPECT_EQ(choose({}, rules::AssignBy::kLeastLoaded, {away(1), {user(2), 9}}, {}), user(2));
  // Who is named alone is not passed over.
  EXPECT_EQ(choose({}, rules::AssignBy::kFixed, {away(1)}, {}), user(1));
}

TEST(RuleChoice, PrefersWhoHasTheSkillAmongThoseWhoAreThere) {
  const auto unskilled = [](std::uint8_t number) {
    return Candidate{.user = user(number), .absent_until = {}, .skilled = false};
  };
  const auto turn = [](const std::vector<Candidate>& all) {
    return choose({}, rules::AssignBy::kRoundRobin, all, {});
  };
  EXPECT_EQ(turn({unskilled(1), {user(2)}, unskilled(3)}), user(2));
  EXPECT_EQ(turn({unskilled(1), unskilled(2)}), user(1));
  const Candidate away{.user = user(2), .absent_until = {100}};
  EXPECT_EQ(turn({unskilled(1), away}), user(1)) << "somebody has to answer";
}

TEST(RuleChoice, OfTheLeastLoadedCountsWhatTheViewsDoNotKnowYet) {
  const std::vector<Candidate> all{{user(1), 4}, {user(2), 3}};
  const auto least = [&](const State& state, std::uint64_t counted_at) {
    return choose(state, rules::AssignBy::kLeastLoaded, all, {counted_at});
  };
  EXPECT_EQ(least({}, 0), user(2));
  EXPECT_EQ(least(chosen({2, 2}), 10), user(1));
  EXPECT_EQ(least(chosen({2, 2}), 12), user(2));
}

}  // namespace
}  // namespace dealog::rule
