#include "libs/command/use_cases/effects.hpp"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "dealog/v1/effect_events.pb.h"
#include "dealog/v1/rule_events.pb.h"
#include "libs/command/regulation_book.hpp"
#include "libs/command/use_cases/company_language.hpp"
#include "libs/command/use_cases/deals.hpp"
#include "libs/domain/common/refusal.hpp"
#include "libs/domain/company/company.hpp"
#include "libs/domain/person/person.hpp"
#include "libs/domain/source/source.hpp"
#include "libs/domain/user/user.hpp"
#include "libs/rules/message_text.hpp"

namespace dealog::use_cases {
namespace {

constexpr int kMergeHops = 16;

// "130 000.00 RUB" would be read by people; the plain decimal is not taken for another number.
std::string money_text(const Money& money) {
  if (money.currency.empty()) return {};
  return fmt::format("{} {}", money.decimal(), money.currency.code());
}

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

// Fields of texts as they are now. What is read is no condition: a name that is changed a moment
// later does not make the mail wrong.
class Fields {
 public:
  Fields(Unit& unit, const MessageOfRule& message) : unit_(unit), message_(message) {}

  Result<void> read() {
    deal_ = *TRY(unit_.glance<deal::State>(message_.deal.text()));
    if (!deal_.owner.is_nil()) owner_ = *TRY(unit_.glance<user::State>(deal_.owner.text()));
    if (!deal_.company.is_nil()) {
      company_ = *TRY(unit_.glance<company::State>(deal_.company.text()));
    }
    return {};
  }
  std::string fill(const std::string& text, const std::string& person_name) const {
    return rules::fill_in(text, [&](std::string_view name) { return value(name, person_name); });
  }
  // Whom a text to somebody who works here is about.
  Result<std::string> contact_name() const {
    const auto* contact = deal_.contact();
    if (contact == nullptr) return std::string();
    const auto stream = TRY(present_person(unit_.folds(), contact->person.text()));
    const auto* state = TRY(unit_.glance<person::State>(stream));
    return state->name;
  }

 private:
  std::string value(std::string_view name, const std::string& person_name) const {
    if (name == "deal.title") return deal_.title;
    if (name == "deal.amount") return money_text(deal_.agreed());
    if (name == "deal.balance") return money_text(deal_.balance());
    if (name == "person.name") return person_name;
    if (name == "company.name") return company_.name;
    if (name == "owner.name") return owner_.name;
    if (name == "owner.email") return owner_.email;
    if (name == "document.number") return message_.document_number;
    if (name == "document.link") return message_.document_link;
    return {};
  }

  Unit& unit_;
  const MessageOfRule& message_;
  deal::State deal_;
  user::State owner_;
  company::State company_;
};

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

// Whether the customer has had as many as the regulation allows. Two rules at once cannot both take
// the last place: the tag becomes a condition.
Result<bool> has_had_enough(Unit& unit, const rules::Regulation& regulation, const Tag& tag) {
  const rules::Mailings& mailings = regulation.mailings;
  if (mailings.at_most == 0) return false;
  TRY(unit.hold_tag(tag));
  std::size_t count = 0;
  for (const auto& event : TRY(unit.with_tag(tag, mailings.at_most))) {
    if (mailings.per.after(event.recorded, regulation.calendar) > unit.now()) ++count;
  }
  for (const auto& made : unit.emitted()) {
    if (std::ranges::find(made.event.tags, tag) != made.event.tags.end()) ++count;
  }
  return count >= mailings.at_most;
}

Result<void> plan_for_customer(Unit& unit, const MessageOfRule& message, const Fields& fields,
                               const StreamName& stream, std::size_t cause) {
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
  const Tag tag = effect::mailing_tag(stream);
  const bool enough = TRY(has_had_enough(unit, *regulation, tag));
  if (!enough) event.tags.push_back(tag);
  const std::string id = effect_id(unit, message, stream).text();
  const auto place = unit.emit(id, {std::move(event)}, cause);
  if (!enough) return {};
  effect::State state;
  state.trigger = plan.trigger;
  state.kind = plan.kind;
  unit.emit(id, {effect::skip(state, "frequency_cap")}, place);
  return {};
}

Result<void> plan_for_user(Unit& unit, const MessageOfRule& message, const Fields& fields,
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
Result<void> tell_owner(Unit& unit, const effect::State& state, const NewEvent& ending,
                        std::size_t cause) {
  const std::string& type = ending.payload->GetDescriptor()->name();
  const bool unknown = type == v1::EffectOutcomeUnknown::descriptor()->name();
  if (!unknown && type != "EffectFailed") return {};
  const auto* deal = TRY(unit.glance<deal::State>(state.deal));
  if (!deal->exists() || deal->owner.is_nil()) return {};
  v1::NotificationRaised event;
  event.set_user(deal->owner.text());
  event.set_rule(state.rule);
  event.set_pipeline(state.pipeline);
  const Language language = TRY(company_language(unit));
  event.set_text(std::string(
      unknown
          ? in(language,
               "Неизвестно, дошло ли отправленное по правилу; решите, отправлять ли ещё раз",
               "It is not known whether what a rule sent has arrived; decide whether to send it "
               "again")
          : in(language, "Не удалось отправить то, что должно было уйти по правилу",
               "What a rule was to send could not be sent")));
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
  Fields fields(unit, message);
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
  return tell_owner(unit, state, last, place);
}

Result<void> settle_effect(Unit& unit, const EffectId& id, const effect::SettleEffect& settled) {
  const effect::State state = *TRY(unit.load<effect::State>(id.text()));
  const auto seed = static_cast<std::uint64_t>(std::hash<Uuid>{}(unit.command_id()));
  auto events = TRY(effect::decide(state, settled, unit.now(), seed, unit.language()));
  const NewEvent last = events.back();
  const auto place = unit.emit(id.text(), std::move(events));
  if (settled.ending != effect::Ending::kDelivered) return tell_owner(unit, state, last, place);
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
