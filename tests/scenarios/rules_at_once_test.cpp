// Rules that stay in their deal: carried out in the append of what triggers them.
#include <gmock/gmock.h>

#include "dealog/v1/deal_events.pb.h"
#include "dealog/v1/intake_events.pb.h"
#include "dealog/v1/rule_events.pb.h"
#include "tests/scenarios/rule_story.hpp"

namespace dealog::scenario {
namespace {

using ::testing::ElementsAre;

// The types of one append's events, in order.
std::vector<std::string> append_of(Office& office, const RecordedEvent& one) {
  std::vector<std::string> types;
  const auto first = one.position.value - one.append_index;
  for (const auto& event : office.events()) {
    const bool within =
        event.position.value >= first && event.position.value < first + one.append_count;
    if (within) types.emplace_back(event.type->name);
  }
  return types;
}

TEST(RulesAtOnce, AreCarriedOutInTheAppendThatTriggersThem) {
  Office office;
  office.publish(regulation({rule("plan", "{stage_entered: second}", {kTask})}));
  const DealId deal = office.open();
  office.change(deal, deal::ChangeDealStage{.to = "second"});
  const RecordedEvent move = office.events("DealStageChanged").at(0);
  EXPECT_THAT(append_of(office, move), ElementsAre("DealStageChanged", "RuleFired", "TaskCreated"));
  EXPECT_EQ(office.deal(deal).open_tasks.size(), 1u);
  const RecordedEvent fired = office.events("RuleFired").at(0);
  const RecordedEvent task = office.events("TaskCreated").at(0);
  EXPECT_EQ(fired.causation_id, move.id);
  EXPECT_EQ(task.causation_id, fired.id);
  EXPECT_EQ(move.actor.kind, "user");
  EXPECT_EQ(move.rule, "");
  EXPECT_EQ(task.actor.id, rule::id_of("web-studio", "plan").text());
  EXPECT_EQ(task.rule, "plan");
  const Position head = office.head();
  office.settle();
  EXPECT_EQ(office.head(), head) << "the runner finds nothing to do";
  office.reopen(true);
  office.settle();
  EXPECT_EQ(office.head(), head) << "nor does it after a rebuild";
}

TEST(RulesAtOnce, SetEachOtherOff) {
  Office office;
  office.publish(regulation({rule("go_on", "{deal: opened}", {"move_to: second"}),
                             rule("plan", "{stage_entered: second}", {kTask})}));
  const DealId deal = office.open();
  EXPECT_THAT(
      append_of(office, office.events("DealOpened").at(0)),
      ElementsAre("DealOpened", "RuleFired", "DealStageChanged", "RuleFired", "TaskCreated"));
  EXPECT_EQ(office.deal(deal).stage(), "second");
  const Position head = office.head();
  office.settle();
  EXPECT_EQ(office.head(), head);
}

TEST(RulesAtOnce, WhatAGateRefusesLeavesTheCommandAloneAndIsEndedByTheRunner) {
  Office office;
  office.publish(regulation({rule("hurry", "{stage_entered: second}", {kTask, "move_to: third"})}));
  const DealId deal = office.open();
  office.change(deal, deal::ChangeDealStage{.to = "second"});
  EXPECT_THAT(append_of(office, office.events("DealStageChanged").at(0)),
              ElementsAre("DealStageChanged"));
  office.settle();
  EXPECT_TRUE(office.deal(deal).open_tasks.empty()) << "together or not at all";
  const auto failed = payloads<v1::EffectFailed>(office);
  ASSERT_EQ(failed.size(), 1u);
  EXPECT_EQ(failed[0].reason(), "gate_not_met: field:amount");
}

TEST(RulesAtOnce, WhatIsOnlyTriedIsRecordedByTheRunner) {
  Office office;
  office.publish(regulation({rule("try", "{deal: opened}", {kTask}, "simulate")}));
  const DealId deal = office.open();
  EXPECT_TRUE(office.events("RuleFired").empty());
  office.settle();
  EXPECT_EQ(office.events("RuleSimulated").size(), 1u);
  EXPECT_TRUE(office.deal(deal).open_tasks.empty());
}

TEST(RulesAtOnce, ThatFeedEachOtherAreStopped) {
  Office office;
  office.publish(regulation({rule("there", "{stage_entered: first}", {"move_to: second"}),
                             rule("back", "{stage_entered: second}", {"move_to: first"})}));
  office.open();
  office.settle();
  EXPECT_EQ(office.events("AutomationStopped").size(), 1u);
  EXPECT_EQ(office.events("RuleFired").size(), use_cases::kRuleDepth / 2);
  const Position head = office.head();
  office.settle();
  EXPECT_EQ(office.head(), head);
}

TEST(RulesAtOnce, WhatWasImportedTriggersNothing) {
  Office office;
  office.publish(regulation({rule("plan", "{deal: opened}", {kTask})}));
  const use_cases::OpenDealInput input{.deal = {.title = "Old", .source = "phone"},
                                       .pipeline = office.pipeline};
  CommandRequest request{
      .name = "import", .actor = {"import", "history"}, .rights = user::Rights::all()};
  must(office.bus().run(request, [&](Unit& unit) -> Result<void> {
    TRY(use_cases::open_deal(unit, input));
    return {};
  }));
  office.settle();
  EXPECT_TRUE(office.events("RuleFired").empty());
}

}  // namespace
}  // namespace dealog::scenario
