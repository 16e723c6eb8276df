#include "libs/connectors/tbank/tbank.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "libs/base/crypto.hpp"
#include "libs/connectors/parse/amounts.hpp"
#include "libs/connectors/parse/body.hpp"
#include "libs/connectors/parse/json.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/signature/digest.hpp"

namespace dealog::connectors::tbank {
namespace {

constexpr std::string_view kCurrency = "RUB";  // the only one of this acquirer

// What a notification about a payment must hold. Names are not part of what is signed, so a
// notification that has lost one of these names was changed on its way.
constexpr std::array<std::string_view, 6> kRequired{"TerminalKey", "OrderId", "PaymentId",
                                                    "Status",      "Success", "Amount"};

struct KnownStatus {
  std::string_view name;
  PaymentStatus status;
};
constexpr std::array<KnownStatus, 8> kStatuses{{
    {"AUTHORIZED", PaymentStatus::kAuthorized},
    {"CONFIRMED", PaymentStatus::kPaid},
    {"REJECTED", PaymentStatus::kFailed},
    {"AUTH_FAIL", PaymentStatus::kFailed},
    {"REVERSED", PaymentStatus::kCanceled},
    {"CANCELED", PaymentStatus::kCanceled},
    {"DEADLINE_EXPIRED", PaymentStatus::kCanceled},
    {"ATTEMPTS_EXPIRED", PaymentStatus::kCanceled},
}};

// On the way to one of the above, or of no consequence for what was paid.
constexpr std::array<std::string_view, 14> kPassing{
    "NEW",         "FORM_SHOWED",      "AUTHORIZING",     "3DS_CHECKING",
    "3DS_CHECKED", "CONFIRMING",       "CHECKING",        "CHECKED",
    "REVERSING",   "REFUNDING",        "ASYNC_REFUNDING", "COMPLETED",
    "COMPLETING",  "PARTIAL_REVERSED",
};

// A card was bound or a receipt printed: no payment.
bool is_about_no_payment(const Node& body) {
  return !body.find("PaymentId") && (body.find("RequestKey") || body.find("NotificationType"));
}

// Nothing when a name comes twice: what is signed would not be what is read.
std::optional<std::map<std::string_view, std::string_view>> signed_values(const Node& body) {
  std::map<std::string_view, std::string_view> values;
  for (const auto& [name, node] : body.entries) {
    if (values.contains(name)) return std::nullopt;
    // Nested objects (DATA, Receipt) are no part of it; null adds nothing.
    if (node.is_scalar()) values[name] = node.text;
  }
  return values;
}

// The shop's own words come as an object, from older terminals as JSON in a text.
Result<void> read_data(PaymentFact& payment, const Node& body, const SourceSettings& settings) {
  const Node* data = body.find("DATA");
  if (!data) data = body.find("Data");
  if (!data) return {};
  if (data->kind == Node::Kind::kText && data->text.starts_with('{')) {
    read_metadata(payment, TRY(parse_json(data->text)), settings.country);
  } else {
    read_metadata(payment, *data, settings.country);
  }
  return {};
}

Result<Fact> read_refund(const std::string& id, const Money& amount) {
  RefundFact refund;
  refund.payment_id = id;
  refund.amount = amount;
  return Fact{delivery_key("tbank:refund", id), id, {}, {}, std::move(refund)};
}

Result<std::vector<Fact>> read(const Node& body, const SourceSettings& settings) {
  const std::string status = TRY(required_text(body, "Status", "Status"));
  if (std::find(kPassing.begin(), kPassing.end(), status) != kPassing.end()) {
    return ignored("event_not_used");
  }
  const std::string id = TRY(required_text(body, "PaymentId", "PaymentId"));
  const std::string kopecks = TRY(required_text(body, "Amount", "Amount"));
  const auto amount = parse_minor_amount(kopecks, kCurrency);
  if (!amount) {
    return fail(ErrorKind::kInvalid, amount.error().code, "Amount is not a number of kopecks");
  }
  if (status == "REFUNDED") return std::vector{TRY(read_refund(id, *amount))};
  if (status == "PARTIAL_REFUNDED") {
    return fail(ErrorKind::kInvalid, "refund_amount_unknown",
                "T-Bank tells of a partial refund without saying how much went back; record the "
                "refund on the payment by hand");
  }
  const auto* known = std::find_if(kStatuses.begin(), kStatuses.end(),
                                   [&](const auto& entry) { return entry.name == status; });
  if (known == kStatuses.end()) {
    return fail(ErrorKind::kInvalid, "status_unknown", "Status is none that T-Bank documents");
  }
  if (known->status == PaymentStatus::kPaid && body.text_of("Success") != "true") {
    return fail(ErrorKind::kInvalid, "status_mismatch",
                "Status is CONFIRMED but Success is not true");
  }
  PaymentFact payment;
  payment.status = known->status;
  payment.amount = *amount;
  payment.order_id = TRY(required_text(body, "OrderId", "OrderId"));
  payment.description = body.text_of("Description").value_or("");
  if (known->status == PaymentStatus::kFailed) {
    payment.reason = first_text(body, {"Message", "ErrorCode"});
  }
  TRY(read_data(payment, body, settings));
  return std::vector{payment_fact("tbank", id, {}, std::move(payment))};
}

class TBank final : public Provider {
 public:
  std::string_view name() const override { return "tbank"; }
  std::uint32_t decoder_version() const override { return 1; }

