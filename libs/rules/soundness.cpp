#include "libs/rules/soundness.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "libs/rules/vocabulary.hpp"

namespace dealog::rules {
namespace {

template <class Item>
void check_doubled_codes(const std::vector<Item>& items, std::string_view list,
                         SoundnessIssues& issues) {
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].code.empty() || seen.insert(items[i].code).second) continue;
    issues.error(fmt::format("{}[{}].code", list, i),
                 fmt::format("the code '{}' stands in this list twice; expected another one",
                             items[i].code));
  }
}

void check_moves(const Regulation& regulation, std::size_t index, SoundnessIssues& issues) {
  const Stage& stage = regulation.stages[index];
  std::vector<std::string_view> later;
  for (std::size_t i = index + 1; i < regulation.stages.size(); ++i) {
    if (!regulation.stages[i].code.empty()) later.push_back(regulation.stages[i].code);
  }
  const auto check = [&](const std::string& path, const std::string& target) {
    if (target.empty() || issues.is_full()) return;
    const auto target_index = regulation.index_of(target);
    if (!target_index) {
      issues.error(path, fmt::format("unknown stage '{}'{}", target, suggestion(target, later)));
    } else if (*target_index <= index) {
      issues.error(path, fmt::format("expected a later stage than '{}', found '{}'; moves back are "
                                     "always allowed and not listed",
                                     stage.code, target));
    }
  };
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < stage.moves.size(); ++i) {
    const std::string path = fmt::format("stages[{}].moves[{}]", index, i);
    check(path, stage.moves[i]);
    if (!stage.moves[i].empty() && !seen.insert(stage.moves[i]).second) {
      issues.warning(path, fmt::format("the move to '{}' is listed twice", stage.moves[i]));
    }
  }
  if (!stage.automatic_to) return;
  const std::string path = fmt::format("stages[{}].automatic_to", index);
  check(path, *stage.automatic_to);
  if (stage.exit.empty()) {
    issues.error(path,
                 "expected exit criteria as well: without them the deal would leave this "
                 "stage the moment it enters");
  }
}

void check_time_limit(const TimeLimit& limit, const std::string& path, SoundnessIssues& issues) {
  if (limit.amount.count() <= 0) issues.error(path, "expected a length of time above zero");
}

void check_task(const TaskTemplate& task, const std::string& path, SoundnessIssues& issues) {
  if (!task.kind.empty() && !find_word(task_kinds(), task.kind)) {
    issues.error(path + ".kind", fmt::format("unknown kind of task '{}'{}", task.kind,
                                             suggestion(task.kind, codes_of(task_kinds()))));
  }
  if (task.due.amount.count() != 0)
    check_time_limit(task.due, path + ".due", issues);  // 0: not read
}

void check_stages(const Regulation& regulation, SoundnessIssues& issues) {
  for (std::size_t i = 0; i < regulation.stages.size(); ++i) {
    const Stage& stage = regulation.stages[i];
    const std::string path = fmt::format("stages[{}]", i);
    check_moves(regulation, i, issues);
    if (stage.limit) check_time_limit(*stage.limit, path + ".limit", issues);
    for (std::size_t task = 0; task < stage.on_entering.size(); ++task) {
      check_task(stage.on_entering[task], fmt::format("{}.on_entering[{}]", path, task), issues);
    }
  }
  if (!regulation.stages.empty() && !regulation.stages.front().entry.empty()) {
    issues.warning("stages[0].entry",
                   "deals begin in the first stage, so its entry criteria judge nothing");
  }
}

void check_work_type(const Regulation& regulation, std::size_t index, SoundnessIssues& issues) {
  const WorkType& type = regulation.work_types[index];
  const std::string path = fmt::format("work_types[{}]", index);
  const std::pair<std::string_view, const Money*> amounts[] = {
      {"price_from", &type.price_from}, {"price_to", &type.price_to}, {"average", &type.average}};
  for (const auto& [name, amount] : amounts) {
    if (amount->currency.empty()) return;  // not read
    if (!regulation.currency.empty() && amount->currency != regulation.currency) {
      issues.error(fmt::format("{}.{}", path, name),
                   fmt::format("expected an amount in {}, the currency of the regulation, found {}",
                               regulation.currency.code(), amount->currency.code()));
      return;
    }
    if (amount->minor < 0) {
      issues.error(fmt::format("{}.{}", path, name), "expected an amount not below zero");
      return;
    }
  }
  if (type.price_from > type.price_to) {
    issues.error(path + ".price_from",
                 fmt::format("expected at most price_to ({}), found {}", type.price_to.decimal(),
                             type.price_from.decimal()));
  } else if (type.average < type.price_from || type.average > type.price_to) {
    issues.warning(path + ".average", "the average bill lies outside price_from and price_to");
  }
}

