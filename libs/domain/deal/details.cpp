#include "libs/domain/deal/details.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dealog/v1/deal_events.pb.h"
#include "dealog/v1/trigger_events.pb.h"
#include "libs/base/limits.hpp"
#include "libs/base/number.hpp"
#include "libs/base/text.hpp"
#include "libs/domain/deal/automatic_tasks.hpp"
#include "libs/domain/deal/lines.hpp"
#include "libs/domain/deal/timing.hpp"
#include "libs/rules/vocabulary.hpp"

namespace dealog::deal {
namespace {

using rules::FieldValue;

// A form sends everything as text, so a text counts as what it spells.
bool fits(const FieldValue& value, rules::FieldType type) {
  const auto* text = std::get_if<std::string>(&value);
  if (text && trim(*text).empty()) return true;
  switch (type) {
    case rules::FieldType::kNumber:
      return text ? parse_number<std::int64_t>(*text).has_value()
                  : std::holds_alternative<std::int64_t>(value);
    case rules::FieldType::kDate:
      return text ? Date::parse(*text).has_value() : std::holds_alternative<Date>(value);
    case rules::FieldType::kBool:
      return text ? *text == "true" || *text == "false" : std::holds_alternative<bool>(value);
    default:
      return text != nullptr;
  }
}

void check_custom(const CustomChanges& custom, const Context& context, const std::string& pointer,
                  InputCheck& check) {
  if (custom.size() > limits::kCustomFields) {
    check.add(pointer + "/custom", "too_many",
              fmt::format("не больше {} полей", limits::kCustomFields),
              fmt::format("at most {} fields", limits::kCustomFields));
    return;
  }
  for (const auto& [code, value] : custom) {
    const std::string at = pointer + "/custom" + pointer_step(code);
    const rules::CustomField* field = context.regulation->custom_field(code);
    if (!field) {
      check.add(at, "unknown_field", "такого поля нет в регламенте",
                "the regulation has no such field");
    } else if (value && !fits(*value, rules::field_type(field->type))) {
      check.add(at, "wrong_type", fmt::format("нужно значение типа {}", field->type),
                fmt::format("a value of the type {} is expected", field->type));
    } else if (const auto* text = value ? std::get_if<std::string>(&*value) : nullptr) {
      check.text(*text, at, kCustomTextBytes, Presence::kOptional);
    }
  }
}

void check_amount(const Money& amount, const State& state, const std::string& at, const Context&,
                  InputCheck& check) {
  if (amount.currency.empty()) {
    check.add(at, "unknown_currency", "валюта не указана", "the currency is missing");
  } else if (!state.fixed_currency.empty() && amount.currency != state.fixed_currency) {
    check.add(at, "currency_mismatch", "КП, счета и оплаты сделки в другой валюте",
              "quotes, invoices or payments of the deal are in another currency");
  }
  if (amount.minor < 0 || amount.minor > kMaxMoneyMinor) {
    check.add(at, "out_of_range", "сумма не меньше нуля", "an amount of zero or more");
  }
}

// Sets what differs in the message; true when anything does.
bool put_changes(v1::DealDetailsChanged& event, const DetailsChange& change, const State& state) {
  const auto clear = [&](const Change<std::string>& field, const std::string& now,
                         const char* name) {
    if ((field.is_cleared() || (field.is_set() && trim(field.value).empty())) && !now.empty()) {
      event.add_cleared(name);
    }
  };
  const auto sets = [](const Change<std::string>& field, const std::string& now) {
    return field.is_set() && field.value != now && !trim(field.value).empty();
  };
  if (sets(change.title, state.title)) {
    event.set_title(change.title.value);
    event.set_title_changed(true);
  }
  if (sets(change.work_type, state.work_type)) event.set_work_type(change.work_type.value);
  clear(change.work_type, state.work_type, "work_type");
  if (sets(change.source, state.source)) event.set_source(change.source.value);
  clear(change.source, state.source, "source");
  if (change.amount.is_set() && change.amount.value != state.amount) {
    put_money(event.mutable_amount(), change.amount.value);
  } else if (change.amount.is_cleared() && !state.amount.currency.empty()) {
    event.add_cleared("amount");
  }
  if (change.expected_close.is_set() && change.expected_close.value != state.expected_close) {
    event.set_expected_close_date(change.expected_close.value.text());
  } else if (change.expected_close.is_cleared() && state.expected_close) {
    event.add_cleared("expected_close_date");
  }
  for (const auto& [code, value] : change.custom) {
    const std::string text = value ? custom_text(*value) : std::string();
    const std::string* now = state.custom_value(code);
    if (text == (now ? *now : std::string())) continue;
    event.add_custom_codes(code);
    if (text.empty()) {
      event.add_cleared("custom." + code);
    } else {
      v1::TextField* field = event.add_custom();
      field->set_code(code);
      field->set_value(text);
    }
  }
  return event.has_title() || event.has_amount() || event.has_work_type() || event.has_source() ||
         event.has_expected_close_date() || event.custom_codes_size() > 0 ||
         event.cleared_size() > 0;
}

// A date may be somebody's own matter: only what a rule waits for stands openly.
bool is_waited_for(const rules::Regulation& regulation, const std::string& field) {
  return std::ranges::any_of(regulation.rules, [&](const rules::Rule& rule) {
    return rule.trigger.kind == rules::TriggerKind::kDeadline &&
           std::ranges::find(rule.trigger.codes, field) != rule.trigger.codes.end();
  });
}

}  // namespace

void check_details(const DetailsChange& change, const State& state, const Context& context,
                   const std::string& pointer, InputCheck& check) {
  if (change.title.touched()) {
    check.text(change.title.value, pointer + "/title", limits::kTitleBytes, Presence::kRequired);
  }
  if (change.amount.is_set()) {
    check_amount(change.amount.value, state, pointer + "/amount", context, check);
  }
  if (change.work_type.is_set() && !change.work_type.value.empty() &&
      !context.regulation->work_type(change.work_type.value)) {
    check.add(pointer + "/work_type", "unknown_work_type", "такого вида работ нет в регламенте",
              "the regulation has no such type of work");
  }
  if (change.source.is_set()) {
    check.text(change.source.value, pointer + "/source", limits::kCodeBytes, Presence::kOptional);
  }
  check_custom(change.custom, context, pointer, check);
}

std::string custom_text(const FieldValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    return trim(*text).empty() ? std::string() : *text;
  }
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* yes = std::get_if<bool>(&value)) return *yes ? "true" : "false";
  if (const auto* date = std::get_if<Date>(&value)) return date->text();
  return {};
}

