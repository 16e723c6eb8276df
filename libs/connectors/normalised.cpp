#include "libs/connectors/fact.hpp"

namespace dealog::connectors {
namespace {

namespace json = boost::json;

json::value or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

json::value amount_or_null(const std::optional<Money>& money) {
  return money ? json::value(money->decimal()) : json::value(nullptr);
}

json::value currency_or_null(const std::optional<Money>& money) {
  return money ? json::value(money->currency.code()) : json::value(nullptr);
}

// RFC 3339 with as many groups of digits as the instant has: none, milliseconds, microseconds.
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
  return out;
}

json::array lines_json(const std::vector<ProductLine>& lines) {
  json::array out;
  for (const auto& line : lines) {
    out.push_back(json::object{{"title", line.title},
                               {"sku", or_null(line.sku)},
                               {"options", or_null(line.options)},
                               {"quantity", or_null(line.quantity)},
                               {"unit_price", amount_or_null(line.unit_price)},
                               {"amount", amount_or_null(line.amount)}});
  }
  return out;
}

void add(json::object& out, const IgnoreFact& ignored) {
  out["reason"] = ignored.reason;
  for (const auto& [name, value] : ignored.about) {
    const auto dot = name.find('.');
    if (dot == std::string::npos) {
      out[name] = value;
      continue;
    }
    json::value& inner = out[name.substr(0, dot)];
    if (!inner.is_object()) inner = json::object();
    inner.get_object()[name.substr(dot + 1)] = value;
  }
}

void add(json::object& out, const LeadFact& lead) {
  out["person"] = person_or_null(lead.person);
  out["messenger_hint"] = or_null(lead.messenger_hint);
  out["company"] = or_null(lead.company);
  out["title"] = or_null(lead.title);
  out["comment"] = or_null(lead.comment);
  out["amount"] = amount_or_null(lead.amount);
  out["currency"] = currency_or_null(lead.amount);
  out["order_id"] = or_null(lead.order_id);
  out["form_id"] = or_null(lead.form_id);
  out["page"] = or_null(lead.page);
  out["utm"] = object_of(lead.utm);
  out["lines"] = lines_json(lead.lines);
  out["answers"] = object_of(lead.answers);
}

void add(json::object& out, const PaymentFact& payment) {
  out["status"] = to_text(payment.status);
  out["person"] = person_or_null(payment.person);
  out["amount"] = payment.amount.decimal();
  out["net_amount"] = amount_or_null(payment.net_amount);
  if (payment.fee) out["fee"] = payment.fee->decimal();
  out["currency"] = payment.amount.currency.code();
  out["order_id"] = or_null(payment.order_id);
  if (!payment.lead_ref.empty()) out["lead_ref"] = payment.lead_ref;
  out["description"] = or_null(payment.description);
  if (!payment.reason.empty()) out["reason"] = payment.reason;
  out["metadata"] = object_of(payment.metadata);
  out["test"] = payment.test;
}

void add(json::object& out, const RefundFact& refund) {
  out["status"] = "refunded";
  out["payment_id"] = refund.payment_id;
  out["amount"] = refund.amount.decimal();
  out["currency"] = refund.amount.currency.code();
  out["description"] = or_null(refund.description);
  out["test"] = refund.test;
}

}  // namespace

std::string_view to_text(PaymentStatus status) {
  switch (status) {
    case PaymentStatus::kPending:
      return "pending";
    case PaymentStatus::kAuthorized:
      return "authorized";
    case PaymentStatus::kPaid:
      return "paid";
    case PaymentStatus::kFailed:
      return "failed";
    case PaymentStatus::kCanceled:
      return "canceled";
  }
  return "pending";
}

std::string_view Fact::kind() const {
  if (const auto* ignored = std::get_if<IgnoreFact>(&content)) return ignored->what;
  constexpr std::string_view kKinds[] = {"ignore", "lead", "payment", "refund"};
  return kKinds[content.index()];
}

json::object normalised(const Fact& fact) {
  json::object out{{"kind", fact.kind()}, {"key", fact.key}};
  out["external_id"] = or_null(fact.external_id);
  out["occurred_at"] = time_or_null(fact.occurred_at);
  std::visit([&](const auto& content) { add(out, content); }, fact.content);
  return out;
}

}  // namespace dealog::connectors