void check_calendar(const BusinessCalendar& calendar, const std::string& path,
                    SoundnessIssues& issues) {
  for (const auto& [date, hours] : calendar.exceptions) {
    if (calendar.holidays.contains(date)) {
      issues.error(fmt::format("{}.exceptions.{}", path, date.text()),
                   "this day is among the holidays as well; expected it in one of the two");
    }
  }
}

void check_discounts(const DiscountPolicy& policy, SoundnessIssues& issues) {
  for (std::size_t i = 1; i < policy.steps.size(); ++i) {
    const ApprovalStep &before = policy.steps[i - 1], &step = policy.steps[i];
    if (step.above_basis_points <= before.above_basis_points) {
      issues.error(fmt::format("approval[{}].above", i),
                   "expected more than in the step before: the steps are in order");
    }
    if (rank_of(step.by) < rank_of(before.by)) {
      issues.error(fmt::format("approval[{}].by", i),
                   fmt::format("expected a role not below '{}', which decides before", before.by));
    }
  }
  for (std::size_t i = 0; i < policy.steps.size(); ++i) {
    if (policy.steps[i].within) {
      check_time_limit(*policy.steps[i].within, fmt::format("approval[{}].within", i), issues);
    }
  }
}

void check_lists(const Regulation& regulation, SoundnessIssues& issues) {
  check_doubled_codes(regulation.stages, "stages", issues);
  check_doubled_codes(regulation.work_types, "work_types", issues);
  check_doubled_codes(regulation.loss_reasons, "loss_reasons", issues);
  check_doubled_codes(regulation.custom_fields, "custom_fields", issues);
  if (regulation.stages.empty()) issues.error("stages", "expected at least one stage");
  if (regulation.loss_reasons.empty()) {
    issues.error("loss_reasons",
                 "expected at least one loss reason: a deal is lost with a reason from this list");
  }
}

}  // namespace

void SoundnessIssues::error(std::string path, std::string message) {
  if (is_full()) return;
  issues_.push_back({RegulationIssue::Severity::kError, 0, 0, std::move(path), std::move(message)});
}

void SoundnessIssues::warning(std::string path, std::string message) {
  if (is_full()) return;
  issues_.push_back(
      {RegulationIssue::Severity::kWarning, 0, 0, std::move(path), std::move(message)});
}

std::vector<RegulationIssue> check_soundness(const Regulation& regulation, bool graph) {
  SoundnessIssues issues;
  check_lists(regulation, issues);
  check_stages(regulation, issues);
  for (std::size_t i = 0; i < regulation.work_types.size(); ++i) {
    check_work_type(regulation, i, issues);
  }
  check_calendar(regulation.calendar, "calendar", issues);
  for (const auto& [code, calendar] : regulation.calendars) {
    check_calendar(calendar, "calendars." + code, issues);
  }
  if (regulation.answer_within) {
    check_time_limit(*regulation.answer_within, "answer_within", issues);
  }
  if (regulation.follow_up) check_task(*regulation.follow_up, "follow_up", issues);
  for (const auto& [points, path] :
       {std::pair(regulation.prepayment_basis_points, "prepayment"),
        std::pair(regulation.discount_basis_points, "discount_without_approval")}) {
    if (points < 0 || points > 10000) issues.error(path, "expected 0 % to 100 %");
  }
  check_discounts(regulation.discounts, issues);
  check_criteria(regulation, issues);
  check_rules(regulation, issues);
  if (graph) check_stage_graph(regulation, issues);
  return issues.take();
}

}  // namespace dealog::rules
