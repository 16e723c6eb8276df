// Triggers that listen to fields, dates, discounts and schedules, derived from the log.
#include "dealog/v1/commerce_events.pb.h"
#include "dealog/v1/price_events.pb.h"
#include "dealog/v1/rule_events.pb.h"
#include "dealog/v1/trigger_events.pb.h"
#include "tests/unit/projections/rules_fixture.hpp"

namespace dealog::views {
namespace {

v1::DealDetailsChanged amount(std::int64_t minor) {
  v1::DealDetailsChanged m;
  set_money(*m.mutable_amount(), minor);
  return m;
}
v1::DealDetailsChanged close_date(const std::string& day) {
  v1::DealDetailsChanged m;
  if (day.empty()) {
    m.add_cleared("expected_close_date");
  } else {
    m.set_expected_close_date(day);
  }
  return m;
}
v1::DealDatesChanged launch(const std::string& day) {
  v1::DealDatesChanged m;
  auto& date = *m.add_dates();
  date.set_field("custom.launch");
  date.set_date(day);
  return m;
}

class RuleTriggers : public Rules {
 protected:
  // The schedule that is due, as the runner would end it, with these deals.
  void ran(const std::vector<std::string>& deals) {
    const auto pending = only_due();
    EXPECT_TRUE(pending.deal.empty());
    v1::ScheduleRan m;
    m.set_trigger(pending.trigger);
    m.set_rule(pending.rule);
    m.set_pipeline(pending.pipeline);
    m.set_regulation_version(pending.regulation_version);
    m.set_due_at(pending.due_at.us);
    for (const auto& deal : deals) m.add_deals(deal);
    given("rul_1", m);
  }
  std::vector<std::string> scheduled(std::string_view yaml) {
    const auto context = now();
    const auto parsed = rules::parse_regulation(std::string(kHead) + std::string(yaml));
    return must(RulesView(context).scheduled_deals("web-studio", parsed.regulation.rules.at(0)))
        .deals;
  }
};

TEST_F(RuleTriggers, HearOfFieldsThatReallyChange) {
  publish(rule("any", "{field_changed: any}") +
          rule("up", "{field_changed: {field: amount, from: 1.00 RUB, to: 2.00 RUB}}") +
          rule("owner", "{field_changed: owner}"));
  const auto deal = lead();
  given(deal, amount(100));
  EXPECT_THAT(due(), ElementsAre("any amount"));
  given(deal, amount(100));
  EXPECT_EQ(due().size(), 1u);
  given(deal, amount(200));
  EXPECT_THAT(due(), ElementsAre("any amount", "any amount", "up amount"));
  v1::DealOwnerAssigned assigned;
  assigned.set_owner("usr_2");
  given(deal, assigned);
  EXPECT_THAT(due(),
              ElementsAre("any amount", "any amount", "up amount", "any owner", "owner owner"));
}

TEST_F(RuleTriggers, HearThatASealedFieldChangedButNotToWhat) {
  publish(rule("title", "{field_changed: title}") + rule("goal", "{field_changed: source}"));
  const auto deal = lead();
  v1::DealDetailsChanged m;
  m.set_title("New");
  m.set_title_changed(true);
  given(deal, m);
  EXPECT_THAT(due(), ElementsAre("title title"));
}

TEST_F(RuleTriggers, KnowAStageThatTheDealHasStoodInBefore) {
  const auto deal = lead();
  given(deal, stage_changed("incoming", "meeting", 2));
  publish(rule("again", "{stage_reentered: any}"));
  given(deal, stage_changed("meeting", "incoming", 3));
  EXPECT_THAT(due(), ElementsAre("again"));
  EXPECT_EQ(only_due().visit, 3u);
  const auto other = lead();
  given(other, stage_changed("incoming", "meeting", 2));
  EXPECT_EQ(due().size(), 1u);
  // Reopened in the stage where it was closed.
  given(other, v1::DealLost());
  v1::DealReopened reopened;
  reopened.set_episode(2);
  reopened.set_stage("meeting");
  given(other, reopened);
  EXPECT_EQ(due().size(), 2u);
}

TEST_F(RuleTriggers, ADiscountIsJudgedByThePolicyAndByTheFloor) {
  publish(rule("over", "{discount: over_policy}"));
  const auto deal = lead();
  v1::QuoteDrafted drafted;
  drafted.set_quote("quo_1");
  given(deal, drafted);
  EXPECT_TRUE(due().empty());
  v1::LinesPriced priced;
  priced.set_subject("quo_1");
  priced.set_below_floor(true);
  given(deal, priced);
  EXPECT_THAT(due(), ElementsAre("over quo_1"));
  // Over the policy by itself: once, whatever the floor says.
  v1::QuoteRevised revised;
  revised.set_quote("quo_1");
  revised.set_revision(2);
  revised.set_highest_discount_basis_points(100);
  given(deal, revised);
  given(deal, priced);
  EXPECT_THAT(due(), ElementsAre("over quo_1", "over quo_1"));
}

TEST_F(RuleTriggers, ADeadlineMovesWithItsDateAndGoesWithIt) {
  publish(rule("soon", "{deadline: {field: expected_close_date, before: 2 days, at: \"10:00\"}}"));
  const auto deal = lead();
  EXPECT_FALSE(next().has_value());
  given(deal, close_date("2026-03-10"));
  EXPECT_EQ(next(), time_of("2026-03-08T09:00:00Z"));
  given(deal, close_date("2026-03-20"));
  EXPECT_EQ(next(), time_of("2026-03-18T09:00:00Z"));
  EXPECT_THAT(due("2026-03-18T09:00:00Z"), ElementsAre("soon expected_close_date:2026-03-20"));
  given(deal, close_date(""));
  EXPECT_FALSE(next().has_value());
  // Whose moment has passed when it is written down is let go.
  given(deal, close_date("2026-03-03"));
  EXPECT_FALSE(next().has_value());
}

TEST_F(RuleTriggers, DeadlinesWaitForOpenDealsOnlyAndAgainWhenReopened) {
  publish(rule("over", "{deadline: {field: expected_close_date, after: 1 day}}"));
  auto opened = deal_opened("Site");
  opened.set_expected_close_date("2026-03-10");
  const auto deal = open(std::move(opened));
  const auto moment = time_of("2026-03-10T23:00:00Z");
  EXPECT_EQ(next(), moment);
  given(deal, v1::DealLost());
  EXPECT_FALSE(next().has_value());
  v1::DealReopened reopened;
  reopened.set_episode(2);
  reopened.set_stage("incoming");
  given(deal, reopened);
  EXPECT_EQ(next(), moment);
}

TEST_F(RuleTriggers, ADateOfTheCompanysOwnIsADeadlineAsWell) {
  version_ = 0;
  const std::string fields =
      "custom_fields:\n  - {code: launch, title: {ru: Запуск, en: Launch}, type: date}\n";
  v1::RegulationPublished m;
  m.set_pipeline("web-studio");
  m.set_version(++version_);
  m.set_yaml(std::string(kHead) + rule("launch", "{deadline: custom.launch}") + fields);
  ASSERT_TRUE(rules::parse_regulation(m.yaml()).sound());
  given("pip_web-studio", m);
  const auto deal = lead();
  given(deal, launch("2026-03-10"));
  EXPECT_EQ(next(), time_of("2026-03-09T23:00:00Z"));
  // The same date again leaves the timer as it is; the other field has none of it.
  const auto before = due("2026-04-01T00:00:00Z");
  given(deal, launch("2026-03-10"));
  given(deal, close_date("2026-03-12"));
  EXPECT_EQ(due("2026-04-01T00:00:00Z"), before);
  given(deal, launch(""));
  EXPECT_FALSE(next().has_value());
}

TEST_F(RuleTriggers, AScheduleComesForEachOpenDealThatItNames) {
  publish(rule("daily", "{schedule: \"0 9 * * *\"}"));
  const auto first = lead(), second = lead(), closed = lead();
  given(closed, v1::DealLost());
  EXPECT_EQ(next(), time_of("2026-03-03T08:00:00Z"));
  EXPECT_THAT(scheduled(rule("daily", "{schedule: \"0 9 * * *\"}")),
              UnorderedElementsAre(first, second));
  at_time("2026-03-03T08:00:00Z");
  ran({first, second, closed});
  // Each has a trigger of its own, about itself.
  const auto context = now();
  const auto all = must(RulesView(context).due(10));
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].deal, first);
  EXPECT_EQ(all[1].deal, second);
  EXPECT_NE(all[0].trigger, all[1].trigger);
  EXPECT_EQ(all[0].due_at, time_of("2026-03-03T08:00:00Z"));
  for (const auto& pending : all) {
    v1::EffectSkipped skipped;
    skipped.set_trigger(pending.trigger);
    given(pending.deal, skipped);
  }
  EXPECT_TRUE(due().empty());
  EXPECT_EQ(next(), time_of("2026-03-04T08:00:00Z"));
}

