#include "libs/connectors/normalised_parts.hpp"

namespace dealog::connectors {

using namespace normalised_parts;

namespace {

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
  out["currency"] = lead.currency_assumed ? json::value() : currency_or_null(lead.amount);
  out["order_id"] = or_null(lead.order_id);
  if (!lead.signal.empty()) {
    out["signal"] = lead.signal;
    out["deal"] = or_null(lead.deal);
  }
  out["form_id"] = or_null(lead.form_id);
  out["page"] = or_null(lead.page);
  out["utm"] = object_of(lead.utm);
  out["lines"] = lines_json(lead.lines);
  out["answers"] = object_of(lead.answers);
  if (lead.stage) out["stage"] = stage_json(*lead.stage);
  if (!lead.account.empty()) out["account"] = lead.account;
  if (!lead.owner.empty()) out["owner"] = lead.owner;
  if (!lead.tags.empty()) out["tags"] = json::value_from(lead.tags);
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
  if (!payment.booked_on) return;
  out["direction"] = "in";
  out["occurred_on"] = payment.booked_on->text();
  out["purpose"] = or_null(payment.description);
  out["value_date"] = payment.value_date ? json::value(payment.value_date->text()) : json::value();
  out["end_to_end_id"] = or_null(payment.end_to_end_id);
  out["bank_ref"] = or_null(payment.bank_ref);
  out["account"] = or_null(payment.our_account);
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
  constexpr std::string_view kKinds[] = {"ignore",
                                         "lead",
                                         "payment",
                                         "refund",
                                         "touch.call",
                                         "touch.message",
                                         "touch.message.status",
                                         "touch.email",
                                         "stage",
                                         "contact",
                                         "touch.logged",
                                         "task"};
  return kKinds[content.index()];
}

json::object normalised(const Fact& fact) {
  json::object out{{"kind", fact.kind()}, {"key", fact.key}};
  out["external_id"] = or_null(fact.external_id);
  out["occurred_at"] = time_or_null(fact.occurred_at);
  std::visit([&](const auto& content) { add(out, content); }, fact.content);
  if (fact.sequence) out["seq"] = fact.sequence->number;
  if (fact.fetch) out["needs_enrichment"] = fact.fetch->needs;
  if (fact.item > 0) out["item"] = fact.item;
  return out;
}

}  // namespace dealog::connectors