void tell_dates(Decision& decision, const std::vector<std::string>& codes, std::size_t cause,
                const Occurred& occurred) {
  v1::DealDatesChanged event;
  for (const auto& code : codes) {
    const rules::CustomField* field = decision.regulation().custom_field(code);
    if (!field || field->type != "date") continue;
    const std::string name = "custom." + code;
    if (!is_waited_for(decision.regulation(), name)) continue;
    auto& date = *event.add_dates();
    date.set_field(name);
    const std::string* value = decision.state().custom_value(code);
    if (value && Date::parse(*value)) date.set_date(*value);
  }
  if (event.dates_size() == 0) return;
  decision.add(std::move(event), {.occurred = occurred, .caused_by = cause});
}

Result<> change_details(Decision& decision, const DetailsChange& change, const Occurred& occurred) {
  v1::DealDetailsChanged details;
  if (put_changes(details, change, decision.state())) {
    const auto codes = details.custom_codes();
    const std::size_t index = decision.add(std::move(details), {.occurred = occurred});
    tell_dates(decision, {codes.begin(), codes.end()}, index, occurred);
  }
  const State& state = decision.state();
  if (change.owner.touched() && change.owner.value != state.owner) {
    v1::DealOwnerAssigned event;
    if (!change.owner.value.is_nil()) event.set_owner(change.owner.value.text());
    if (!state.owner.is_nil()) event.set_previous(state.owner.text());
    Occurred at = TRY(occurred_move(state, occurred, decision.context()));
    const UserId previous = state.owner;
    const std::size_t assigned = decision.add(std::move(event), {.occurred = std::move(at)});
    if (!change.owner.value.is_nil()) TRY(hand_over_tasks(decision, previous, assigned));
  }
  if (change.company.touched() && change.company.value != decision.state().company) {
    v1::DealCompanyLinked event;
    Envelope envelope{.occurred = occurred};
    if (!change.company.value.is_nil()) {
      event.set_company(change.company.value.text());
      envelope.tags.push_back(open_tag(event.company()));
    }
    decision.add(std::move(event), std::move(envelope));
  }
  return {};
}

}  // namespace dealog::deal