TEST_F(RuleTriggers, AScheduleOfANewVersionReplacesTheOldOneButNotWhatHasCome) {
  publish(rule("daily", "{schedule: \"0 9 * * *\"}"));
  const auto deal = lead();
  publish(rule("daily", "{schedule: \"0 12 * * *\"}"));
  EXPECT_EQ(next(), time_of("2026-03-02T11:00:00Z"));
  at_time("2026-03-02T11:30:00Z");
  publish(rule("other", "{schedule: \"0 13 * * *\"}"));
  // Nobody has looked at what came at twelve.
  EXPECT_EQ(only_due().rule, "daily");
  ran({deal});
  EXPECT_THAT(due(), ElementsAre("daily " + deal));
  EXPECT_EQ(only_due().deal, deal);
  EXPECT_EQ(only_due().regulation_version, 2u);
  EXPECT_EQ(next(), time_of("2026-03-02T12:00:00Z"));
}

TEST_F(RuleTriggers, AScheduleThatIsOffComesNotAndLooksOnlyAtDealsThatItMayActOn) {
  publish(rule("daily", "{schedule: \"0 9 * * *\"}", "\"off\""));
  EXPECT_FALSE(next().has_value());
  v1::RuleModeChanged mode;
  mode.set_pipeline("web-studio");
  mode.set_rule("daily");
  mode.set_mode("live");
  mode.set_regulation_version(version_);
  given("rul_1", mode);
  EXPECT_EQ(next(), time_of("2026-03-03T08:00:00Z"));
  mode.set_mode("off");
  given("rul_1", mode);
  EXPECT_FALSE(next().has_value());
  lead();
  const auto rich = lead();
  given(rich, amount(100));
  const auto text = rule("daily", "{schedule: \"0 9 * * *\"}\n    conditions: [{field: amount}]");
  EXPECT_THAT(scheduled(text), ElementsAre(rich));
}

}  // namespace
}  // namespace dealog::views
