#include "libs/command/use_cases/regulations.hpp"

#include "libs/command/elsewhere_book.hpp"
#include "libs/command/regulation_book.hpp"
#include "libs/command/use_cases/rules.hpp"
#include "libs/domain/common/not_found.hpp"
#include "libs/rules/rule_text.hpp"

namespace dealog::use_cases {
namespace {

// The text in force; that it still is becomes a condition.
Result<std::string> text_in_force(Unit& unit, std::string_view pipeline) {
  const auto regulation = TRY(regulation_for(unit, pipeline, true));
  return RegulationBook(unit.folds()).text(pipeline, regulation->version);
}

using Modes = std::vector<rule::SetRuleMode>;

// Those that somebody set by hand, of all rules but one: they hold for a version, and are to hold
// for the next one as well, which nobody meant to switch anything on.
Result<Modes> modes_by_hand(Unit& unit, std::string_view pipeline, std::string_view but) {
  const auto regulation = TRY(regulation_for(unit, pipeline, true));
  Modes modes;
  for (const rules::Rule& rule : regulation->rules) {
    if (rule.id == but) continue;
    const auto* state = TRY(unit.load<rule::State>(rule::id_of(pipeline, rule.id).text()));
    const auto mode = rule::mode_in_force(*state, rule, *regulation);
    if (mode != rule.mode) modes.push_back({rule.id, std::string(rules::mode_name(mode))});
  }
  return modes;
}

Result<PublishedRegulation> publish_changed(Unit& unit, std::string_view pipeline,
                                            const std::string& text, std::string_view rule,
                                            const rules::Checked& checked) {
  const Modes modes = TRY(modes_by_hand(unit, pipeline, rule));
  const auto published = TRY(publish_regulation(unit, pipeline, text, checked));
  for (const auto& mode : modes) TRY(set_rule_mode(unit, pipeline, mode));
  return published;
}

}  // namespace

Result<PublishedRegulation> publish_regulation(Unit& unit, std::string_view pipeline,
                                               std::string_view yaml) {
  const ElsewhereBook elsewhere(unit.folds());
  return publish_regulation(unit, pipeline, yaml, {.against = &elsewhere});
}

Result<PublishedRegulation> publish_regulation(Unit& unit, std::string_view pipeline,
                                               std::string_view yaml,
                                               const rules::Checked& checked) {
  const auto stream = regulation::stream_of(pipeline);
  const auto* state = TRY(unit.load<regulation::State>(stream));
  auto events = TRY(regulation::decide(
      *state, regulation::PublishRegulation{std::string(pipeline), std::string(yaml), checked},
      unit.language()));
  PublishedRegulation published{.version = state->version.value, .published = !events.empty()};
  if (published.published) ++published.version;
  unit.emit(stream, std::move(events));
  return published;
}

Result<PublishedRegulation> publish_rule(Unit& unit, std::string_view pipeline,
                                         std::string_view rule_yaml) {
  const std::string text = TRY(text_in_force(unit, pipeline));
  const std::string id = TRY(rules::id_of_rule(rule_yaml));
  const std::string changed = TRY(rules::with_rule(text, rule_yaml));
  const ElsewhereBook elsewhere(unit.folds());
  auto published = publish_changed(unit, pipeline, changed, id, {&elsewhere, id});
  if (published) return published;
  const auto place = rules::place_of_rule(changed, id);
  return fail(rules::told_of_rule(std::move(published).error(), place.value_or(0), rule_yaml));
}

Result<PublishedRegulation> remove_rule(Unit& unit, std::string_view pipeline,
                                        std::string_view code) {
  const std::string text = TRY(text_in_force(unit, pipeline));
  if (!rules::place_of_rule(text, code)) return not_found(unit.language(), "rule", code);
  const std::string changed = TRY(rules::without_rule(text, code));
  return publish_changed(unit, pipeline, changed, code, {});
}

}  // namespace dealog::use_cases
