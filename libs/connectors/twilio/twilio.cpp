#include "libs/connectors/twilio/twilio.hpp"

#include "libs/connectors/parse/body.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/twilio/twilio_facts.hpp"
#include "libs/connectors/twilio/twilio_signature.hpp"

namespace dealog::connectors::twilio {
namespace {

bool is_empty_get(const Delivery& delivery) {
  return delivery.method == "GET" && delivery.query.empty();
}

std::string_view token_of(const Delivery& delivery) {
  const std::string* token = delivery.header("I-Twilio-Idempotency-Token");
  return token ? std::string_view(*token) : std::string_view();
}

class Twilio final : public Provider {
 public:
  std::string_view name() const override { return "twilio"; }
  std::uint32_t decoder_version() const override { return 1; }

  Reception receive(const Delivery& delivery, const SourceSettings&) const override {
    using Kind = Reception::Kind;
    if (is_empty_get(delivery)) return {Kind::kPing, {}};
    const auto body = parse_body(delivery);
    if (!body) return {Kind::kStore, body_key("twilio", delivery), {}, body.error()};
    std::string key = key_of(body->tree, token_of(delivery));
    if (key.empty()) key = body_key("twilio", delivery);
    return {Kind::kStore, std::move(key)};
  }

  Answer answer(const Delivery&, const SourceSettings&, Outcome) const override {
    return {204, {}, {}};
  }

  Result<std::vector<Fact>> decode(const Delivery& delivery,
                                   const SourceSettings& settings) const override {
    if (is_empty_get(delivery)) return ignored("connection_check");
    const Body body = TRY(parse_body(delivery));
    return facts_of(body.tree, settings, token_of(delivery));
  }

  std::vector<FieldError> complete_settings(SourceSettings& settings) const override {
    return require_secret(Provider::complete_settings(settings), settings,
                          "the account's auth token is needed to check signatures");
  }

 protected:
  Verdict authenticate(const Delivery& delivery, const SourceSettings& settings) const override {
    if (is_empty_get(delivery)) return Verdict::accepted();
    return check_twilio_signature(delivery, settings);
  }
};

}  // namespace

const Provider& provider() {
  static const Twilio kTwilio;
  return kTwilio;
}

}  // namespace dealog::connectors::twilio
