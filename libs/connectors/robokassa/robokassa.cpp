#include "libs/connectors/robokassa/robokassa.hpp"

#include <algorithm>
#include <array>

#include "libs/base/text.hpp"
#include "libs/connectors/lead/contact.hpp"
#include "libs/connectors/parse/body.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/signature/digest.hpp"

namespace dealog::connectors::robokassa {
namespace {

constexpr std::size_t kShopFields = 50;

bool is_empty_get(const Delivery& delivery) {
  return (delivery.method == "GET" || delivery.method == "HEAD") && delivery.query.empty();
}

struct Notification {
  Node form;
  std::string sum;  // exactly as it came: 10, 10.00 and 10.000000 are signed differently
  std::string order;
  NamedTexts shop;  // Shp_ fields
};

// Names come in several cases; older shops get a second spelling beside the first.
std::string text_like(const Node& form, std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    for (const auto& [key, node] : form.entries) {
      if (node.is_scalar() && equals_ignoring_case_ascii(key, name)) return node.text;
    }
  }
  return {};
}

Result<Notification> read(const Delivery& delivery) {
  Body body = TRY(parse_body(delivery));
  Notification out;
  out.form = std::move(body.tree);
  out.sum = text_like(out.form, {"OutSum", "out_summ"});
  out.order = text_like(out.form, {"InvId", "inv_id"});
  for (const auto& leaf : leaves(out.form)) {
    if (out.shop.size() < kShopFields && to_lower_ascii(leaf.name.substr(0, 4)) == "shp_") {
      out.shop.emplace_back(leaf.name, leaf.node->text);
    }
  }
  return out;
}

// A shop without numbers of its own sends none or 0 for every order.
bool is_numbered(const Notification& notification) {
  return !notification.order.empty() && notification.order != "0";
}

std::string signed_text(const Notification& notification, const NamedTexts& shop,
                        const std::string& password) {
  std::string text = notification.sum + ":" + notification.order + ":" + password;
  for (const auto& [name, value] : shop) text += ":" + name + "=" + value;
  return text;
}

// The algorithms whose digests are as long as `hex`; Robokassa's settings offer these.
std::vector<Hash> candidates(std::string_view hex, const SourceSettings& settings) {
  if (settings.signature && !settings.signature->algorithm.empty()) {
    const auto fixed = hash_named(settings.signature->algorithm);
    return fixed ? std::vector{*fixed} : std::vector<Hash>();
  }
  switch (hex.size()) {
    case 32:
      return {Hash::kMd5};
    case 40:
      return {Hash::kSha1, Hash::kRipemd160};
    case 64:
      return {Hash::kSha256};
    case 96:
      return {Hash::kSha384};
    case 128:
      return {Hash::kSha512};
    default:
      return {};
  }
}

bool is_signed_with(const Notification& notification, const std::string& password,
                    const SourceSettings& settings) {
  const std::string given = text_like(notification.form, {"SignatureValue", "crc"});
  // Sorted by name; whether case counts there differs between their own libraries.
  NamedTexts by_bytes = notification.shop, by_letters = notification.shop;
  std::sort(by_bytes.begin(), by_bytes.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  std::sort(by_letters.begin(), by_letters.end(), [](const auto& a, const auto& b) {
    return to_lower_ascii(a.first) < to_lower_ascii(b.first);
  });
  for (const Hash hash : candidates(given, settings)) {
    for (const auto* shop : {&by_bytes, &by_letters}) {
      if (is_hex_of(given, digest(hash, signed_text(notification, *shop, password)))) return true;
    }
  }
  return false;
}

const std::string* real_password(const SourceSettings& settings) {
  const std::string* named = settings.secret("password2");
  return named ? named : settings.secret();
}

// A field of the shop by its name after the prefix.
std::string shop_field(const Notification& notification,
                       std::initializer_list<std::string_view> names) {
  for (const auto wanted : names) {
    for (const auto& [name, value] : notification.shop) {
      if (equals_ignoring_case_ascii(name.substr(4), wanted)) return std::string(trim(value));
    }
  }
  return {};
}

PaymentFact payment_of(const Notification& notification, const Money& amount,
                       const SourceSettings& settings) {
  PaymentFact payment;
  payment.status = PaymentStatus::kPaid;
  payment.amount = amount;
  // InvId is a number of the shop's; a shop that knows our invoice passes it along.
  const std::string invoice = shop_field(notification, {"invoice", "invoice_number"});
  const std::string order = is_numbered(notification) ? notification.order : "";
  payment.order_id = utf8_prefix(invoice.empty() ? order : invoice, kShortTextBytes);
  payment.lead_ref = shop_field(notification, {"lead_id", "lead", "deal_id"});
  std::string email = text_like(notification.form, {"EMail"});
  if (trim(email).empty()) email = shop_field(notification, {"email", "mail"});
  payment.person =
      make_contact(shop_field(notification, {"name", "fio"}),
                   shop_field(notification, {"phone", "tel"}), email, settings.country);
  payment.metadata = notification.shop;
  const std::string* test = settings.secret("test_password2");
  payment.test = text_like(notification.form, {"IsTest"}) == "1" ||
                 (test && is_signed_with(notification, *test, settings));
  return payment;
}

class Robokassa final : public Provider {
 public:
  std::string_view name() const override { return "robokassa"; }
  std::uint32_t decoder_version() const override { return 2; }

  Reception receive(const Delivery& delivery, const SourceSettings&) const override {
    if (is_empty_get(delivery)) return {Reception::Kind::kPing, {}};
    const auto notification = read(delivery);
    if (!notification) {
      return {Reception::Kind::kStore, body_key("robokassa", delivery), {}, notification.error()};
    }
    if (!is_numbered(*notification)) {
      return {Reception::Kind::kStore, body_key("robokassa", delivery)};
    }
    return {Reception::Kind::kStore, delivery_key("robokassa", notification->order)};
  }

  Answer answer(const Delivery& delivery, const SourceSettings&, Outcome) const override {
    const auto notification = is_empty_get(delivery) ? Notification{} : read(delivery);
    const std::string order = notification ? notification->order : "";
    const bool plain = order.size() <= 30 && std::all_of(order.begin(), order.end(), [](char c) {
                         return c >= '0' && c <= '9';
                       });
    return {200, "text/plain", plain ? "OK" + order : "OK"};
  }

  Result<std::vector<Fact>> decode(const Delivery& delivery,
                                   const SourceSettings& settings) const override {
    if (is_empty_get(delivery)) return ignored("connection_check");
    const Notification notification = TRY(read(delivery));
    if (trim(notification.sum).empty()) return field_missing("OutSum");
    const Money amount = TRY(amount_field(notification.sum, settings.currency, "OutSum"));
    PaymentFact payment = payment_of(notification, amount, settings);
    const std::string fee = text_like(notification.form, {"Fee"});
    if (!trim(fee).empty()) {
      payment.fee = TRY(amount_field(fee, settings.currency, "Fee"));
    }
    const std::string id =
        is_numbered(notification) ? notification.order : body_key("order", delivery);
    return std::vector{payment_fact("robokassa", id, {}, std::move(payment))};
  }

  std::vector<FieldError> complete_settings(SourceSettings& settings) const override {
    SourceSettings plain = settings;
    plain.signature.reset();  // it names an algorithm here and no key of its own
    auto errors = Provider::complete_settings(plain);
    if (!real_password(settings)) {
      errors = require_secret(std::move(errors), settings,
                              "Password 2 of the shop is needed to check the signature");
    }
    if (settings.signature && !hash_named(settings.signature->algorithm)) {
      errors.push_back({"/settings/signature/algorithm", "invalid_value",
                        "expected md5, ripemd160, sha1, sha256, sha384 or sha512"});
    }
    return errors;
  }

 protected:
  std::span<const IpNetwork> published_networks() const override {
    static const auto kNetworks = networks_of({"185.59.216.65", "185.59.217.65"});
    return kNetworks;
  }

  Verdict authenticate(const Delivery& delivery, const SourceSettings& settings) const override {
    if (is_empty_get(delivery)) return Verdict::accepted();
    const std::string* password = real_password(settings);
    if (!password) return Verdict::unauthorised("secret_not_set");
    const auto notification = read(delivery);
    if (!notification) return Verdict::unauthorised("body_unreadable");
    if (text_like(notification->form, {"SignatureValue", "crc"}).empty()) {
      return Verdict::unauthorised("signature_missing");
    }
    const std::string* test = settings.secret("test_password2");
    const bool ok = is_signed_with(*notification, *password, settings) ||
                    (test && is_signed_with(*notification, *test, settings));
    return ok ? Verdict::accepted() : Verdict::unauthorised("signature_wrong");
  }
};

}  // namespace

const Provider& provider() {
  static const Robokassa kRobokassa;
  return kRobokassa;
}

}  // namespace dealog::connectors::robokassa
