#include "libs/connectors/yookassa/yookassa.hpp"

#include <array>

#include "libs/base/encoding.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/fetched.hpp"
#include "libs/connectors/lead/contact.hpp"
#include "libs/connectors/parse/body.hpp"
#include "libs/connectors/parse/json.hpp"
#include "libs/connectors/payment/payment_fields.hpp"

namespace dealog::connectors::yookassa {
namespace {

constexpr std::string_view kApi = "https://api.yookassa.ru/v3";

// What a payment event says, and the state its object must then be in.
struct PaymentEvent {
  std::string_view event;
  std::string_view object_status;
  PaymentStatus status;
};
constexpr std::array<PaymentEvent, 3> kPaymentEvents{{
    {"payment.waiting_for_capture", "waiting_for_capture", PaymentStatus::kAuthorized},
    {"payment.succeeded", "succeeded", PaymentStatus::kPaid},
    {"payment.canceled", "canceled", PaymentStatus::kCanceled},
}};

Result<Money> money_of(const Node& object, std::string_view key) {
  const Node* money = object.find(key);
  const std::string name = "object." + std::string(key);
  if (!money) return field_missing(name);
  const std::string value = TRY(required_text(*money, "value", name + ".value"));
  const std::string currency = TRY(required_text(*money, "currency", name + ".currency"));
  return amount_field(value, currency, name);
}

Result<Timestamp> time_of(const Node& object, std::string_view key) {
  const std::string name = "object." + std::string(key);
  const std::string text = TRY(required_text(object, key, name));
  return time_field(text, "UTC", name);
}

Result<Fact> read_payment(const Node& object, const PaymentEvent& event, std::string_view country) {
  const std::string id = TRY(required_text(object, "id", "object.id"));
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
  return payment_fact("yookassa", id, at, std::move(payment));
}

Result<Fact> read_refund(const Node& object) {
  const std::string id = TRY(required_text(object, "id", "object.id"));
  if (object.text_of("status") != "succeeded") {
    return fail(ErrorKind::kInvalid, "status_mismatch",
                "the event is refund.succeeded but object.status says something else");
  }
  RefundFact refund;
  refund.payment_id = TRY(required_text(object, "payment_id", "object.payment_id"));
  refund.amount = TRY(money_of(object, "amount"));
  refund.description = utf8_prefix(object.text_of("description").value_or(""), kShortTextBytes);
  refund.test = object.text_of("test") == "true";
  const Timestamp at = TRY(time_of(object, "created_at"));
  return Fact{delivery_key("yookassa:refund", id), id, at, {}, std::move(refund)};
}

// What is read again. A hook that says too early, or falsely, that a payment is there must not
// stand in the way of the day on which it is: then the answer is "not yet", and it is asked for
// later.
constexpr std::string_view kPayment = "payment";
constexpr std::string_view kPaid = "payment-paid";
constexpr std::string_view kRefund = "refund";

// Whoever gives the key of the API has everything read again there: the hook is not signed.
Fact read_again(Fact fact, const SourceSettings& settings) {
  if (settings.secret("api") == nullptr) return fact;
  const auto* payment = std::get_if<PaymentFact>(&fact.content);
  const bool paid = payment != nullptr && payment->status == PaymentStatus::kPaid;
  const auto what = payment == nullptr ? kRefund : paid ? kPaid : kPayment;
  fact.fetch = FetchPlan{std::string(what), fact.external_id, "the hook is not signed"};
  return fact;
}

// An object that was read again says of itself in which state it is.
Result<std::vector<Fact>> read_answer(std::string_view what, const Node& object,
                                      const SourceSettings& settings) {
  if (what == kRefund) return std::vector{TRY(read_refund(object))};
  if (what != kPayment && what != kPaid) return ignored("answer_not_used");
  const std::string status = TRY(required_text(object, "status", "object.status"));
  if (what == kPaid && (status == "pending" || status == "waiting_for_capture")) {
    return ignored(kNotYet);
  }
  for (const auto& known : kPaymentEvents) {
    if (known.object_status != status) continue;
    return std::vector{TRY(read_payment(object, known, settings.country))};
  }
  return ignored("payment_" + status.substr(0, 40));
}

class YooKassa final : public Provider {
 public:
  std::string_view name() const override { return "yookassa"; }
  std::uint32_t decoder_version() const override { return 2; }

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
    const auto what = fetched_what(delivery);
    if (!what.empty()) {
      const Node object = TRY(parse_json(delivery.body));
      return read_answer(what, object, settings);
    }
    if (delivery.method == "GET") {
      return ignored("connection_check");
    }
    const Body body = TRY(parse_body(delivery));
    const std::string event = TRY(required_text(body.tree, "event", "event"));
    const Node* object = body.tree.find("object");
    if (!object || object->kind != Node::Kind::kMap) return field_missing("object");
    for (const auto& known : kPaymentEvents) {
      if (known.event == event) {
        return std::vector{
            read_again(TRY(read_payment(*object, known, settings.country)), settings)};
      }
    }
    if (event == "refund.succeeded") {
      return std::vector{read_again(TRY(read_refund(*object)), settings)};
    }
    // Payouts, saved payment methods and deals of marketplaces: nothing of ours changes.
    return ignored("event_not_used");
  }

  // The secret "api" is "<shop id>:<secret key>".
  Result<ApiRequest> ask(const FetchPlan& plan, const SourceSettings& settings) const override {
    const bool payment = plan.what == kPayment || plan.what == kPaid;
    if (!payment && plan.what != kRefund) return Provider::ask(plan, settings);
    const std::string* key = settings.secret("api");
    if (!key) {
      return fail(ErrorKind::kInvalid, "api_key_missing",
                  "the source has no secret \"api\", which is <shop id>:<secret key>");
    }
    const std::string base = settings.api_url.empty() ? std::string(kApi) : settings.api_url;
    return ApiRequest{
        .url = base + (payment ? "/payments/" : "/refunds/") + percent_encode(plan.id),
        .headers = {{"Authorization", "Basic " + to_base64(*key)}}};
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
