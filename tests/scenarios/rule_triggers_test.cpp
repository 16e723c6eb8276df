// Rules that listen to fields, dates and schedules, and what they do to tasks, people, approvals
// and other pipelines.
#include <gmock/gmock.h>

#include "dealog/v1/commerce_events.pb.h"
#include "dealog/v1/deal_events.pb.h"
#include "dealog/v1/rule_events.pb.h"
#include "dealog/v1/trigger_events.pb.h"
#include "libs/command/use_cases/companies.hpp"
#include "libs/command/use_cases/rule_schedules.hpp"
#include "tests/scenarios/rule_story.hpp"

namespace dealog::scenario {
namespace {

using namespace std::chrono_literals;
using Counts = std::map<std::string, int>;
using ::testing::ElementsAre;

constexpr std::string_view kDaily = "{schedule: \"0 10 * * *\"}";

deal::ChangeDealDetails amount_of(std::int64_t roubles) {
  deal::DetailsChange change;
  change.amount = Money{roubles * 100, *Currency::parse("RUB")};
  return {change};
}
deal::ChangeDealDetails closing_on(std::string_view day) {
  deal::DetailsChange change;
  change.expected_close = Date::parse(day).value();
  return {change};
}

TEST(ScheduleStory, RunsForEveryOpenDealThatMeetsTheConditionOnceADay) {
  Office office;  // at 12:00 in Moscow
  office.publish(regulation(
      {rule("daily", kDaily, {kTask}, "live", "    conditions:\n      - field: amount\n")}));
  const DealId rich = office.open(), poor = office.open(), lost = office.open();
  office.change(rich, amount_of(10));
  office.change(lost, amount_of(10));
  office.change(lost, deal::LoseDeal{.reason = "price"});
  office.settle();
  EXPECT_TRUE(office.events("ScheduleRan").empty());
  office.at("2026-03-18T07:00:00Z");
  office.settle();
  const auto ran = office.events("ScheduleRan");
  ASSERT_EQ(ran.size(), 1u);
  EXPECT_THAT(ran[0].as<v1::ScheduleRan>()->deals(), ElementsAre(rich.text()));
  EXPECT_EQ(ran[0].rule, "daily");
  const auto fired = office.events("RuleFired");
  ASSERT_EQ(fired.size(), 1u);
  EXPECT_EQ(fired[0].stream, rich.text());
  EXPECT_EQ(fired[0].causation_id, ran[0].id);
  EXPECT_EQ(ran[0].causation_id, office.events("RegulationPublished").at(0).id);
  EXPECT_EQ(office.deal(poor).open_tasks.size(), 0u);
  // The same once more the next day, and nothing after a rebuild.
  office.later(24h);
  office.settle();
  EXPECT_EQ(office.made_by("daily"),
            (Counts{{"ScheduleRan", 2}, {"RuleFired", 2}, {"TaskCreated", 2}}));
  // A chain of days is no chain of causes.
  EXPECT_EQ(office.events("ScheduleRan").at(1).causation_depth, ran[0].causation_depth);
  EXPECT_NE(office.events("ScheduleRan").at(1).correlation_id, ran[0].correlation_id);
  const Position settled = office.head();
  office.reopen(true);
  office.settle();
  EXPECT_EQ(office.head(), settled);
}

TEST(ScheduleStory, OfTimesThatPassedUnseenTheLastIsDoneOrSkippedAsTheRuleSays) {
  Office office;
  office.publish(regulation({rule("always", kDaily, {kTask}),
                             rule("never", kDaily, {kTask}, "live", "    late: skip\n"),
                             rule("soon", kDaily, {kTask}, "live", "    late: 6 hours\n")}));
  const DealId deal = office.open();
  office.settle();
  // Three mornings later, two hours after the last of them.
  office.at("2026-03-20T09:00:00Z");
  office.settle();
  std::map<std::string, std::string> skipped;
  for (const auto& m : payloads<v1::ScheduleRan>(office)) {
    EXPECT_EQ(m.missed(), 2u);
    EXPECT_EQ(Timestamp{m.due_at()}, *Timestamp::parse("2026-03-20T07:00:00Z"));
    skipped[m.rule()] = m.skipped();
  }
  EXPECT_EQ(skipped,
            (std::map<std::string, std::string>{{"always", ""}, {"never", "late"}, {"soon", ""}}));
  EXPECT_EQ(office.deal(deal).open_tasks.size(), 2u);
  EXPECT_TRUE(skips(office).empty());
}

TEST(ScheduleStory, ManyDealsAreNamedInSeveralEventsOfOneAppend) {
  Office office;
  office.publish(regulation({rule("daily", kDaily, {"lose: price"})}));
  const std::size_t deals = use_cases::kDealsOfScheduleEvent + 3;
  for (std::size_t i = 0; i < deals; ++i) office.open();
  office.at("2026-03-18T07:00:00Z");
  office.settle();
  const auto ran = office.events("ScheduleRan");
  ASSERT_EQ(ran.size(), 2u);
  EXPECT_EQ(ran[0].as<v1::ScheduleRan>()->deals_size(),
            static_cast<int>(use_cases::kDealsOfScheduleEvent));
  EXPECT_EQ(ran[1].as<v1::ScheduleRan>()->deals_size(), 3);
  EXPECT_EQ(ran[1].append_count, 2u);
  EXPECT_EQ(office.made_by("daily")["DealLost"], static_cast<int>(deals));
}

TEST(ScheduleStory, OfARuleThatIsOffOrGoneNamesNobody) {
  Office office;
  office.publish(regulation({rule("gone", kDaily, {kTask}), rule("off", kDaily, {kTask})}));
  office.open();
  office.at("2026-03-18T07:00:00Z");
  // Both have come when the new regulation is published; nobody has looked.
  office.publish(regulation({rule("off", kDaily, {kTask}, "off")}));
  office.settle();
  std::map<std::string, std::string> skipped;
  for (const auto& m : payloads<v1::ScheduleRan>(office)) {
    EXPECT_EQ(m.deals_size(), 0);
    skipped[m.rule()] = m.skipped();
  }
  EXPECT_EQ(skipped,
            (std::map<std::string, std::string>{{"gone", "rule_removed"}, {"off", "rule_off"}}));
  office.later(72h);
  office.settle();
  EXPECT_EQ(office.events("ScheduleRan").size(), 2u);
}

TEST(DeadlineStory, ADateThatIsEditedMovesItsTimerAndTheRuleActsOnce) {
  Office office;
  office.publish(regulation(
      {rule("soon", "{deadline: {field: expected_close_date, before: 3 days, at: \"10:00\"}}",
            {kTask, "wait: 1 day", "set_field: {field: source, value: late}"})}));
  const DealId deal = office.open();
  office.change(deal, closing_on("2026-03-25"));
  office.settle();
  office.change(deal, closing_on("2026-04-10"));
  office.at("2026-03-23T07:00:00Z");
  office.settle();
  EXPECT_TRUE(office.made_by("soon").empty());
  office.at("2026-04-07T07:00:00Z");
  office.settle();
  EXPECT_EQ(office.made_by("soon"), (Counts{{"RuleFired", 1}, {"TaskCreated", 1}}));
  // The date is put off once more while the rule waits: what was to follow follows no more, and the
  // new date has its own turn.
  office.change(deal, closing_on("2026-04-20"));
  office.later(48h);
  office.settle();
  EXPECT_EQ(office.deal(deal).source, "phone");
  office.at("2026-04-17T07:00:00Z");
  office.settle();
  EXPECT_EQ(office.made_by("soon"), (Counts{{"RuleFired", 2}, {"TaskCreated", 2}}));
}

TEST(FieldStory, ARuleThatAnswersAChangeWithAChangeIsStoppedWhenItFeedsItself) {
  Office office;
  office.publish(
      regulation({rule("up", "{field_changed: {field: amount, to: 1.00 RUB}}",
                       {"set_field: {field: amount, value: 2.00 RUB}"}),
                  rule("down", "{field_changed: {field: amount, from: 1.00 RUB, to: 2.00 RUB}}",
                       {"set_field: {field: amount, value: 1.00 RUB}"})}));
  const DealId deal = office.open();
  office.change(deal, amount_of(2));
  office.settle();
  EXPECT_TRUE(office.made_by("down").empty());
  office.change(deal, amount_of(1));
  office.settle();
  EXPECT_EQ(payloads<v1::AutomationStopped>(office).size(), 1u);
}

TEST(DiscountStory, MoreThanThePolicyGrantsAsksForItsApprovalByItself) {
  Office office;
  office.publish(
      regulation({rule("ask", "{discount: over_policy}", {"request_approval: discount", kTask})}) +
      "discount_without_approval: 10 %\n");
  const DealId deal = office.open();
  const auto quote = [&](std::int32_t discount) {
    const deal::LineInput line{.title = "Site",
                               .unit_price = {100'000'00, *Currency::parse("RUB")},
                               .discount_basis_points = discount};
    office.change(deal, deal::DraftQuote{.contents = {.lines = {line}}});
    office.settle();
  };
  quote(1000);
  EXPECT_TRUE(office.made_by("ask").empty());
  quote(1001);
  EXPECT_EQ(office.made_by("ask"),
            (Counts{{"RuleFired", 1}, {"QuoteSubmitted", 1}, {"TaskCreated", 1}}));
  EXPECT_TRUE(office.deal(deal).quotes.back().submitted());
}

TEST(ActionStory, TasksAreMovedAndWhoeverEntersAStageAgainIsSeen) {
  Office office;
  office.publish(regulation(
      {rule("again", "{stage_reentered: first}", {"reschedule_task: {kind: call, due: 3 days}"}),
       rule("plan", "{stage_entered: second}", {kTask})}));
  const DealId deal = office.open();
  office.change(deal, deal::ChangeDealStage{.to = "second"});
  office.settle();
  office.change(deal, deal::ChangeDealStage{.to = "first", .reason = "again"});
  office.settle();
  EXPECT_EQ(office.made_by("again"), (Counts{{"RuleFired", 1}, {"TaskRescheduled", 1}}));
  EXPECT_EQ(office.deal(deal).open_tasks.at(0).due_at, office.clock.now() + 72h);
}

TEST(ActionStory, AWonDealBeginsOneInAnotherPipelineWithTheSamePeople) {
  Office office;
  const UserId anna = office.hire("Anna", "seller");
  std::string care = regulation({rule("hello", "{deal: opened}", {kTask})});
  care.replace(care.find("web-studio"), 10, "care");
  office.pipeline = "care";
  office.publish(care);
  office.pipeline = "web-studio";
  office.publish(regulation(
      {rule("care", "{deal: lost}",
            {"start_pipeline: {pipeline: care, title: {ru: \"Уход: {deal.title}\", en: Care}}"})}));
  EXPECT_ANY_THROW(office.publish(
      regulation({rule("nowhere", "{deal: lost}", {"start_pipeline: production"})})));
  const DealId deal = office.open({.title = "Site", .owner = anna, .source = "phone"});
  office.change(deal, deal::LoseDeal{.reason = "price"});
  office.settle();
  const auto opened = office.events("DealOpened");
  ASSERT_EQ(opened.size(), 2u);
  const auto started = office.deal(must(DealId::parse(opened[1].stream)));
  EXPECT_EQ(started.pipeline, "care");
  EXPECT_EQ(started.title, "Уход: Site");
  EXPECT_EQ(started.owner, anna);
  // It lives by the rules of its own pipeline, and says whom it comes from.
  EXPECT_EQ(started.open_tasks.size(), 1u);
  EXPECT_EQ(opened[1].causation_id, office.events("RuleFired").at(0).id);
}

TEST(ActionStory, WhoeverTheTouchWasWithTakesPart) {
  Office office;
  office.publish(regulation({rule("payer", "{touch: {kind: call}}",
                                  {"add_participant: {person: touch, role: payer}", "wait: 1 hour",
                                   "add_participant: {person: touch, role: user}"})}));
  const PersonId oleg = office.person("Oleg", "oleg@example.com");
  const DealId deal = office.open();
  office.change(
      deal,
      deal::RecordTouch{.kind = "call", .direction = "in", .outcome = "connected", .person = oleg});
  office.settle();
  ASSERT_EQ(office.deal(deal).participants.size(), 1u);
  EXPECT_EQ(office.deal(deal).participants[0].person, oleg);
  EXPECT_EQ(office.deal(deal).participants[0].role, "payer");
  // After a pause it is still the same touch.
  office.later(1h);
  office.settle();
  EXPECT_EQ(office.deal(deal).participants.at(0).role, "user");
  // With nobody known there is nobody to add.
  const DealId other = office.open();
  office.change(other,
                deal::RecordTouch{.kind = "call", .direction = "in", .outcome = "connected"});
  office.settle();
  EXPECT_TRUE(office.deal(other).participants.empty());
  EXPECT_TRUE(payloads<v1::EffectFailed>(office).empty());
}

TEST(ActionStory, WhomTheCompanysDecisionMapNamesTakesPart) {
  Office office;
  office.publish(regulation({rule("map", "{stage_entered: second}",
                                  {"add_participant: {person: decision_map, role: payer}"})}));
  const PersonId oleg = office.person("Oleg", "oleg@example.com");
  const PersonId vera = office.person("Vera", "vera@example.com");
  const auto registered = office.run("company", [&](Unit& unit) -> Result<CompanyId> {
    const auto id = TRY(use_cases::register_company(unit, {.name = "Customer"}));
    TRY(use_cases::change_decision_map(unit, id, {oleg.text(), "pays", 1}));
    TRY(use_cases::change_decision_map(unit, id, {vera.text(), "decides", 2}));
    return id;
  });
  const DealId deal = office.open();
  office.change(deal, deal::ChangeDealDetails{.fields = {.company = *registered.value}});
  office.change(deal, deal::ChangeDealStage{.to = "second"});
  office.settle();
  ASSERT_EQ(office.deal(deal).participants.size(), 1u);
  EXPECT_EQ(office.deal(deal).participants[0].person, oleg);
  EXPECT_EQ(office.deal(deal).participants[0].role, "payer");
}

}  // namespace
}  // namespace dealog::scenario
