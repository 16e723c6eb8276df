#include "libs/connectors/cloudpayments/cloudpayments.hpp"

#include <algorithm>
#include <array>

#include "libs/base/crypto.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/lead/contact.hpp"
#include "libs/connectors/parse/body.hpp"
#include "libs/connectors/parse/json.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/signature/digest.hpp"

namespace dealog::connectors::cloudpayments {
namespace {

constexpr std::array<std::string_view, 7> kKinds{"check",  "pay",    "fail",     "confirm",
                                                 "refund", "cancel", "recurrent"};

bool is_empty_get(const Delivery& delivery) {
  return (delivery.method == "GET" || delivery.method == "HEAD") && delivery.query.empty();
}

// The last segment of the address; "" when it is none of the known ones.
std::string_view kind_of_address(const Delivery& delivery) {
  std::string_view path = delivery.suffix;
  while (path.ends_with('/')) path.remove_suffix(1);
  path.remove_prefix(std::min(path.rfind('/') + 1, path.size()));
  for (const auto kind : kKinds) {
    if (equals_ignoring_case_ascii(kind, path)) return kind;
  }
  return {};
}

// One address for all notifications: the states that only one kind can carry tell it.
std::string_view kind_of(const Delivery& delivery, const Node& body) {
  if (const auto kind = kind_of_address(delivery); !kind.empty()) return kind;
  if (body.text_of("OperationType") == "Refund") return "refund";
  if (body.find("ReasonCode") || body.text_of("Status") == "Declined") return "fail";
  // A question before the charge carries a status, too, but the bank has given no code yet.
  if (body.find("AuthCode")) return "pay";
  return {};
}

std::unexpected<Error> kind_unknown() {
  return fail(ErrorKind::kInvalid, "notification_kind_unknown",
              "the address says not which notification this is; add /pay, /fail, /refund … to the "
              "hook's address in CloudPayments");
}

// Times come in UTC without a zone.
Result<std::optional<Timestamp>> time_of(const Node& body) {
  const std::string text = first_text(body, {"DateTime", "ConfirmDateTime"});
  if (text.empty()) return std::nullopt;
  return TRY(time_field(text, "UTC", "DateTime"));
}

// Refunds and cancellations name no currency: it is the payment's, which is the source's.
Result<Money> money_of(const Node& body, const SourceSettings& settings) {
  const std::string amount = TRY(required_text(body, "Amount", "Amount"));
  const std::string currency = first_text(body, {"Currency", "PaymentCurrency"});
  return amount_field(amount, currency.empty() ? settings.currency : currency, "Amount");
}

std::string description_of(const Node& body) {
  return std::string(utf8_prefix(first_text(body, {"Description"}), kShortTextBytes));
}

// `Data` is what the shop had attached: JSON as a text, or an object in a JSON notification. What
// is no JSON is the shop's own text and is left alone.
void read_data(PaymentFact& payment, const Node& body, const SourceSettings& settings) {
  const Node* data = body.find("Data");
  if (!data) data = body.find("JsonData");
  if (!data) return;
  if (!data->is_scalar()) return read_metadata(payment, *data, settings.country);
  if (auto parsed = parse_json(data->text)) read_metadata(payment, *parsed, settings.country);
}

Result<PaymentStatus> status_of(std::string_view kind, const Node& body) {
  if (kind == "fail") return PaymentStatus::kFailed;
  if (kind == "cancel") return PaymentStatus::kCanceled;
  if (kind == "confirm") return PaymentStatus::kPaid;
  // Of two steps the first one holds the money.
  const std::string status = first_text(body, {"Status"});
  if (status.empty() || status == "Completed") return PaymentStatus::kPaid;
  if (status == "Authorized") return PaymentStatus::kAuthorized;
  return fail(ErrorKind::kInvalid, "status_mismatch",
              "the address says that something was paid but Status says something else");
}

Result<Fact> read_payment(std::string_view kind, const Node& body, const SourceSettings& settings) {
  const std::string id = TRY(required_text(body, "TransactionId", "TransactionId"));
  PaymentFact payment;
  payment.status = TRY(status_of(kind, body));
  payment.amount = TRY(money_of(body, settings));
  if (const std::string fee = first_text(body, {"TotalFee"}); !fee.empty()) {
    payment.fee = TRY(amount_field(fee, payment.amount.currency.code(), "TotalFee"));
    const auto net = subtract(payment.amount, *payment.fee);
    if (net && net->minor >= 0) payment.net_amount = *net;
  }
  payment.order_id = utf8_prefix(first_text(body, {"InvoiceId"}), kShortTextBytes);
  payment.description = description_of(body);
  payment.reason = first_text(body, {"Reason", "CardHolderMessage"});
  payment.test = first_text(body, {"TestMode"}) == "1" || body.text_of("TestMode") == "true";
  // `Name` is what is embossed on the card, `AccountId` the shop's number of its customer.
  payment.person = make_contact(first_text(body, {"Name"}), first_text(body, {"Phone"}),
                                first_text(body, {"Email"}), settings.country);
  payment.person.account = utf8_prefix(first_text(body, {"AccountId"}), kShortTextBytes);
  read_data(payment, body, settings);
  const auto at = TRY(time_of(body));
  return payment_fact("cloudpayments", id, at, std::move(payment));
}

Result<Fact> read_refund(const Node& body, const SourceSettings& settings) {
  const std::string id = TRY(required_text(body, "TransactionId", "TransactionId"));
  RefundFact refund;
  refund.payment_id = TRY(required_text(body, "PaymentTransactionId", "PaymentTransactionId"));
  refund.amount = TRY(money_of(body, settings));
  refund.description = description_of(body);
  refund.test = first_text(body, {"TestMode"}) == "1";
  const auto at = TRY(time_of(body));
  return Fact{delivery_key("cloudpayments:refund", id), id, at, {}, std::move(refund)};
}

// A question cannot be undone later: what cannot be understood is not allowed.
bool understands_question(const Delivery& delivery, const SourceSettings& settings) {
  const auto body = parse_body(delivery);
  return body && !first_text(body->tree, {"TransactionId"}).empty() &&
         money_of(body->tree, settings);
}

class CloudPayments final : public Provider {
 public:
  std::string_view name() const override { return "cloudpayments"; }
  std::uint32_t decoder_version() const override { return 2; }

