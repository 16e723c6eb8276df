#include "libs/outbound/standard_webhooks.hpp"

#include <fmt/format.h>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"

namespace dealog::outbound {

Result<std::vector<std::pair<std::string, std::string>>> webhook_headers(
    std::string_view id, Timestamp sent_at, std::string_view body,
    const std::vector<std::string>& secrets) {
  constexpr std::string_view kPrefix = "whsec_";
  const std::string time = fmt::format("{}", sent_at.us / 1'000'000);
  const std::string signed_text = fmt::format("{}.{}.{}", id, time, body);
  std::string signatures;
  for (const std::string_view secret : secrets) {
    const auto key = from_base64(secret.starts_with(kPrefix) ? secret.substr(kPrefix.size()) : "");
    if (!key || key->empty()) {
      return fail(ErrorKind::kInvalid, "invalid_secret", "a webhook's secret is not one");
    }
    signatures += fmt::format("{}v1,{}", signatures.empty() ? "" : " ",
                              to_base64(hmac_sha256(*key, signed_text)));
  }
  return std::vector<std::pair<std::string, std::string>>{{"webhook-id", std::string(id)},
                                                          {"webhook-timestamp", time},
                                                          {"webhook-signature", signatures}};
}

}  // namespace dealog::outbound
