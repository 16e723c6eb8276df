#include "libs/connectors/paypal/paypal.hpp"

#include <array>

#include <boost/url/parse.hpp>

#include "libs/base/encoding.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/lead/contact.hpp"
#include "libs/connectors/parse/body.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/signature/digest.hpp"

namespace dealog::connectors::paypal {
namespace {

struct PaymentEvent {
  std::string_view type;
  PaymentStatus status;
};
// Captures are of the second API, sales of the first; both are in use.
constexpr std::array<PaymentEvent, 9> kPaymentEvents{{
    {"PAYMENT.CAPTURE.COMPLETED", PaymentStatus::kPaid},
    {"PAYMENT.CAPTURE.PENDING", PaymentStatus::kPending},
    {"PAYMENT.CAPTURE.DENIED", PaymentStatus::kFailed},
    {"PAYMENT.CAPTURE.DECLINED", PaymentStatus::kFailed},
    {"PAYMENT.SALE.COMPLETED", PaymentStatus::kPaid},
    {"PAYMENT.SALE.PENDING", PaymentStatus::kPending},
    {"PAYMENT.SALE.DENIED", PaymentStatus::kFailed},
    {"PAYMENT.AUTHORIZATION.CREATED", PaymentStatus::kAuthorized},
    {"PAYMENT.AUTHORIZATION.VOIDED", PaymentStatus::kCanceled},
}};

// A reversal takes money back as a refund does, only that PayPal decided it.
constexpr std::array<std::string_view, 4> kRefundEvents{
    "PAYMENT.CAPTURE.REFUNDED", "PAYMENT.CAPTURE.REVERSED", "PAYMENT.SALE.REFUNDED",
    "PAYMENT.SALE.REVERSED"};

const std::string* webhook_id(const SourceSettings& settings) {
  const std::string* named = settings.secret("webhook_id");
  return named ? named : settings.secret();
}

// {"value", "currency_code"} of the second API, {"total" or "value", "currency"} of the first.
Result<Money> money_of(const Node& money, const std::string& name) {
  std::string value = first_text(money, {"value", "total"});
  const std::string currency = first_text(money, {"currency_code", "currency"});
  if (value.empty()) return field_missing(name + ".value");
  if (currency.empty()) return field_missing(name + ".currency");
  if (value.starts_with('-')) value.erase(0, 1);  // refunds of the first API are negative
  return amount_field(value, currency, name);
}

Result<std::optional<Money>> money_at(const Node& resource,
                                      std::initializer_list<std::string_view> keys,
                                      const std::string& name) {
  const Node* money = resource.find(keys);
  if (!money || money->is_scalar()) return std::nullopt;
  return TRY(money_of(*money, name));
}

Result<Timestamp> time_of(const Node& event, const Node& resource) {
  std::string text = first_text(resource, {"update_time", "create_time"});
  if (text.empty()) text = TRY(required_text(event, "create_time", "create_time"));
  return time_field(text, "UTC", "resource.update_time");
}

Result<void> read_fee(PaymentFact& payment, const Node& resource) {
  const Node* breakdown = resource.find("seller_receivable_breakdown");
  payment.fee = breakdown ? TRY(money_at(*breakdown, {"paypal_fee"}, "paypal_fee"))
                          : TRY(money_at(resource, {"transaction_fee"}, "transaction_fee"));
  if (breakdown) payment.net_amount = TRY(money_at(*breakdown, {"net_amount"}, "net_amount"));
  if (payment.fee && !payment.net_amount && payment.fee->currency == payment.amount.currency) {
    const auto net = subtract(payment.amount, *payment.fee);
    if (net && net->minor >= 0) payment.net_amount = *net;
  }
  return {};
}

Result<Fact> read_payment(const Node& event, const Node& resource, PaymentStatus status,
                          const SourceSettings& settings) {
  const std::string id = TRY(required_text(resource, "id", "resource.id"));
  const Node* amount = resource.find("amount");
  if (!amount || amount->is_scalar()) return field_missing("resource.amount");
  PaymentFact payment;
  payment.status = status;
  payment.amount = TRY(money_of(*amount, "resource.amount"));
  TRY(read_fee(payment, resource));
  // What the shop attached: invoice_id and custom_id (v2), invoice_number and custom (v1).
  payment.order_id =
      utf8_prefix(first_text(resource, {"invoice_id", "invoice_number"}), kShortTextBytes);
  const std::string custom = first_text(resource, {"custom_id", "custom"});
  if (payment.order_id.empty()) {
    payment.order_id = utf8_prefix(custom, kShortTextBytes);
  } else {
    payment.lead_ref = utf8_prefix(custom, kShortTextBytes);
  }
  payment.description =
      utf8_prefix(first_text(resource, {"note_to_payer", "description"}), kShortTextBytes);
  payment.reason = first_text(resource, {"reason_code"});
  if (payment.reason.empty()) {
    payment.reason = resource.text_of({"status_details", "reason"}).value_or("");
  }
  if (const Node* payer = resource.find("payer"); payer && !payer->is_scalar()) {
    payment.person = make_contact("", "", first_text(*payer, {"email_address"}), settings.country);
  }
  const Timestamp at = TRY(time_of(event, resource));
  return payment_fact("paypal", id, at, std::move(payment));
}

// The payment that a refund belongs to: by its id in v1, by the link `up` in v2.
std::string refunded_payment(const Node& resource) {
  const std::string named = first_text(resource, {"sale_id", "capture_id"});
  if (!named.empty()) return named;
  const Node* links = resource.find("links");
  if (!links || links->is_scalar()) return {};
  for (const auto& [key, link] : links->entries) {
    if (link.text_of("rel") != "up" && link.text_of("rel") != "sale") continue;
    const std::string href = link.text_of("href").value_or("");
    const auto slash = href.rfind('/');
    if (slash != std::string::npos) return href.substr(slash + 1);
  }
  return {};
}

Result<Fact> read_refund(const Node& event, const Node& resource) {
  const std::string id = TRY(required_text(resource, "id", "resource.id"));
  RefundFact refund;
  refund.payment_id = refunded_payment(resource);
  // A reversal may send the payment itself.
  if (refund.payment_id.empty() && event.text_of("event_type").value_or("").ends_with("REVERSED")) {
    refund.payment_id = id;
  }
  if (refund.payment_id.empty()) return field_missing("the link to its payment");
  const Node* amount = resource.find("amount");
  if (!amount || amount->is_scalar()) return field_missing("resource.amount");
  refund.amount = TRY(money_of(*amount, "resource.amount"));
  refund.description = utf8_prefix(first_text(resource, {"note_to_payer", "reason", "reason_code"}),
                                   kShortTextBytes);
  const Timestamp at = TRY(time_of(event, resource));
  return Fact{delivery_key("paypal:refund", id), id, at, {}, std::move(refund)};
}

// Sandbox money is no money.
void mark_as_tests(std::vector<Fact>& facts) {
  for (auto& fact : facts) {
    if (auto* payment = std::get_if<PaymentFact>(&fact.content)) payment->test = true;
    if (auto* refund = std::get_if<RefundFact>(&fact.content)) refund->test = true;
  }
}

// Certificates come from PayPal's own hosts; anything else is an attempt.
bool is_paypal_url(std::string_view text) {
  const auto url = boost::urls::parse_uri(text);
  if (!url || url->scheme_id() != boost::urls::scheme::https || url->has_userinfo()) return false;
  const std::string host = to_lower_ascii(std::string_view(url->encoded_host()));
  return host == "api.paypal.com" || host == "api.sandbox.paypal.com" ||
         host.ends_with(".paypal.com");
}

// Verdict of what can be checked; `certificate` may be null.
Verdict check(const Delivery& delivery, const std::string& webhook,
              const std::string* certificate) {
  const std::string* id = delivery.header("paypal-transmission-id");
  const std::string* time = delivery.header("paypal-transmission-time");
  const std::string* given = delivery.header("paypal-transmission-sig");
  const std::string* url = delivery.header("paypal-cert-url");
  const std::string* algorithm = delivery.header("paypal-auth-algo");
  if (!id || !time || !given) return Verdict::unauthorised("signature_missing");
  if (!url || !is_paypal_url(*url)) return Verdict::unauthorised("certificate_not_of_paypal");
  if (algorithm && !equals_ignoring_case_ascii(*algorithm, "SHA256withRSA")) {
    return Verdict::unauthorised("algorithm_unknown");
  }
  const auto signature = from_base64(trim(*given));
  if (!signature || to_base64(*signature) != trim(*given)) {
    return Verdict::unauthorised("signature_wrong");
  }
  if (!certificate) return Verdict::accepted();
  const std::string text =
      *id + "|" + *time + "|" + webhook + "|" + std::to_string(crc32(delivery.body));
  return rsa_sha256_verifies(*certificate, text, *signature)
             ? Verdict::accepted()
             : Verdict::unauthorised("signature_wrong");
}

class PayPal final : public Provider {
 public:
  std::string_view name() const override { return "paypal"; }
  std::uint32_t decoder_version() const override { return 1; }

