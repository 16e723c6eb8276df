#include "libs/connectors/stripe/stripe.hpp"

#include <array>

#include "libs/base/text.hpp"
#include "libs/connectors/lead/contact.hpp"
#include "libs/connectors/parse/body.hpp"
#include "libs/connectors/parse/times.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/signature/schemes.hpp"
#include "libs/connectors/stripe/stripe_amount.hpp"

namespace dealog::connectors::stripe {
namespace {

struct PaymentEvent {
  std::string_view type;
  PaymentStatus status;
  std::string_view amount;  // the field that says how much in this state
};
constexpr std::array<PaymentEvent, 5> kIntentEvents{{
    {"payment_intent.succeeded", PaymentStatus::kPaid, "amount_received"},
    {"payment_intent.processing", PaymentStatus::kPending, "amount"},
    {"payment_intent.amount_capturable_updated", PaymentStatus::kAuthorized, "amount_capturable"},
    {"payment_intent.payment_failed", PaymentStatus::kFailed, "amount"},
    {"payment_intent.canceled", PaymentStatus::kCanceled, "amount"},
}};
// Of a payment intent they tell what its own events tell, of the same payment; a source may be set
// up to hear of either.
constexpr std::array<PaymentEvent, 4> kChargeEvents{{
    {"charge.succeeded", PaymentStatus::kPaid, "amount"},
    {"charge.captured", PaymentStatus::kPaid, "amount_captured"},
    {"charge.pending", PaymentStatus::kPending, "amount"},
    {"charge.failed", PaymentStatus::kFailed, "amount"},
}};

Result<Money> money_of(const Node& object, std::string_view key) {
  const std::string name = "data.object." + std::string(key);
  const std::string units = TRY(required_text(object, key, name));
  const std::string currency = TRY(required_text(object, "currency", "data.object.currency"));
  auto amount = amount_of(units, currency);
  if (amount) return amount;
  return fail(ErrorKind::kInvalid, amount.error().code,
              name + " is not an amount in the smallest units of a known currency");
}

Result<Timestamp> time_of(const Node& event) {
  const std::string text = TRY(required_text(event, "created", "created"));
  const auto time = parse_unix_time(text);
  if (time) return *time;
  return fail(ErrorKind::kInvalid, "invalid_time", "created is not a time in seconds");
}

// An object that Stripe sends as its id or, expanded, as a whole.
std::string id_of(const Node& object, std::string_view key) {
  const Node* node = object.find(key);
  if (!node || node->is_null()) return {};
  if (node->is_scalar()) return node->text;
  return node->text_of("id").value_or("");
}

void read_person(PaymentFact& payment, const Node& object, std::string_view country) {
  const Node* billing = object.find("billing_details");
  if (!billing) billing = object.find({"latest_charge", "billing_details"});
  if (!billing) billing = object.find({"charges", "data", "0", "billing_details"});
  const Node* shipping = object.find("shipping");
  const auto text = [&](std::string_view key) {
    std::string value = billing ? first_text(*billing, {key}) : "";
    if (value.empty() && shipping) value = first_text(*shipping, {key});
    return value;
  };
  std::string email = first_text(object, {"receipt_email"});
  if (email.empty()) email = text("email");
  payment.person = make_contact(text("name"), text("phone"), email, country);
  payment.person.account = utf8_prefix(id_of(object, "customer"), kShortTextBytes);
}

std::string reason_of(const Node& object) {
  for (const auto* key : {"last_payment_error", "outcome"}) {
    const Node* error = object.find(key);
    if (!error || error->is_scalar()) continue;
    const std::string reason = first_text(*error, {"decline_code", "code", "reason", "type"});
    if (!reason.empty()) return reason;
  }
  return first_text(object, {"cancellation_reason", "failure_code"});
}

Result<Fact> read_payment(const Node& event, const Node& object, const PaymentEvent& known,
                          const SourceSettings& settings) {
  const std::string id = TRY(required_text(object, "id", "data.object.id"));
  PaymentFact payment;
  payment.status = known.status;
  // Older events lack the field of the state and have only the total.
  payment.amount = TRY(money_of(object, object.text_of(known.amount) ? known.amount : "amount"));
  payment.description = utf8_prefix(first_text(object, {"description"}), kShortTextBytes);
  if (known.status == PaymentStatus::kFailed || known.status == PaymentStatus::kCanceled) {
    payment.reason = reason_of(object);
  }
  payment.test = event.text_of("livemode") == "false";
  read_person(payment, object, settings.country);
  if (const Node* metadata = object.find("metadata")) {
    read_metadata(payment, *metadata, settings.country);
  }
  const Timestamp at = TRY(time_of(event));
  return payment_fact("stripe", id, at, std::move(payment));
}

std::string payment_of(const Node& object, std::string_view charge_key) {
  const std::string intent = id_of(object, "payment_intent");
  return intent.empty() ? id_of(object, charge_key) : intent;
}

// A charge that is not captured yet only holds the money.
Result<Fact> read_charge(const Node& event, const Node& object, PaymentEvent known,
                         const SourceSettings& settings) {
  const bool held = known.type == "charge.succeeded" && object.text_of("captured") == "false";
  if (held) known.status = PaymentStatus::kAuthorized;
  Fact charge = TRY(read_payment(event, object, known, settings));
  return payment_fact("stripe", payment_of(object, "id"), charge.occurred_at,
                      std::get<PaymentFact>(std::move(charge.content)));
}

// Stripe's own page of payment. What a subscription is paid with is told by its invoices' intents.
Result<std::vector<Fact>> read_checkout(const Node& event, const Node& object,
                                        const SourceSettings& settings) {
  if (first_text(object, {"payment_status"}) != "paid") return ignored("payment_pending");
  const std::string intent = id_of(object, "payment_intent");
  if (intent.empty()) return ignored("told_by_payment_intent");
  PaymentFact payment;
  payment.status = PaymentStatus::kPaid;
  payment.amount = TRY(money_of(object, "amount_total"));
  payment.test = event.text_of("livemode") == "false";
  const Node none = Node::map();
  const Node* told = object.find("customer_details");
  const Node& customer = told && !told->is_scalar() ? *told : none;
  std::string email = first_text(customer, {"email"});
  if (email.empty()) email = first_text(object, {"customer_email"});
  payment.person = make_contact(first_text(customer, {"name"}), first_text(customer, {"phone"}),
                                email, settings.country);
  payment.person.account = utf8_prefix(id_of(object, "customer"), kShortTextBytes);
  payment.lead_ref = utf8_prefix(first_text(object, {"client_reference_id"}), kShortTextBytes);
  if (const Node* metadata = object.find("metadata")) {
    read_metadata(payment, *metadata, settings.country);
  }
  return std::vector{payment_fact("stripe", intent, TRY(time_of(event)), std::move(payment))};
}

// One refund is told twice, as charge.refunded and as refund.created. Both name the request that
// made it, which makes one key of the two.
std::string refund_key(const Node& event, const std::string& payment, const std::string& own) {
  const std::string request = id_of(event, "request");
  return delivery_key("stripe:refund", request.empty() ? own : payment + ":request:" + request);
}

Result<std::vector<Fact>> read_refund(const Node& event, const Node& object) {
  const std::string status = first_text(object, {"status"});
  if (status == "failed" || status == "canceled") {
    return fail(ErrorKind::kInvalid, "refund_undone",
                "a refund that was told before did not happen; look at the payment");
  }
  const std::string id = TRY(required_text(object, "id", "data.object.id"));
  RefundFact refund;
  refund.payment_id = payment_of(object, "charge");
  if (refund.payment_id.empty()) return field_missing("data.object.payment_intent");
  refund.amount = TRY(money_of(object, "amount"));
  refund.description = first_text(object, {"reason", "description"});
  refund.test = event.text_of("livemode") == "false";
  const Timestamp at = TRY(time_of(event));
  const std::string key = refund_key(event, refund.payment_id, id);
  return std::vector{Fact{key, id, at, {}, std::move(refund)}};
}

// A charge says how much of it went back in all; what is new is the difference.
Result<std::vector<Fact>> read_refunded_charge(const Node& event, const Node& object) {
  const std::string charge = TRY(required_text(object, "id", "data.object.id"));
  const Money total = TRY(money_of(object, "amount_refunded"));
  RefundFact refund;
  refund.payment_id = payment_of(object, "id");
  refund.amount = total;
  refund.test = event.text_of("livemode") == "false";
  const std::string currency = first_text(object, {"currency"});
  const auto before = event.text_of({"data", "previous_attributes", "amount_refunded"});
  if (before) {
    const Money earlier = TRY(amount_of(*before, currency));
    refund.amount = TRY(subtract(total, earlier));
  }
  if (refund.amount.minor <= 0) return ignored("nothing_refunded");
  const std::string newest = object.text_of({"refunds", "data", "0", "id"}).value_or("");
  const std::string own = charge + ":" + std::to_string(total.minor);
  const Timestamp at = TRY(time_of(event));
  const std::string key = refund_key(event, refund.payment_id, newest.empty() ? own : newest);
  return std::vector{Fact{key, newest.empty() ? own : newest, at, {}, std::move(refund)}};
}

Result<std::vector<Fact>> read(const Node& event, const SourceSettings& settings) {
  const std::string type = TRY(required_text(event, "type", "type"));
  const Node* object = event.find({"data", "object"});
  if (!object || object->kind != Node::Kind::kMap) return field_missing("data.object");
  for (const auto& known : kIntentEvents) {
    if (known.type == type) return std::vector{TRY(read_payment(event, *object, known, settings))};
  }
  for (const auto& known : kChargeEvents) {
    if (known.type == type) return std::vector{TRY(read_charge(event, *object, known, settings))};
  }
  if (type == "checkout.session.completed" || type == "checkout.session.async_payment_succeeded") {
    return read_checkout(event, *object, settings);
  }
  if (type == "charge.refunded") return read_refunded_charge(event, *object);
  if (type == "refund.created" || type == "refund.failed") return read_refund(event, *object);
  return ignored("event_not_used");
}

class Stripe final : public Provider {
 public:
  std::string_view name() const override { return "stripe"; }
  std::uint32_t decoder_version() const override { return 2; }

