#include "libs/command/use_cases/rule_texts.hpp"

#include "libs/command/use_cases/deal_surroundings.hpp"
#include "libs/domain/rule/rule.hpp"

namespace dealog::use_cases {

std::string_view RuleTexts::gone() const {
  if (rule == nullptr || current->rule(rule->id) == nullptr) return "rule_removed";
  return mode == rules::RuleMode::kOff ? "rule_off" : std::string_view();
}

Result<RuleTexts> texts_of(Unit& unit, std::string_view pipeline, std::string_view rule,
                           std::uint64_t regulation_version) {
  RuleTexts texts;
  texts.current = TRY(regulation_for(unit, pipeline, true));
  texts.own = texts.current;
  if (texts.own->version != regulation_version) {
    texts.own = TRY(RegulationBook(unit.folds()).version(pipeline, regulation_version));
  }
  texts.rule = texts.own->rule(rule);
  if (const rules::Rule* now = texts.current->rule(rule)) {
    const std::string stream = rule::id_of(pipeline, rule).text();
    const auto* state = TRY(unit.glance<rule::State>(stream));
    texts.mode = rule::mode_in_force(*state, *now, *texts.current);
  }
  return texts;
}

}  // namespace dealog::use_cases