  Reception receive(const Delivery& delivery, const SourceSettings&) const override {
    if (delivery.method == "GET") return {Reception::Kind::kPing, {}};
    const auto body = parse_body(delivery);
    if (!body) return {Reception::Kind::kStore, body_key("paypal", delivery), {}, body.error()};
    const std::string id = first_text(body->tree, {"id"});
    if (id.empty()) return {Reception::Kind::kStore, body_key("paypal", delivery)};
    return {Reception::Kind::kStore, delivery_key("paypal", id)};
  }

  Answer answer(const Delivery&, const SourceSettings&, Outcome) const override {
    return {200, {}, {}};
  }

  // What was stored without proof is proved here, so that a certificate that comes later is enough
  // to replay it, and a forged delivery stays in quarantine for ever.
  Result<std::vector<Fact>> decode(const Delivery& delivery,
                                   const SourceSettings& settings) const override {
    if (delivery.method == "GET") return ignored("connection_check");
    const std::string* certificate = settings.secret("certificate");
    const std::string* webhook = webhook_id(settings);
    if (!certificate || !webhook) {
      return fail(
          ErrorKind::kInvalid, "certificate_missing",
          "nobody can tell whether this is from PayPal: add the certificate to the source's "
          "secret and replay the delivery");
    }
    if (!check(delivery, *webhook, certificate).ok()) {
      return fail(ErrorKind::kInvalid, "signature_wrong",
                  "the delivery does not carry PayPal's signature");
    }
    const Body body = TRY(parse_body(delivery));
    auto facts = TRY(read_event(body.tree, settings));
    const std::string* url = delivery.header("paypal-cert-url");
    if (url && url->find(".sandbox.") != std::string::npos) mark_as_tests(facts);
    return facts;
  }