  Reception receive(const Delivery& delivery, const SourceSettings&) const override {
    if (delivery.method == "GET") return {Reception::Kind::kPing, {}};
    const auto body = parse_body(delivery);
    if (!body) return {Reception::Kind::kStore, body_key("stripe", delivery), {}, body.error()};
    const std::string id = first_text(body->tree, {"id"});
    if (id.empty()) return {Reception::Kind::kStore, body_key("stripe", delivery)};
    return {Reception::Kind::kStore, delivery_key("stripe", id)};
  }

  Answer answer(const Delivery&, const SourceSettings&, Outcome) const override {
    return {200, {}, {}};
  }

  Result<std::vector<Fact>> decode(const Delivery& delivery,
                                   const SourceSettings& settings) const override {
    if (delivery.method == "GET") return ignored("connection_check");
    const Body body = TRY(parse_body(delivery));
    return read(body.tree, settings);
  }

  std::vector<FieldError> complete_settings(SourceSettings& settings) const override {
    return require_secret(Provider::complete_settings(settings), settings,
                          "the endpoint's signing secret (whsec_…) is needed");
  }

 protected:
  Verdict authenticate(const Delivery& delivery, const SourceSettings& settings) const override {
    if (delivery.method == "GET") return Verdict::accepted();
    BodySignature signature;
    signature.scheme = BodySignature::Scheme::kStripe;
    return check_signature_scheme(delivery, settings, signature);
  }
};

}  // namespace

const Provider& provider() {
  static const Stripe kStripe;
  return kStripe;
}

}  // namespace dealog::connectors::stripe
