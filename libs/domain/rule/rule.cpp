#include "libs/domain/rule/rule.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dealog/v1/rule_events.pb.h"
#include "libs/base/text.hpp"
#include "libs/domain/common/input.hpp"
#include "libs/domain/common/refusal.hpp"

namespace dealog::rule {

void evolve(State& state, const RecordedEvent& event) {
  state.version = event.version;
  if (const auto* mode = event.as<v1::RuleModeChanged>()) {
    state.mode = rules::parse_mode(mode->mode());
    state.regulation_version = mode->regulation_version();
  } else if (const auto* chosen = event.as<v1::OwnerChosen>()) {
    state.last_chosen = UserId::parse(chosen->user()).value_or(UserId{});
    if (state.choices.size() == kRememberedChoices) state.choices.erase(state.choices.begin());
    state.choices.push_back({state.last_chosen, event.position});
  }
}

RuleId id_of(std::string_view pipeline, std::string_view rule) {
  return RuleId(Uuid::derived(Uuid{}, fmt::format("rule/{}/{}", pipeline, rule)));
}

std::string trigger_id(const Uuid& cause, std::string_view pipeline, std::string_view rule,
                       std::uint32_t visit, std::string_view about, std::uint32_t step) {
  const auto name = fmt::format("rule/{}/{}/{}/{}/{}", pipeline, rule, visit, about, step);
  return "trg_" + Uuid::derived(cause, name).hex();
}

Uuid command_id(const Uuid& cause, std::string_view trigger) {
  return Uuid::derived(cause, trigger);
}

rules::RuleMode mode_in_force(const State& state, const rules::Rule& rule,
                              const rules::Regulation& regulation) {
  if (state.mode && state.regulation_version == regulation.version) return *state.mode;
  return rule.mode;
}

Result<std::vector<NewEvent>> decide(const State& state, const SetRuleMode& command,
                                     const rules::Regulation& regulation, Language language) {
  const rules::Rule* rule = regulation.rule(command.rule);
  if (rule == nullptr) {
    return refuse(language, ErrorKind::kNotFound, "rule_not_found",
                  fmt::format("в действующем регламенте нет правила {}", quoted(command.rule)),
                  fmt::format("the regulation in force has no rule {}", quoted(command.rule)));
  }
  const auto mode = rules::parse_mode(command.mode);
  if (!mode) {
    InputCheck check(language);
    check.add("/mode", "unknown_mode", "нужно off, simulate или live",
              "off, simulate or live is expected");
    TRY(check.result());
  }
  if (mode_in_force(state, *rule, regulation) == *mode) return std::vector<NewEvent>{};
  v1::RuleModeChanged event;
  event.set_pipeline(regulation.code);
  event.set_rule(command.rule);
  event.set_mode(command.mode);
  event.set_regulation_version(regulation.version);
  return std::vector<NewEvent>{make_event(std::move(event))};
}

UserId choose(const State& state, rules::AssignBy by, std::vector<Candidate> candidates,
              Position counted_at) {
  if (candidates.empty()) return {};
  const bool passes_over =
      by != rules::AssignBy::kFixed && !std::ranges::all_of(candidates, &Candidate::is_absent);
  if (passes_over) std::erase_if(candidates, [](const auto& one) { return one.is_absent(); });
  if (std::ranges::any_of(candidates, &Candidate::skilled)) {
    std::erase_if(candidates, [](const auto& one) { return !one.skilled; });
  }
  std::ranges::sort(candidates, {}, &Candidate::user);
  switch (by) {
    case rules::AssignBy::kFixed:
      return candidates.front().user;
    case rules::AssignBy::kRoundRobin: {
      const auto next =
          std::ranges::upper_bound(candidates, state.last_chosen, {}, &Candidate::user);
      return next == candidates.end() ? candidates.front().user : next->user;
    }
    case rules::AssignBy::kLeastLoaded:
      for (Candidate& candidate : candidates) {
        candidate.open_deals += static_cast<std::uint32_t>(
            std::ranges::count_if(state.choices, [&](const State::Choice& choice) {
              return choice.position > counted_at && choice.user == candidate.user;
            }));
      }
      return std::ranges::min_element(candidates, {}, &Candidate::open_deals)->user;
  }
  return {};
}

}  // namespace dealog::rule
