#include "libs/command/use_cases/rules.hpp"

#include <fmt/format.h>

#include "dealog/v1/deal_events.pb.h"
#include "dealog/v1/intake_events.pb.h"
#include "dealog/v1/rule_events.pb.h"
#include "libs/command/use_cases/company_language.hpp"
#include "libs/command/use_cases/deal_surroundings.hpp"
#include "libs/command/use_cases/rule_acts.hpp"
#include "libs/command/use_cases/rule_texts.hpp"
#include "libs/domain/common/refusal.hpp"
#include "libs/rules/value_words.hpp"

namespace dealog::use_cases {
namespace {

template <class Event>
void describe_call(Event& event, const TriggeredRule& triggered) {
  event.set_trigger(triggered.trigger);
  event.set_rule(triggered.rule);
  event.set_pipeline(triggered.pipeline);
  event.set_regulation_version(triggered.regulation_version);
  event.set_step(triggered.call.step);
  event.set_visit(triggered.call.visit);
  event.set_about(triggered.call.about);
  event.set_due_at(triggered.call.due_at.us);
}

void describe_awaited(v1::AwaitedTrigger& awaited, const rules::RuleTrigger& until) {
  awaited.set_kind(std::string(rules::trigger_name(until.kind)));
  for (const auto& code : until.codes) awaited.add_codes(code);
  awaited.set_state(until.state);
  for (const auto& kind : until.touch.kinds) awaited.add_touch_kinds(kind);
  for (const auto& direction : until.touch.directions) awaited.add_touch_directions(direction);
  for (const auto& outcome : until.touch.outcomes) awaited.add_touch_outcomes(outcome);
  awaited.set_answers_customer(until.touch.answers_customer);
}

template <class Event>
void describe_steps(Event& event, const rules::Rule& rule, std::size_t first,
                    const deal::RuleSteps& steps, Timestamp now) {
  for (std::size_t i = first; i < steps.end; ++i) {
    event.add_actions(std::string(rules::action_name(rule.actions[i].kind)));
  }
  if (!steps.until) return;
  event.set_goes_on_at(steps.until->us);
  event.set_next_step(static_cast<std::uint32_t>(steps.end + 1));
  const auto& until = rule.actions[steps.end].until;
  if (until) describe_awaited(*event.mutable_awaited(), *until);
  if (!rule.time.is_owners()) return;
  const rules::TimeLimit& wait = rule.actions[steps.end].wait;
  auto& pause = *event.mutable_pause();
  pause.set_begins_at(now.us);
  pause.set_minutes(wait.amount.count());
  pause.set_business(wait.business);
  pause.set_owners_calendar(rule.time.owners_calendar);
  pause.set_stops_in_absence(rule.time.stops_in_absence);
}

// How a trigger ends. Within somebody's command it has the id that the runner's command would have.
std::size_t emit_end(Unit& unit, const TriggeredRule& triggered, NewEvent event) {
  if (triggered.cause) event.id = triggered.id;
  return unit.emit(triggered.deal.text(), {std::move(event)}, triggered.cause);
}

// The deal's owner hears of it: what the rule was for will not happen.
Result<void> tell_of_loop(Unit& unit, const TriggeredRule& triggered, const rules::Rule& rule) {
  const auto* deal = TRY(unit.glance<deal::State>(triggered.deal.text()));
  if (deal->owner.is_nil()) return {};
  const Language language = TRY(company_language(unit));
  v1::NotificationRaised event;
  event.set_user(deal->owner.text());
  event.set_rule(triggered.rule);
  event.set_pipeline(triggered.pipeline);
  event.set_text(fmt::format(
      "{}: {} {}", rules::in_quotes(deal->title, language),
      rules::in_quotes(rule.title.in(language), language),
      in(language, "остановлено: правила запускали друг друга. Их надо исправить в регламенте",
         "was stopped: rules set each other off. Mend them in the regulation")));
  unit.emit(triggered.deal.text(), {make_event(std::move(event))}, triggered.cause);
  return {};
}

Result<void> stop_loop(Unit& unit, const TriggeredRule& triggered, const rules::Rule& rule) {
  v1::AutomationStopped stopped;
  stopped.set_what("rule:" + triggered.rule);
  stopped.set_depth(triggered.causation_depth);
  TRY(skip_rule(unit, triggered, "loop_stopped"));
  unit.emit(triggered.deal.text(), {make_event(std::move(stopped))}, triggered.cause);
  return tell_of_loop(unit, triggered, rule);
}

std::string effect_of(const TriggeredRule& triggered) { return "rule:" + triggered.rule; }

}  // namespace

Unit::Author author_of(std::string_view pipeline, std::string_view rule,
                       std::uint64_t regulation_version) {
  return {.actor = {"rule", rule::id_of(pipeline, rule).text()},
          .rights = user::Rights{user::Right::kRead, user::Right::kWrite},
          .rule = std::string(rule),
          .rule_version = regulation_version};
}

Result<void> carry_out_rule(Unit& unit, const TriggeredRule& triggered, const Staff& staff,
                            RuleAttempt& attempt) {
  const StreamName stream = triggered.deal.text();
  const RuleTexts texts =
      TRY(texts_of(unit, triggered.pipeline, triggered.rule, triggered.regulation_version));
  attempt = {.simulated = texts.mode == rules::RuleMode::kSimulate};
  const auto skip = [&](std::string_view reason) { return skip_rule(unit, triggered, reason); };
  if (const auto gone = texts.gone(); !gone.empty()) return skip(gone);
  const auto* state = TRY(unit.load<deal::State>(stream));
  const Parties parties = parties_of(*state);
  const auto around =
      TRY(surroundings_of(unit, triggered.pipeline, &parties, true, unit.language()));
  deal::RuleCall call = triggered.call;
  call.simulated = attempt.simulated;
  if (const auto reason = deal::why_not(*state, *texts.rule, call, around.context)) {
    return skip(*reason);
  }
  if (triggered.causation_depth >= kRuleDepth) return stop_loop(unit, triggered, *texts.rule);
  const auto steps = deal::steps_from(*texts.rule, call.step, *state, around.context);
  v1::RuleFired fired;
  describe_call(fired, triggered);
  describe_steps(fired, *texts.rule, call.step, steps, unit.now());
  const auto place = emit_end(unit, triggered, make_event(std::move(fired)));
  RuleActs acts(unit, triggered, *texts.rule, staff, place);
  for (std::size_t i = call.step; i < steps.end; ++i) TRY(acts.act(texts.rule->actions[i], i));
  if (!attempt.simulated) return {};
  for (std::size_t i = place + 1; i < unit.emitted().size(); ++i) {
    attempt.events.push_back(unit.emitted()[i].event.payload->GetDescriptor()->name());
  }
  return fail(ErrorKind::kUnprocessable, std::string(kSimulated), "the rule is only tried");
}

Result<void> record_simulation(Unit& unit, const TriggeredRule& triggered,
                               const std::vector<std::string>& events, std::string_view refusal) {
  const auto texts =
      TRY(texts_of(unit, triggered.pipeline, triggered.rule, triggered.regulation_version));
  if (texts.rule == nullptr) return skip_rule(unit, triggered, "rule_removed");
  const auto around =
      TRY(surroundings_of(unit, triggered.pipeline, nullptr, true, unit.language()));
  v1::RuleSimulated event;
  describe_call(event, triggered);
  const auto* state = TRY(unit.load<deal::State>(triggered.deal.text()));
  const auto steps = deal::steps_from(*texts.rule, triggered.call.step, *state, around.context);
  describe_steps(event, *texts.rule, triggered.call.step, steps, unit.now());
  for (const auto& name : events) event.add_events(name);
  event.set_refusal(std::string(refusal));
  unit.emit(triggered.deal.text(), {make_event(std::move(event))});
  return {};
}

Result<void> skip_rule(Unit& unit, const TriggeredRule& triggered, std::string_view reason) {
  v1::EffectSkipped event;
  event.set_trigger(triggered.trigger);
  event.set_effect(effect_of(triggered));
  event.set_reason(std::string(reason));
  emit_end(unit, triggered, make_event(std::move(event)));
  return {};
}

Result<void> fail_rule(Unit& unit, const TriggeredRule& triggered, std::string_view reason) {
  v1::EffectFailed event;
  event.set_trigger(triggered.trigger);
  event.set_effect(effect_of(triggered));
  event.set_reason(std::string(reason));
  event.set_attempts(1);
  unit.emit(triggered.deal.text(), {make_event(std::move(event))});
  return {};
}

Result<void> set_rule_mode(Unit& unit, std::string_view pipeline,
                           const rule::SetRuleMode& command) {
  const auto regulation = TRY(regulation_for(unit, pipeline, true));
  const std::string stream = rule::id_of(pipeline, command.rule).text();
  const auto* state = TRY(unit.load<rule::State>(stream));
  unit.emit(stream, TRY(rule::decide(*state, command, *regulation, unit.language())));
  return {};
}

}  // namespace dealog::use_cases