  Reception receive(const Delivery& delivery, const SourceSettings&) const override {
    if (delivery.method == "GET") return {Reception::Kind::kPing, {}};
    const auto body = parse_body(delivery);
    if (!body) return {Reception::Kind::kStore, body_key("tbank", delivery), {}, body.error()};
    const std::string terminal = first_text(body->tree, {"TerminalKey"});
    const std::string id = first_text(body->tree, {"PaymentId"});
    const std::string status = first_text(body->tree, {"Status"});
    if (terminal.empty() || id.empty() || status.empty()) {
      return {Reception::Kind::kStore, body_key("tbank", delivery)};
    }
    // A payment is refunded in parts any number of times; what differs is signed.
    const std::string part =
        status.starts_with("PARTIAL_") ? ":" + first_text(body->tree, {"Amount"}) : "";
    return {Reception::Kind::kStore,
            delivery_key("tbank", terminal + ":" + id + ":" + status + part)};
  }

  Answer answer(const Delivery&, const SourceSettings&, Outcome) const override {
    return {200, "text/plain", "OK"};
  }

  Result<std::vector<Fact>> decode(const Delivery& delivery,
                                   const SourceSettings& settings) const override {
    if (delivery.method == "GET") return ignored("connection_check");
    const Body body = TRY(parse_body(delivery));
    if (is_about_no_payment(body.tree)) return ignored("event_not_used");
    return read(body.tree, settings);
  }

  std::vector<FieldError> complete_settings(SourceSettings& settings) const override {
    return require_secret(Provider::complete_settings(settings), settings,
                          "the terminal's password is needed to check the Token");
  }

 protected:
  std::span<const IpNetwork> published_networks() const override {
    static const auto kNetworks =
        networks_of({"91.194.226.0/23", "91.218.132.0/24", "91.218.133.0/24", "91.218.134.0/24",
                     "91.218.135.0/24", "212.49.24.0/24", "212.233.80.0/24", "212.233.81.0/24",
                     "212.233.82.0/24", "212.233.83.0/24"});
    return kNetworks;
  }

  Verdict authenticate(const Delivery& delivery, const SourceSettings& settings) const override {
    if (delivery.method == "GET") return Verdict::accepted();
    const std::string* password = settings.secret();
    if (!password) return Verdict::unauthorised("secret_not_set");
    const auto body = parse_body(delivery);
    if (!body) return Verdict::unauthorised("body_unreadable");
    auto values = signed_values(body->tree);
    if (!values) return Verdict::unauthorised("field_repeated");
    if (!values->contains("Token")) return Verdict::unauthorised("signature_missing");
    if (!is_about_no_payment(body->tree)) {
      for (const auto name : kRequired) {
        if (!values->contains(name)) return Verdict::unauthorised("field_missing");
      }
    }
    const std::string token((*values)["Token"]);
    values->erase("Token");
    (*values)["Password"] = *password;
    std::string text;
    for (const auto& [name, value] : *values) text += value;
    return is_hex_of(token, sha256(text)) ? Verdict::accepted()
                                          : Verdict::unauthorised("signature_wrong");
  }
};

}  // namespace

const Provider& provider() {
  static const TBank kTBank;
  return kTBank;
}

}  // namespace dealog::connectors::tbank
