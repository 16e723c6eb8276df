#include "libs/command/use_cases/effects.hpp"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "dealog/v1/effect_events.pb.h"
#include "dealog/v1/intake_events.pb.h"
#include "dealog/v1/rule_events.pb.h"
#include "libs/command/regulation_book.hpp"
#include "libs/command/use_cases/company_language.hpp"
#include "libs/command/use_cases/deals.hpp"
#include "libs/command/use_cases/effect_texts.hpp"
#include "libs/domain/common/refusal.hpp"
#include "libs/domain/person/person.hpp"
#include "libs/domain/source/source.hpp"

namespace dealog::use_cases {
namespace {

constexpr int kMergeHops = 16;
constexpr std::string_view kFrequencyCap = "frequency_cap";
// Among the last messages to a customer so many that failed do not hide those that came.
constexpr std::size_t kFailedLookedOver = 64;

// Where it is night when it is night for the customer: the zone of the source he came from, else
// the company's calendar.
std::string zone_of(const Folds& folds, const person::State& person,
                    const rules::Regulation& regulation) {
  if (!SourceId::parse(person.source)) return regulation.calendar.time_zone;
  const auto source = folds.current<source::State>(person.source);
  boost::system::error_code wrong;
  const auto settings =
      source ? boost::json::parse((*source)->settings_json, wrong) : boost::json::value();
  if (!wrong && settings.is_object()) {
    const auto* zone = settings.as_object().if_contains("time_zone");
    if (zone != nullptr && zone->is_string() && !zone->as_string().empty()) {
      return std::string(std::string_view(zone->as_string()));
    }
  }
  return regulation.calendar.time_zone;
}

effect::PlanEffect planned(const MessageOfRule& message) {
  return {.channel = message.channel,
          .kind = message.kind,
          .trigger = message.trigger,
          .deal = message.deal.text(),
          .rule = message.rule,
          .pipeline = message.pipeline,
          .document = message.document,
          .meeting = message.meeting};
}

EffectId effect_id(const Unit& unit, const MessageOfRule& message, std::string_view recipient) {
  // One action may tell the same by mail and in Telegram.
  const bool beside = message.kind == "notify" && message.channel == effect::Channel::kTelegram;
  return unit.computed_id<EffectId>(
      fmt::format("effect/{}/{}{}", message.place, beside ? "telegram/" : "", recipient));
}

// Whether it came to the customer, may have, or still will.
Result<bool> counts(const Folds& folds, const RecordedEvent& planned) {
  const auto state = TRY(folds.current<effect::State>(planned.stream));
  return state->status != effect::Status::kFailed && state->status != effect::Status::kSkipped;
}

// Whether the customer has had as many as the regulation allows. Two rules at once cannot both take
// the last place: the tag becomes a condition.
Result<bool> has_had_enough(Unit& unit, const rules::Regulation& regulation, const Tag& tag) {
  const rules::Mailings& mailings = regulation.mailings;
  if (mailings.at_most == 0) return false;
  TRY(unit.hold_tag(tag));
  std::size_t count = 0;
  for (const auto& event : TRY(unit.with_tag(tag, mailings.at_most + kFailedLookedOver))) {
    if (mailings.per.after(event.recorded, regulation.calendar) <= unit.now()) break;
    if (TRY(counts(unit.folds(), event))) ++count;
  }
  for (const auto& made : unit.emitted()) {
    if (std::ranges::find(made.event.tags, tag) != made.event.tags.end()) ++count;
  }
  return count >= mailings.at_most;
}

// In the history of the deal, where people look.
void record_not_sent(Unit& unit, const std::string& effect, const effect::State& state,
                     std::string_view reason, bool unknown, std::size_t cause) {
  v1::MessageNotSent event;
  event.set_effect(effect);
  event.set_rule(state.rule);
  event.set_pipeline(state.pipeline);
  event.set_kind(state.kind);
  event.set_reason(std::string(reason));
  event.set_unknown(unknown);
  unit.emit(state.deal, {make_event(std::move(event))}, cause);
}

Result<void> plan_for_customer(Unit& unit, const MessageOfRule& message,
                               const MessageFields& fields, const StreamName& stream,
                               std::size_t cause) {
  const auto* person = TRY(unit.glance<person::State>(stream));
  if (!person->active()) return {};
  const auto regulation = TRY(regulation_for(unit, message.pipeline, false));
  effect::PlanEffect plan = planned(message);
  plan.person = stream;
  plan.title = fields.fill(message.title, person->name);
  plan.text = fields.fill(message.text, person->name);
  const auto zone = zone_of(unit.folds(), *person, *regulation);
  plan.not_before =
      rules::quiet_until(regulation->mailings, unit.now(), zone).value_or(Timestamp{});
  NewEvent event = effect::plan(plan);
  const std::string id = effect_id(unit, message, stream).text();
  // A paper or an invitation that somebody has asked for or decided to send is no mailing.
  const Tag tag = effect::mailing_tag(stream);
  const bool is_mailing = plan.document.empty() && plan.meeting.empty();
  const bool enough = is_mailing && TRY(has_had_enough(unit, *regulation, tag));
  if (is_mailing && !enough) event.tags.push_back(tag);
  const auto place = unit.emit(id, {std::move(event)}, cause);
  if (!enough) return {};
  effect::State state;
  state.trigger = plan.trigger;
  state.kind = plan.kind;
  state.deal = plan.deal;
  state.rule = plan.rule;
  state.pipeline = plan.pipeline;
  const auto skipped = unit.emit(id, {effect::skip(state, kFrequencyCap)}, place);
  record_not_sent(unit, id, state, kFrequencyCap, false, skipped);
  return {};
}

Result<void> plan_for_user(Unit& unit, const MessageOfRule& message, const MessageFields& fields,
                           const UserId& user, std::size_t cause) {
  effect::PlanEffect plan = planned(message);
  plan.user = user.text();
  const std::string about = TRY(fields.contact_name());
  plan.title = fields.fill(message.title, about);
  plan.text = fields.fill(message.text, about);
  unit.emit(effect_id(unit, message, plan.user).text(), {effect::plan(plan)}, cause);
  return {};
}

Result<std::optional<Timestamp>> quiet_for(Unit& unit, const effect::State& state) {
  if (!state.to_customer()) return std::nullopt;
  const auto regulation = regulation_for(unit, state.pipeline, false);
  if (!regulation) return std::nullopt;
  const auto* person = TRY(unit.glance<person::State>(state.person));
  return rules::quiet_until((*regulation)->mailings, unit.now(),
                            zone_of(unit.folds(), *person, **regulation));
}

// What the customer got is part of the deal's history, though nobody has answered him by it.
Result<void> record_as_touch(Unit& unit, const effect::State& state, std::size_t cause) {
  const auto deal = DealId::parse(state.deal);
  const auto person = PersonId::parse(state.person);
  if (!deal || !person || !TRY(unit.glance<deal::State>(state.deal))->exists()) return {};
  deal::RecordTouch touch{
      .kind = state.channel == effect::Channel::kMail ? "email" : "message",
      .direction = "out",
      .outcome = "sent",
      .note = state.title.empty() ? state.text : state.title,
      .person = *person,
      .id = unit.computed_id<TouchId>("touch"),
  };
  touch.automatic = true;
  return change_deal(unit, *deal, touch, unit.language(), cause);
}

// Somebody should know that what he relies on was not sent.
Result<void> tell_of_failure(Unit& unit, const EffectId& id, const effect::State& state,
                             const NewEvent& ending, std::size_t cause) {
  const auto* unknown = dynamic_cast<const v1::EffectOutcomeUnknown*>(ending.payload.get());
  const auto* failed = dynamic_cast<const v1::EffectFailed*>(ending.payload.get());
  if (unknown == nullptr && failed == nullptr) return {};
  const std::string& reason = unknown != nullptr ? unknown->reason() : failed->reason();
  const auto* deal = TRY(unit.glance<deal::State>(state.deal));
  if (!deal->exists()) return {};
  record_not_sent(unit, id.text(), state, reason, unknown != nullptr, cause);
  if (deal->owner.is_nil()) return {};
  const Language language = TRY(company_language(unit));
  v1::NotificationRaised event;
  event.set_user(deal->owner.text());
  event.set_rule(state.rule);
  event.set_pipeline(state.pipeline);
  event.set_text(not_sent_text(state, deal->title, reason, unknown != nullptr, language));
  unit.emit(state.deal, {make_event(std::move(event))}, cause);
  return {};
}

template <class Command>
Result<void> change(Unit& unit, const EffectId& id, const Command& command) {
  const auto* state = TRY(unit.load<effect::State>(id.text()));
  unit.emit(id.text(), TRY(effect::decide(*state, command, unit.language())));
  return {};
}

}  // namespace

Result<StreamName> present_person(const Folds& folds, StreamName stream) {
  for (int hop = 0; hop < kMergeHops; ++hop) {
    const auto state = TRY(folds.current<person::State>(stream));
    if (state->merged_into.empty()) break;
    stream = state->merged_into;
  }
  return stream;
}

Result<void> plan_messages(Unit& unit, const MessageOfRule& message, const Recipients& recipients,
                           std::size_t cause) {
  std::vector<StreamName> persons;
  for (const PersonId& person : recipients.persons) {
    auto stream = TRY(present_person(unit.folds(), person.text()));
    if (std::ranges::find(persons, stream) == persons.end()) persons.push_back(std::move(stream));
  }
  if (persons.empty() && recipients.users.empty()) {
    return refuse(unit.language(), ErrorKind::kUnprocessable, "nobody_to_write",
                  "правило не назвало никого, кому можно написать",
                  "the rule names nobody to write to");
  }
  MessageFields fields(unit, message);
  TRY(fields.read());
  for (const auto& person : persons) {
    TRY(plan_for_customer(unit, message, fields, person, cause));
  }
  for (const auto& user : recipients.users) {
    TRY(plan_for_user(unit, message, fields, user, cause));
  }
  return {};
}

Result<void> attempt_effect(Unit& unit, const EffectId& id) {
  const effect::State state = *TRY(unit.load<effect::State>(id.text()));
  const effect::AttemptEffect attempt{.quiet_until = TRY(quiet_for(unit, state))};
  auto events = TRY(effect::decide(state, attempt, unit.now(), unit.language()));
  const NewEvent last = events.back();
  const auto place = unit.emit(id.text(), std::move(events));
  return tell_of_failure(unit, id, state, last, place);
}

Result<void> settle_effect(Unit& unit, const EffectId& id, const effect::SettleEffect& settled) {
  const effect::State state = *TRY(unit.load<effect::State>(id.text()));
  const auto seed = static_cast<std::uint64_t>(std::hash<Uuid>{}(unit.command_id()));
  auto events = TRY(effect::decide(state, settled, unit.now(), seed, unit.language()));
  const NewEvent last = events.back();
  const auto place = unit.emit(id.text(), std::move(events));
  if (settled.ending != effect::Ending::kDelivered)
    return tell_of_failure(unit, id, state, last, place);
  if (!state.to_customer()) return {};
  auto touched = record_as_touch(unit, state, place);
  // That it was delivered stands in the log whatever the deal says to it.
  const bool passing = !touched && (touched.error().kind == ErrorKind::kUnavailable ||
                                    touched.error().kind == ErrorKind::kInternal);
  return passing ? touched : Result<void>();
}

Result<void> retry_effect(Unit& unit, const EffectId& id, bool replay) {
  return change(unit, id, effect::RetryEffect{.replay = replay});
}

Result<void> drop_effect(Unit& unit, const EffectId& id) {
  return change(unit, id, effect::DropEffect{});
}

StreamName backlog_stream(effect::Channel channel) {
  return "outbox_" + std::string(effect::name_of(channel));
}

Result<void> release_backlog(Unit& unit, effect::Channel channel) {
  v1::BacklogReleased event;
  event.set_channel(std::string(effect::name_of(channel)));
  event.set_until(unit.folds().log().head().value);
  unit.emit(backlog_stream(channel), {make_event(std::move(event))});
  return {};
}

}  // namespace dealog::use_cases