  std::vector<FieldError> complete_settings(SourceSettings& settings) const override {
    auto errors = Provider::complete_settings(settings);
    if (!webhook_id(settings)) {
      errors = require_secret(std::move(errors), settings,
                              "the webhook's id is part of what PayPal signs");
    }
    const std::string* certificate = settings.secret("certificate");
    if (certificate && !is_certificate_pem(*certificate)) {
      errors.push_back(
          {"/secret/certificate", "invalid_value", "expected one or more certificates in PEM"});
    }
    return errors;
  }

 protected:
  Verdict authenticate(const Delivery& delivery, const SourceSettings& settings) const override {
    if (delivery.method == "GET") return Verdict::accepted();
    const std::string* webhook = webhook_id(settings);
    if (!webhook) return Verdict::unauthorised("secret_not_set");
    return check(delivery, *webhook, settings.secret("certificate"));
  }
};

}  // namespace

Result<std::vector<Fact>> read_event(const Node& event, const SourceSettings& settings) {
  const std::string type = TRY(required_text(event, "event_type", "event_type"));
  const Node* resource = event.find("resource");
  const auto has_resource = resource && resource->kind == Node::Kind::kMap;
  for (const auto& known : kPaymentEvents) {
    if (known.type != type) continue;
    if (!has_resource) return field_missing("resource");
    return std::vector{TRY(read_payment(event, *resource, known.status, settings))};
  }
  for (const auto known : kRefundEvents) {
    if (known != type) continue;
    if (!has_resource) return field_missing("resource");
    return std::vector{TRY(read_refund(event, *resource))};
  }
  return ignored("event_not_used");
}

const Provider& provider() {
  static const PayPal kPayPal;
  return kPayPal;
}

}  // namespace dealog::connectors::paypal
