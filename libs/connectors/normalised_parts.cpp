#include "libs/connectors/normalised_parts.hpp"

namespace dealog::connectors::normalised_parts {

json::value or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

json::value amount_or_null(const std::optional<Money>& money) {
  return money ? json::value(money->decimal()) : json::value(nullptr);
}

json::value currency_or_null(const std::optional<Money>& money) {
  return money ? json::value(money->currency.code()) : json::value(nullptr);
}

json::value time_or_null(const std::optional<Timestamp>& time) {
  if (!time) return nullptr;
  std::string text = time->rfc3339();
  text.pop_back();  // the Z
  if (time->us % 1'000'000 == 0)
    text.resize(text.size() - 7);
  else if (time->us % 1000 == 0)
    text.resize(text.size() - 3);
  return json::value(text + "Z");
}

json::object object_of(const NamedTexts& texts) {
  json::object out;
  for (const auto& [name, value] : texts) out[name] = value;
  return out;
}

json::value person_or_null(const Contact& person) {
  if (person.empty()) return nullptr;
  json::object out{{"name", or_null(person.name)}};
  out["phone"] = or_null(person.phone);
  if (!person.phone_raw.empty()) {
    out["phone_raw"] = person.phone_raw;
    out["phone_valid"] = person.phone_valid;
    out["phone_mobile"] = person.phone_mobile;
  }
  out["email"] = or_null(person.email);
  if (person.email.empty() && !person.email_raw.empty()) out["email_raw"] = person.email_raw;
  if (!person.account.empty()) out["account"] = person.account;
  for (const auto& [kind, id] : person.ids) out[kind] = id;
  return out;
}

json::object stage_json(const StagePlace& stage) {
  json::object out{{"pipeline", or_null(stage.pipeline)},
                   {"from", or_null(stage.from)},
                   {"to", or_null(stage.to)}};
  if (!stage.status_from.empty()) out["status_from"] = stage.status_from;
  if (!stage.status_to.empty()) out["status_to"] = stage.status_to;
  if (!stage.outcome.empty()) out["outcome"] = stage.outcome;
  return out;
}

void add(json::object& out, const StageFact& fact) {
  out["account"] = or_null(fact.account);
  out["person"] = person_or_null(fact.person);
  if (!fact.company.empty()) out["company"] = fact.company;
  out["title"] = or_null(fact.title);
  out["amount"] = amount_or_null(fact.amount);
  out["currency"] = fact.currency_assumed ? json::value() : currency_or_null(fact.amount);
  const bool known = fact.stage != StagePlace();
  out["stage"] = known ? json::value(stage_json(fact.stage)) : json::value();
  if (!fact.owner.empty()) out["owner"] = fact.owner;
  if (!fact.actor.empty()) out["actor"] = fact.actor;
  if (!fact.lost_reason.empty()) out["lost_reason"] = fact.lost_reason;
  if (!fact.tags.empty()) out["tags"] = json::value_from(fact.tags);
  if (fact.opened_at) out["opened_at"] = time_or_null(fact.opened_at);
}

void add(json::object& out, const LoggedFact& fact) {
  out["deal"] = fact.deal;
  out["touch"] = fact.kind;
  out["direction"] = or_null(fact.direction);
  out["outcome"] = or_null(fact.outcome);
  if (fact.duration_s > 0) out["duration_s"] = fact.duration_s;
  out["text"] = or_null(fact.text);
}

void add(json::object& out, const TaskFact& fact) {
  out["deal"] = fact.deal;
  out["task"] = fact.kind;
  out["title"] = or_null(fact.title);
  out["due_at"] = time_or_null(fact.due);
  if (!fact.owner.empty()) out["owner"] = fact.owner;
}

void add(json::object& out, const ContactFact& fact) {
  out["account"] = or_null(fact.account);
  out["person"] = person_or_null(fact.person);
  out["company"] = or_null(fact.company);
  if (fact.is_company) out["is_company"] = true;
  if (!fact.owner.empty()) out["owner"] = fact.owner;
}

}  // namespace dealog::connectors::normalised_parts
