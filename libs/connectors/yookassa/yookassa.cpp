#include "libs/connectors/yookassa/yookassa.hpp"

#include <array>

#include "libs/base/text.hpp"
#include "libs/connectors/lead/contact.hpp"
#include "libs/connectors/parse/amounts.hpp"
#include "libs/connectors/parse/body.hpp"
#include "libs/connectors/parse/times.hpp"

namespace dealog::connectors::yookassa {
namespace {

constexpr std::size_t kMetadata = 32;  // the provider itself allows 16

// What a payment event says, and the state its object must then be in.
struct PaymentEvent {
  std::string_view event;
  std::string_view object_status;
  PaymentStatus status;
  std::int64_t order;  // within one payment
};
constexpr std::array<PaymentEvent, 3> kPaymentEvents{{
    {"payment.waiting_for_capture", "waiting_for_capture", PaymentStatus::kAuthorized, 1},
    {"payment.succeeded", "succeeded", PaymentStatus::kPaid, 2},
    {"payment.canceled", "canceled", PaymentStatus::kCanceled, 2},
}};

std::unexpected<Error> missing(std::string_view field) {
  return fail(ErrorKind::kInvalid, "field_missing", "the notification lacks " + std::string(field));
}

Result<std::string> required(const Node& node, std::string_view key, std::string_view full_name) {
  auto text = node.text_of(key);
  if (!text || trim(*text).empty()) return missing(full_name);
  return std::string(trim(*text));
}

Result<Money> money_of(const Node& object, std::string_view key) {
  const Node* money = object.find(key);
  const std::string name = "object." + std::string(key);
  if (!money) return missing(name);
  const std::string value = TRY(required(*money, "value", name + ".value"));
  const std::string currency = TRY(required(*money, "currency", name + ".currency"));
  auto parsed = parse_amount(value, currency);
  if (!parsed) {
    return fail(ErrorKind::kInvalid, parsed.error().code,
                name + " is not a positive decimal amount in a known currency");
  }
  return *parsed;
}

Result<Timestamp> time_of(const Node& object, std::string_view key) {
  const std::string name = "object." + std::string(key);
  const std::string text = TRY(required(object, key, name));
  auto time = parse_time(text, "UTC");
  if (!time) return fail(ErrorKind::kInvalid, "invalid_time", name + " is not a time");
  return *time;
}

// The first of several spellings that shops use in their metadata.
std::string first_of(const Node& metadata, std::initializer_list<std::string_view> keys) {
  for (const auto key : keys) {
    const auto text = metadata.text_of(key);
    if (text && !trim(*text).empty()) return std::string(trim(*text));
  }
  return {};
}

void read_metadata(PaymentFact& payment, const Node& metadata, std::string_view country) {
  payment.order_id = utf8_prefix(
      first_of(metadata, {"invoice", "invoice_number", "invoice_no", "invoice_id", "invoiceId",
                          "order_id", "orderId", "order_number", "orderNumber", "order"}),
      kShortTextBytes);
  payment.person =
      make_contact(first_of(metadata, {"customer_name", "customerName", "name", "full_name"}),
                   first_of(metadata, {"customer_phone", "customerPhone", "phone"}),
                   first_of(metadata, {"customer_email", "customerEmail", "email"}), country);
  for (const auto& leaf : leaves(metadata)) {
    if (payment.metadata.size() == kMetadata) break;
    payment.metadata.emplace_back(leaf.name, leaf.node->text);
  }
}

Result<Fact> payment_fact(const Node& object, const PaymentEvent& event, std::string_view country) {
  const std::string id = TRY(required(object, "id", "object.id"));
  if (object.text_of("status") != event.object_status) {
    return fail(
        ErrorKind::kInvalid, "status_mismatch",
        "the event is " + std::string(event.event) + " but object.status says something else");
  }
  PaymentFact payment;
  payment.status = event.status;
  payment.amount = TRY(money_of(object, "amount"));
  if (object.find("income_amount")) payment.net_amount = TRY(money_of(object, "income_amount"));
  payment.description = utf8_prefix(object.text_of("description").value_or(""), kShortTextBytes);
  payment.reason = object.text_of({"cancellation_details", "reason"}).value_or("");
  payment.test = object.text_of("test") == "true";
  if (const Node* metadata = object.find("metadata")) read_metadata(payment, *metadata, country);
  const bool captured = event.status == PaymentStatus::kPaid && object.text_of("captured_at");
  const Timestamp at = TRY(time_of(object, captured ? "captured_at" : "created_at"));
  const std::string scope = delivery_key("yookassa:payment", id);
  return Fact{scope + ":" + std::string(to_text(event.status)), id, at,
              Sequence{scope, event.order}, std::move(payment)};
}

Result<Fact> refund_fact(const Node& object) {
  const std::string id = TRY(required(object, "id", "object.id"));
  if (object.text_of("status") != "succeeded") {
    return fail(ErrorKind::kInvalid, "status_mismatch",
                "the event is refund.succeeded but object.status says something else");
  }
  RefundFact refund;
  refund.payment_id = TRY(required(object, "payment_id", "object.payment_id"));
  refund.amount = TRY(money_of(object, "amount"));
  refund.description = utf8_prefix(object.text_of("description").value_or(""), kShortTextBytes);
  refund.test = object.text_of("test") == "true";
  const Timestamp at = TRY(time_of(object, "created_at"));
  return Fact{delivery_key("yookassa:refund", id), id, at, {}, std::move(refund)};
}

class YooKassa final : public Provider {
 public:
  std::string_view name() const override { return "yookassa"; }
  std::uint32_t decoder_version() const override { return 1; }

