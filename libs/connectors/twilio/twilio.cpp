#include "libs/connectors/twilio/twilio.hpp"

#include "libs/connectors/crm/api.hpp"
#include "libs/connectors/kept_file.hpp"
#include "libs/connectors/parse/body.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/signature/schemes.hpp"
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

// "…/Accounts/AC…/Recordings/RE…": whose it is. "" where it names none.
std::string account_in(std::string_view url) {
  constexpr std::string_view kAccounts = "/Accounts/";
  const auto at = url.find(kAccounts);
  if (at == std::string_view::npos) return {};
  url.remove_prefix(at + kAccounts.size());
  return std::string(url.substr(0, url.find('/')));
}

// Without an ending a recording is sent as WAV, which is eight times as long as MP3.
std::string shortest(std::string url) {
  constexpr std::string_view kRecordings = "/Recordings/";
  const auto at = url.find(kRecordings);
  if (at == std::string::npos) return url;
  const bool bare = url.find_first_of("./?", at + kRecordings.size()) == std::string::npos;
  return bare ? url + ".mp3" : url;
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

  // Recordings and media are asked for at their addresses, as the account: with its auth token, or
  // with the secret "api", which is <key sid>:<key secret>.
  Result<FileRequest> ask_file(std::string_view id, const SourceSettings& settings) const override {
    if (!is_web_url(id)) return crm::nothing_to_fetch();
    if (!is_host_of(id, "twilio.com", settings)) return not_theirs();
    const auto tokens = signing_secrets(settings);
    const std::string* key = settings.secret("api");
    if (!key && tokens.empty()) return crm::nothing_to_fetch();
    FileRequest asked{.request = {.url = shortest(std::string(id))}};
    asked.request.headers = {basic_auth(key ? *key : account_in(id) + ":" + tokens.front())};
    return asked;
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
