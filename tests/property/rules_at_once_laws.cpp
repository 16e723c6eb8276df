// Whether the command that triggers a rule carries it out or the runner of rules does afterwards,
// the company comes to be the same.
#include <map>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "dealog/v1/rule_events.pb.h"
#include "tests/scenarios/rule_story.hpp"

namespace dealog::scenario {
namespace {

const std::vector<std::string> kTriggers = {"{stage_entered: second}",
                                            "{stage_entered: any}",
                                            "{stage_left: first}",
                                            "{stage_left: any}",
                                            "{stage_reentered: any}",
                                            "{deal: opened}",
                                            "{deal: lost}",
                                            "{deal: reopened}",
                                            "{field_changed: amount}",
                                            "{field_changed: {field: work_type, to: shop}}",
                                            "{field_changed: owner}",
                                            "{field_changed: title}",
                                            "{task_completed: call}",
                                            "{quote: drafted}",
                                            "{task_completed: any}"};
const std::vector<std::string> kActions = {
    std::string(kTask),
    "create_task: {kind: email, title: {ru: Письмо, en: Letter}, due: 1 day}",
    "complete_tasks: [call]",
    "reschedule_task: {kind: any, due: 2 days}",
    "move_to: first",
    "move_to: second",
    "move_to: third",
    "set_field: {field: amount, value: 100.00 RUB}",
    "set_field: {field: work_type, value: shop}",
    "draft_quote: {lines: [{title: {ru: \"{deal.title}\", en: W}}], valid_for: 5 days}",
    "lose: price"};
const std::vector<std::string> kLimits = {"", "    once: visit\n", "    once: deal\n",
                                          "    conditions: [{field: amount}]\n",
                                          "    conditions: [{field: owner}]\n"};

const std::string kWorkTypes = R"(work_types:
  - code: shop
    title: {ru: Магазин, en: Shop}
    price_from: 1.00 RUB
    price_to: 9.00 RUB
    average: 5.00 RUB
  - code: site
    title: {ru: Сайт, en: Site}
    price_from: 1.00 RUB
    price_to: 9.00 RUB
    average: 5.00 RUB
)";

std::string any_rule(const std::string& id) {
  const auto actions = *rc::gen::resize(
      2, rc::gen::nonEmpty(
             rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(kActions))));
  std::string text =
      rule(id, *rc::gen::elementOf(kTriggers), {}, "live", *rc::gen::elementOf(kLimits));
  for (const auto& action : actions) text += "      - " + action + "\n";
  return text;
}

struct Step {
  int kind = 0;
  std::size_t deal = 0;
  std::size_t what = 0;
};

// One step of somebody's day; what is refused is refused in both companies.
void take(Office& office, std::vector<DealId>& deals, const Step& step, const UserId& owner) {
  static const std::vector<std::string> kStages = {"first", "second", "third"};
  if (step.kind == 0 || deals.empty()) {
    deals.push_back(office.open());
    return;
  }
  const DealId deal = deals[step.deal % deals.size()];
  const auto state = office.deal(deal);
  const auto task_of = [&]() -> std::optional<TaskId> {
    if (state.open_tasks.empty()) return std::nullopt;
    return state.open_tasks[step.what % state.open_tasks.size()].id;
  };
  try {
    switch (step.kind) {
      case 1:
        return office.change(deal,
                             deal::ChangeDealStage{.to = kStages[step.what % 3], .reason = "back"});
      case 2: {
        deal::ChangeDealDetails change;
        change.fields.amount =
            Money{static_cast<std::int64_t>(step.what % 3 + 1) * 100, *Currency::parse("RUB")};
        return office.change(deal, change);
      }
      case 3: {
        deal::ChangeDealDetails change;
        change.fields.work_type = step.what % 2 == 0 ? "shop" : "site";
        change.fields.title = "Title " + std::to_string(step.what);
        return office.change(deal, change);
      }
      case 4:
        return office.change(deal, deal::AssignDealOwner{.owner = owner});
      case 5:
        if (const auto task = task_of()) office.change(deal, deal::CompleteTask{*task, "done"});
        return;
      case 6:
        return office.change(deal, deal::LoseDeal{.reason = "price"});
      default:
        return office.change(deal, deal::ReopenDeal{.reason = "again"});
    }
  } catch (const std::runtime_error&) {
  }
}

// What can be compared of a company: ids differ.
std::vector<std::string> told(Office& office, const std::vector<DealId>& deals) {
  std::vector<std::string> lines;
  for (const auto& deal : deals) {
    const auto state = office.deal(deal);
    std::map<std::string, int> tasks;
    for (const auto& task : state.open_tasks) ++tasks[task.kind];
    std::string line = fmt::format("{} {} visit {} amount {} work {} owner {}:", state.stage(),
                                   deal::outcome_name(state.outcome), state.visit(),
                                   state.amount.minor, state.work_type, !state.owner.is_nil());
    for (const auto& [kind, count] : tasks) line += fmt::format(" {} {}", count, kind);
    lines.push_back(std::move(line));
  }
  std::map<std::string, int> ends;
  for (const auto& event : office.events()) {
    if (const auto* fired = event.as<v1::RuleFired>()) ++ends["fired " + fired->rule()];
    if (const auto* failed = event.as<v1::EffectFailed>()) {
      ++ends["failed " + failed->effect() + " " + failed->reason()];
    }
    if (event.type->name == "AutomationStopped") ++ends["stopped"];
  }
  for (const auto& [what, count] : ends) lines.push_back(fmt::format("{} {}", count, what));
  return lines;
}

std::vector<std::string> lived(AtOnce at_once, const std::string& rules,
                               const std::vector<Step>& steps) {
  Office office(nullptr, at_once);
  office.publish(rules);
  const UserId owner = office.hire("Anna", "seller");
  std::vector<DealId> deals;
  for (const auto& step : steps) {
    take(office, deals, step, owner);
    office.settle();
    office.later(std::chrono::minutes(1));
  }
  return told(office, deals);
}

RC_GTEST_PROP(RulesAtOnce, ComeToTheSameAsByTheRunner, ()) {
  const auto count = *rc::gen::inRange(1, 5);
  std::string rules = kHead;
  rules.insert(rules.rfind("rules:"), kWorkTypes);
  for (int i = 0; i < count; ++i) rules += any_rule("rule" + std::to_string(i));
  const auto steps = *rc::gen::container<std::vector<Step>>(
      rc::gen::build<Step>(rc::gen::set(&Step::kind, rc::gen::inRange(0, 8)),
                           rc::gen::set(&Step::deal, rc::gen::inRange<std::size_t>(0, 3)),
                           rc::gen::set(&Step::what, rc::gen::inRange<std::size_t>(0, 6))));
  const auto at_once = lived(AtOnce::kCommand, rules, steps);
  RC_LOG() << rules;
  RC_ASSERT(at_once == lived(AtOnce::kRunner, rules, steps));
  RC_CLASSIFY(std::ranges::any_of(at_once, [](const auto& line) { return line.contains("fired"); }),
              "something fired");
}

}  // namespace
}  // namespace dealog::scenario
