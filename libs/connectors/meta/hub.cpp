#include "libs/connectors/meta/hub.hpp"

#include "libs/base/crypto.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/parse/urlencoded.hpp"
#include "libs/connectors/shared_secret.hpp"
#include "libs/connectors/signature/digest.hpp"

namespace dealog::connectors::meta {
namespace {

constexpr std::size_t kChallengeBytes = 200;
constexpr std::string_view kPrefix = "sha256=";

std::optional<std::string> query_field(const Delivery& delivery, std::string_view name) {
  const auto fields = parse_urlencoded(delivery.query);
  if (!fields) return std::nullopt;
  for (const auto& [own, value] : *fields) {
    if (own == name) return value;
  }
  return std::nullopt;
}

const std::string* either(const SourceSettings& settings, std::string_view part) {
  const std::string* named = settings.secret(part);
  return named ? named : settings.secret();
}

Verdict check_token(const Delivery& delivery, const SourceSettings& settings) {
  if (!query_field(delivery, "hub.mode") && !query_field(delivery, "hub.challenge")) {
    return Verdict::accepted();
  }
  const std::string* ours = either(settings, "verify_token");
  if (!ours) return Verdict::unauthorised("secret_not_set");
  const auto given = query_field(delivery, "hub.verify_token");
  if (!given || !same_key(*given, *ours)) return Verdict::forbidden("verify_token_wrong");
  return Verdict::accepted();
}

}  // namespace

Verdict check_hub(const Delivery& delivery, const SourceSettings& settings) {
  if (delivery.method == "GET") return check_token(delivery, settings);
  const std::string* ours = either(settings, "app_secret");
  if (!ours) return Verdict::unauthorised("secret_not_set");
  const std::string* header = delivery.header("x-hub-signature-256");
  if (!header) return Verdict::unauthorised("signature_missing");
  std::string_view given = trim(*header);
  if (!given.starts_with(kPrefix)) return Verdict::unauthorised("signature_wrong");
  given.remove_prefix(kPrefix.size());
  bool same = is_hex_of(given, hmac_sha256(*ours, delivery.body));
  if (const std::string* previous = settings.secret("previous")) {
    same = is_hex_of(given, hmac_sha256(*previous, delivery.body)) || same;
  }
  return same ? Verdict::accepted() : Verdict::unauthorised("signature_wrong");
}

std::optional<Answer> hub_challenge(const Delivery& delivery) {
  if (delivery.method != "GET") return std::nullopt;
  const auto challenge = query_field(delivery, "hub.challenge");
  if (!challenge || challenge->size() > kChallengeBytes) return std::nullopt;
  return Answer{200, "text/plain; charset=utf-8", *challenge};
}

std::vector<FieldError> require_app_secret(std::vector<FieldError> errors,
                                           const SourceSettings& settings) {
  if (settings.secret("app_secret")) return errors;
  return require_secret(std::move(errors), settings,
                        "the app secret is needed to check signatures: give it as one text, or as "
                        "{\"app_secret\", \"verify_token\"}");
}

}  // namespace dealog::connectors::meta
