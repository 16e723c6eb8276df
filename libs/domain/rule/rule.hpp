// The stream of a rule: its mode by hand, and whom it chose. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/id.hpp"
#include "libs/base/language.hpp"
#include "libs/base/result.hpp"
#include "libs/event/event.hpp"
#include "libs/rules/regulation.hpp"

namespace dealog::rule {

struct State {
  StreamVersion version;
  std::optional<rules::RuleMode> mode;   // set by hand
  std::uint64_t regulation_version = 0;  // for which it was set
  UserId last_chosen;                    // nil: nobody yet
  // The last ones, oldest first: those that a count of open deals may not know yet.
  struct Choice {
    UserId user;
    Position position;
  };
  std::vector<Choice> choices;
};
inline constexpr std::size_t kRememberedChoices = 256;

void evolve(State& state, const RecordedEvent& event);

// Of a rule's code in a pipeline: the same in every version of the regulation.
RuleId id_of(std::string_view pipeline, std::string_view rule);

// The id of a trigger: the same in any rebuild, by any version of the code. `about`: the task,
// quote, invoice, field … that it is about; `step`: the action that it goes on with.
std::string trigger_id(const Uuid& cause, std::string_view pipeline, std::string_view rule,
                       std::uint32_t visit, std::string_view about, std::uint32_t step);
// Of the command that carries a trigger out, and of its RuleFired: whoever comes second finds it.
Uuid command_id(const Uuid& cause, std::string_view trigger);

// The mode by which it works under a regulation: the one set by hand for that version, else the
// file's.
rules::RuleMode mode_in_force(const State& state, const rules::Rule& rule,
                              const rules::Regulation& regulation);

struct SetRuleMode {
  std::string rule;  // code
  std::string mode;  // off, simulate, live
};
// Nothing when it is so already. Errors: kNotFound "rule_not_found"; kInvalid "invalid_input".
Result<std::vector<NewEvent>> decide(const State& state, const SetRuleMode& command,
                                     const rules::Regulation& regulation,
                                     Language language = Language::kEn);

struct Candidate {
  UserId user;
  std::uint32_t open_deals = 0;
  Timestamp absent_until = {};  // zero: is there
  bool skilled = true;          // has the skill that is looked for, if one is

  bool is_absent() const { return !absent_until.is_zero(); }
};
// Whom the rule makes the owner: the only one, the one after whom it chose last, or the one with
// the fewest open deals (of several the first by id). Who is away is passed over, unless all are or
// one is named alone; then who has not the skill, unless nobody has. Open deals were counted as of
// a position; what the rule chose after it counts as well. Nil when there is nobody.
UserId choose(const State& state, rules::AssignBy by, std::vector<Candidate> candidates,
              Position counted_at);

}  // namespace dealog::rule