  Reception receive(const Delivery& delivery, const SourceSettings&) const override {
    if (delivery.method == "GET") return {Reception::Kind::kPing, {}};
    const auto body = parse_body(delivery);
    if (!body) return {Reception::Kind::kStore, body_key("yookassa", delivery), {}, body.error()};
    const auto event = body->tree.text_of("event");
    const auto id = body->tree.text_of({"object", "id"});
    if (!event || !id) return {Reception::Kind::kStore, body_key("yookassa", delivery)};
    return {Reception::Kind::kStore, delivery_key("yookassa", *event + ":" + *id)};
  }

  Answer answer(const Delivery&, const SourceSettings&, Outcome) const override {
    return {200, {}, {}};
  }

  Result<std::vector<Fact>> decode(const Delivery& delivery,
                                   const SourceSettings& settings) const override {
    if (delivery.method == "GET") {
      return std::vector{Fact{"ignore", "", {}, {}, IgnoreFact{"connection_check"}}};
    }
    const Body body = TRY(parse_body(delivery));
    const std::string event = TRY(required(body.tree, "event", "event"));
    const Node* object = body.tree.find("object");
    if (!object || object->kind != Node::Kind::kMap) return missing("object");
    for (const auto& known : kPaymentEvents) {
      if (known.event == event) {
        return std::vector{TRY(payment_fact(*object, known, settings.country))};
      }
    }
    if (event == "refund.succeeded") return std::vector{TRY(refund_fact(*object))};
    // Payouts, saved payment methods and deals of marketplaces: nothing of ours changes.
    return std::vector{Fact{"ignore", "", {}, {}, IgnoreFact{"event_not_used"}}};
  }

  std::vector<FieldError> complete_settings(SourceSettings& settings) const override {
    if (settings.auth.in != KeyPlace::In::kNone || settings.signature) {
      return {{"/settings/auth", "not_supported",
               "YooKassa sends no key; its deliveries are known by its networks"}};
    }
    return Provider::complete_settings(settings);
  }

 protected:
  std::span<const IpNetwork> published_networks() const override {
    static const auto kNetworks =
        networks_of({"185.71.76.0/27", "185.71.77.0/27", "77.75.153.0/25", "77.75.156.11",
                     "77.75.156.35", "77.75.154.128/25", "2a02:5180::/32"});
    return kNetworks;
  }
  bool checks_networks_by_default() const override { return true; }
  Verdict authenticate(const Delivery&, const SourceSettings&) const override {
    return Verdict::accepted();
  }
};

}  // namespace

const Provider& provider() {
  static const YooKassa kYooKassa;
  return kYooKassa;
}

}  // namespace dealog::connectors::yookassa
