#include "libs/connectors/payment/payment_fields.hpp"

#include "libs/base/text.hpp"
#include "libs/connectors/lead/contact.hpp"
#include "libs/connectors/parse/amounts.hpp"
#include "libs/connectors/parse/times.hpp"
#include "libs/connectors/provider.hpp"

namespace dealog::connectors {
namespace {

// A held payment comes before what ends it; a failed attempt may be followed by a good one.
std::int64_t order_of(PaymentStatus status) {
  switch (status) {
    case PaymentStatus::kPending:
      return 0;
    case PaymentStatus::kAuthorized:
    case PaymentStatus::kFailed:
      return 1;
    case PaymentStatus::kPaid:
    case PaymentStatus::kCanceled:
      return 2;
  }
  return 0;
}

void fill(std::string& place, std::string value) {
  if (place.empty()) place = utf8_prefix(value, kShortTextBytes);
}

}  // namespace

std::unexpected<Error> field_missing(std::string_view field) {
  return fail(ErrorKind::kInvalid, "field_missing", "the notification lacks " + std::string(field));
}

Result<std::string> required_text(const Node& node, std::string_view key,
                                  std::string_view full_name) {
  const auto text = node.text_of(key);
  if (!text || trim(*text).empty()) return field_missing(full_name);
  return std::string(trim(*text));
}

std::string first_text(const Node& node, std::initializer_list<std::string_view> keys) {
  for (const auto key : keys) {
    const auto text = node.text_of(key);
    if (text && !trim(*text).empty()) return std::string(trim(*text));
  }
  return {};
}

Result<Money> amount_field(std::string_view text, std::string_view currency,
                           std::string_view full_name) {
  auto amount = parse_amount(text, currency);
  if (amount) return amount;
  return fail(ErrorKind::kInvalid, amount.error().code,
              std::string(full_name) + " is not a positive decimal amount in a known currency");
}

Result<Timestamp> time_field(std::string_view text, std::string_view zone,
                             std::string_view full_name) {
  auto time = parse_time(text, zone);
  if (time) return time;
  return fail(ErrorKind::kInvalid, "invalid_time", std::string(full_name) + " is not a time");
}

void read_metadata(PaymentFact& payment, const Node& metadata, std::string_view country) {
  fill(payment.order_id,
       first_text(metadata, {"invoice", "invoice_number", "invoice_no", "invoice_id", "invoiceId",
                             "order_id", "orderId", "order_number", "orderNumber", "order"}));
  fill(payment.lead_ref, first_text(metadata, {"lead_id", "leadId", "lead", "deal_id", "dealId"}));
  const Contact person = make_contact(
      first_text(metadata, {"customer_name", "customerName", "name", "full_name", "Name"}),
      first_text(metadata, {"customer_phone", "customerPhone", "phone", "Phone"}),
      first_text(metadata, {"customer_email", "customerEmail", "email", "Email", "EMail"}),
      country);
  Contact& known = payment.person;
  if (known.name.empty()) known.name = person.name;
  if (known.phone_raw.empty()) {
    known.phone_raw = person.phone_raw;
    known.phone = person.phone;
    known.phone_valid = person.phone_valid;
    known.phone_mobile = person.phone_mobile;
  }
  if (known.email_raw.empty()) {
    known.email_raw = person.email_raw;
    known.email = person.email;
  }
  for (const auto& leaf : leaves(metadata)) {
    if (payment.metadata.size() == kPaymentMetadata) break;
    payment.metadata.emplace_back(leaf.name, leaf.node->text);
  }
}

Fact payment_fact(std::string_view provider, const std::string& id,
                  std::optional<Timestamp> occurred_at, PaymentFact payment) {
  const std::string scope = delivery_key(std::string(provider) + ":payment", id);
  return Fact{scope + ":" + std::string(to_text(payment.status)), id, occurred_at,
              Sequence{scope, order_of(payment.status)}, std::move(payment)};
}

std::vector<Fact> ignored(std::string_view reason, std::string_view what) {
  return {Fact{"ignore", "", {}, {}, IgnoreFact{std::string(reason), what}}};
}

}  // namespace dealog::connectors