  Reception receive(const Delivery& delivery, const SourceSettings&) const override {
    if (is_empty_get(delivery)) return {Reception::Kind::kPing, {}};
    const auto body = parse_body(delivery);
    if (!body) {
      return {Reception::Kind::kStore, body_key("cloudpayments", delivery), {}, body.error()};
    }
    const auto kind = kind_of(delivery, body->tree);
    const std::string id = first_text(body->tree, {"TransactionId"});
    if (kind.empty() || id.empty()) {
      return {Reception::Kind::kStore, body_key("cloudpayments", delivery)};
    }
    return {Reception::Kind::kStore, delivery_key("cloudpayments:" + std::string(kind), id)};
  }

  Answer answer(const Delivery& delivery, const SourceSettings& settings, Outcome) const override {
    const bool refuse =
        kind_of_address(delivery) == "check" && !understands_question(delivery, settings);
    return {200, "application/json", refuse ? R"({"code":13})" : R"({"code":0})"};
  }

  Result<std::vector<Fact>> decode(const Delivery& delivery,
                                   const SourceSettings& settings) const override {
    if (is_empty_get(delivery)) return ignored("connection_check");
    const Body body = TRY(parse_body(delivery));
    const auto kind = kind_of(delivery, body.tree);
    if (kind.empty()) return kind_unknown();
    if (kind == "check") {
      auto facts = ignored("question_before_charge", "handshake");
      facts.front().external_id = TRY(required_text(body.tree, "TransactionId", "TransactionId"));
      return facts;
    }
    if (kind == "recurrent") return ignored("event_not_used");
    if (kind == "refund") return std::vector{TRY(read_refund(body.tree, settings))};
    return std::vector{TRY(read_payment(kind, body.tree, settings))};
  }

  std::vector<FieldError> complete_settings(SourceSettings& settings) const override {
    return require_secret(Provider::complete_settings(settings), settings,
                          "the API secret is needed to check Content-HMAC");
  }

 protected:
  std::span<const IpNetwork> published_networks() const override {
    static const auto kNetworks = networks_of({"130.193.70.192", "185.98.85.109", "91.142.84.0/27",
                                               "87.251.91.160/27", "185.98.81.0/28"});
    return kNetworks;
  }

  Verdict authenticate(const Delivery& delivery, const SourceSettings& settings) const override {
    if (is_empty_get(delivery)) return Verdict::accepted();
    const std::string* secret = settings.secret();
    if (!secret) return Verdict::unauthorised("secret_not_set");
    const std::string* given = delivery.header("content-hmac");
    if (!given) return Verdict::unauthorised("signature_missing");
    const std::string& message = delivery.method == "GET" ? delivery.query : delivery.body;
    return is_base64_of(trim(*given), hmac_sha256(*secret, message))
               ? Verdict::accepted()
               : Verdict::unauthorised("signature_wrong");
  }
};

}  // namespace

const Provider& provider() {
  static const CloudPayments kCloudPayments;
  return kCloudPayments;
}

}  // namespace dealog::connectors::cloudpayments
