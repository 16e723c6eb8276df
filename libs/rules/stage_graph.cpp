// What can be reached from where.
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "libs/rules/soundness.hpp"

namespace dealog::rules {
namespace {

// For each stage, the stages that follow it by a move or by themselves. Unknown ones are left out.
std::vector<std::vector<std::size_t>> successors(const Regulation& regulation) {
  std::vector<std::vector<std::size_t>> next(regulation.stages.size());
  for (std::size_t i = 0; i < regulation.stages.size(); ++i) {
    const Stage& stage = regulation.stages[i];
    for (const std::string& move : stage.moves) {
      if (const auto target = regulation.index_of(move)) next[i].push_back(*target);
    }
    if (!stage.automatic_to) continue;
    if (const auto target = regulation.index_of(*stage.automatic_to)) next[i].push_back(*target);
  }
  return next;
}

std::vector<bool> reachable(const std::vector<std::vector<std::size_t>>& next,
                            std::vector<std::size_t> from) {
  std::vector<bool> reached(next.size(), false);
  while (!from.empty()) {
    const std::size_t stage = from.back();
    from.pop_back();
    if (reached[stage]) continue;
    reached[stage] = true;
    from.insert(from.end(), next[stage].begin(), next[stage].end());
  }
  return reached;
}

// The circle of automatic moves that `start` lies on, as codes; empty when there is none.
std::vector<std::string_view> automatic_circle(const Regulation& regulation, std::size_t start) {
  std::vector<std::string_view> circle{regulation.stages[start].code};
  std::size_t at = start;
  while (circle.size() <= regulation.stages.size()) {
    const auto& automatic = regulation.stages[at].automatic_to;
    const auto target = automatic ? regulation.index_of(*automatic) : std::nullopt;
    if (!target) return {};
    at = *target;
    circle.push_back(regulation.stages[at].code);
    if (at == start) return circle;
  }
  return {};
}

void check_circles(const Regulation& regulation, SoundnessIssues& issues) {
  std::vector<std::string_view> reported;
  for (std::size_t i = 0; i < regulation.stages.size(); ++i) {
    if (std::ranges::find(reported, regulation.stages[i].code) != reported.end()) continue;
    const auto circle = automatic_circle(regulation, i);
    if (circle.empty()) continue;
    reported.insert(reported.end(), circle.begin(), circle.end());
    issues.error(fmt::format("stages[{}].automatic_to", i),
                 fmt::format("automatic moves go round in a circle: {}", fmt::join(circle, " → ")));
  }
}

}  // namespace

void check_stage_graph(const Regulation& regulation, SoundnessIssues& issues) {
  const auto& stages = regulation.stages;
  if (stages.empty()) return;
  check_circles(regulation, issues);
  const auto next = successors(regulation);
  const auto from_first = reachable(next, {0});
  bool any_wins = false;
  for (std::size_t i = 0; i < stages.size(); ++i) {
    const std::string path = fmt::format("stages[{}]", i);
    const bool wins = !stages[i].wins_when.empty();
    const auto onward = reachable(next, {i});
    any_wins = any_wins || wins;
    if (!from_first[i]) {
      issues.error(path, fmt::format("no move leads from the first stage to '{}'; list it in "
                                     "`moves` of an earlier stage",
                                     stages[i].code));
    }
    if (next[i].empty() && !wins && i + 1 < stages.size()) {
      issues.error(path, fmt::format("'{}' can never be left; expected moves, automatic_to or "
                                     "wins_when",
                                     stages[i].code));
      continue;
    }
    bool leads_to_win = false;
    for (std::size_t j = 0; j < stages.size(); ++j) {
      leads_to_win = leads_to_win || (onward[j] && !stages[j].wins_when.empty());
    }
    if (!leads_to_win) {
      issues.warning(
          path, fmt::format("from '{}' no stage is reached that wins the deal", stages[i].code));
    }
  }
  if (!any_wins) {
    issues.error("stages", "no stage wins the deal; expected `wins_when` in one of them");
  }
}

}  // namespace dealog::rules
