#include "libs/connectors/signature/schemes.hpp"

#include <algorithm>

#include "libs/base/crypto.hpp"
#include "libs/base/ed25519.hpp"
#include "libs/base/encoding.hpp"
#include "libs/base/number.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/signature/digest.hpp"
#include "libs/connectors/signature/message_signature.hpp"

namespace dealog::connectors {
namespace {

constexpr std::size_t kSignatures = 20;  // of one header, during a change of keys

using Scheme = BodySignature::Scheme;

Verdict wrong() { return Verdict::unauthorised("signature_wrong"); }
Verdict missing() { return Verdict::unauthorised("signature_missing"); }

bool matches(std::string_view given, const std::string& mac, BodySignature::Encoding encoding) {
  return encoding == BodySignature::Encoding::kBase64 ? is_base64_of(given, mac)
                                                      : is_hex_of(given, mac);
}

// <prefix><digits> of an HMAC over `message`.
Verdict check_mac(std::string_view given, std::string_view message, const SourceSettings& settings,
                  const BodySignature& signature) {
  given = trim(given);
  if (!given.starts_with(signature.prefix)) return wrong();
  given.remove_prefix(signature.prefix.size());
  const Hash hash = hash_named(signature.algorithm).value_or(Hash::kSha256);
  bool same = false;
  for (const auto& secret : signing_secrets(settings)) {
    same = matches(given, hmac(hash, secret, message), signature.encoding) || same;
  }
  return same ? Verdict::accepted() : wrong();
}

Verdict check_slack(const Delivery& delivery, const SourceSettings& settings) {
  const std::string* given = delivery.header("x-slack-signature");
  if (!given) return missing();
  const std::string* time = delivery.header("x-slack-request-timestamp");
  if (!time) return Verdict::unauthorised("timestamp_missing");
  const BodySignature form{Scheme::kBody, "", BodySignature::Encoding::kHex, "v0=", ""};
  const Verdict verdict = check_mac(*given, "v0:" + *time + ":" + delivery.body, settings, form);
  if (verdict.ok() && !is_recent(*time, delivery, settings)) {
    return Verdict::unauthorised("timestamp_out_of_range");
  }
  return verdict;
}

// t=1767225602,v1=…,v1=…,v0=…: any v1 counts, other versions do not.
Verdict check_stripe(const Delivery& delivery, const SourceSettings& settings,
                     const std::string& header) {
  const std::string* text = delivery.header(header);
  if (!text) return missing();
  std::string_view time;
  std::vector<std::string_view> given;
  for (auto part : split(*text, ',')) {
    part = trim(part);
    if (part.starts_with("t=")) time = part.substr(2);
    if (part.starts_with("v1=") && given.size() < kSignatures) given.push_back(part.substr(3));
  }
  if (time.empty()) return Verdict::unauthorised("timestamp_missing");
  if (given.empty()) return missing();
  const std::string message = std::string(time) + "." + delivery.body;
  bool same = false;
  for (const auto& secret : signing_secrets(settings)) {
    const std::string mac = hmac_sha256(secret, message);
    for (const auto one : given) same = is_hex_of(one, mac) || same;
  }
  if (!same) return wrong();
  return is_recent(time, delivery, settings) ? Verdict::accepted()
                                             : Verdict::unauthorised("timestamp_out_of_range");
}

// The bytes behind whsec_… (symmetric) or whpk_… (an Ed25519 public key); a secret that is no
// base64 is its own bytes.
std::string standard_key(std::string_view secret) {
  for (const std::string_view prefix : {"whsec_", "whpk_"}) {
    if (secret.starts_with(prefix)) secret.remove_prefix(prefix.size());
  }
  return from_base64(secret).value_or(std::string(secret));
}

bool standard_matches(std::string_view given, const std::string& message,
                      const std::string& secret) {
  const std::string key = standard_key(secret);
  const bool is_public = secret.starts_with("whpk_");
  if (!is_public && given.starts_with("v1,")) {
    return is_base64_of(given.substr(3), hmac_sha256(key, message));
  }
  if (is_public && given.starts_with("v1a,")) {
    const auto signature = from_base64(given.substr(4));
    // Only the one spelling that the bytes have.
    return signature && to_base64(*signature) == given.substr(4) &&
           ed25519_verify(key, message, *signature);
  }
  return false;
}

// Svix, from which the standard grew, calls the same headers svix-….
const std::string* standard_header(const Delivery& delivery, std::string_view name) {
  const std::string* header = delivery.header("webhook-" + std::string(name));
  return header ? header : delivery.header("svix-" + std::string(name));
}

Verdict check_standard(const Delivery& delivery, const SourceSettings& settings) {
  const std::string* id = standard_header(delivery, "id");
  const std::string* time = standard_header(delivery, "timestamp");
  const std::string* text = standard_header(delivery, "signature");
  if (!text || !id) return missing();
  if (!time) return Verdict::unauthorised("timestamp_missing");
  const std::string message = *id + "." + *time + "." + delivery.body;
  auto given = split(*text, ' ');
  if (given.size() > kSignatures) given.resize(kSignatures);
  bool same = false;
  for (const auto& secret : signing_secrets(settings)) {
    for (const auto one : given) same = standard_matches(trim(one), message, secret) || same;
  }
  if (!same) return wrong();
  return is_recent(*time, delivery, settings) ? Verdict::accepted()
                                              : Verdict::unauthorised("timestamp_out_of_range");
}

Verdict check_header(const Delivery& delivery, const SourceSettings& settings,
                     const BodySignature& signature) {
  const std::string* given = delivery.header(signature.header);
  return given ? check_mac(*given, delivery.body, settings, signature) : missing();
}

}  // namespace

std::vector<std::string> signing_secrets(const SourceSettings& settings) {
  std::vector<std::string> out;
  for (const std::string_view part : {"", "previous"}) {
    if (const std::string* secret = settings.secret(part)) out.push_back(*secret);
  }
  return out;
}

bool is_recent(std::string_view unix_seconds, const Delivery& delivery,
               const SourceSettings& settings, int default_tolerance_s) {
  constexpr std::int64_t kMost = 1LL << 40;  // far beyond any date
  const auto seconds = parse_number<std::int64_t>(trim(unix_seconds));
  if (!seconds || *seconds < 0 || *seconds > kMost) return false;
  const std::int64_t age_s = delivery.received_at.us / 1'000'000 - *seconds;
  return std::abs(age_s) <= settings.tolerance_s.value_or(default_tolerance_s);
}

Verdict check_signature_scheme(const Delivery& delivery, const SourceSettings& settings,
                               const BodySignature& signature) {
  if (signing_secrets(settings).empty()) return Verdict::unauthorised("secret_not_set");
  switch (signature.scheme) {
    case Scheme::kBody:
      return check_header(delivery, settings, signature);
    case Scheme::kGithub:
      return check_header(delivery, settings,
                          {Scheme::kBody, "X-Hub-Signature-256", BodySignature::Encoding::kHex,
                           "sha256=", "sha256"});
    case Scheme::kSlack:
      return check_slack(delivery, settings);
    case Scheme::kStripe:
      return check_stripe(delivery, settings,
                          signature.header.empty() ? "Stripe-Signature" : signature.header);
    case Scheme::kStandardWebhooks:
      return check_standard(delivery, settings);
    case Scheme::kRfc9421:
      return check_message_signature(delivery, settings);
  }
  return wrong();
}

}  // namespace dealog::connectors
