#include "libs/connectors/hubspot/signature.hpp"

#include <algorithm>
#include <array>

#include "libs/base/crypto.hpp"
#include "libs/base/number.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/signature/digest.hpp"
#include "libs/connectors/signature/schemes.hpp"

namespace dealog::connectors::hubspot {
namespace {

Verdict wrong() { return Verdict::unauthorised("signature_wrong"); }

// These escapes, and no others, are undone before HubSpot signs an address.
std::string half_decoded(const std::string& url) {
  constexpr std::array<std::pair<std::string_view, char>, 12> kEscapes{{{"3a", ':'},
                                                                        {"2f", '/'},
                                                                        {"3f", '?'},
                                                                        {"40", '@'},
                                                                        {"21", '!'},
                                                                        {"24", '$'},
                                                                        {"27", '\''},
                                                                        {"28", '('},
                                                                        {"29", ')'},
                                                                        {"2a", '*'},
                                                                        {"2c", ','},
                                                                        {"3b", ';'}}};
  std::string out;
  for (std::size_t i = 0; i < url.size(); ++i) {
    const std::string hex = url[i] == '%' ? to_lower_ascii(url.substr(i + 1, 2)) : "";
    const auto it = std::find_if(kEscapes.begin(), kEscapes.end(),
                                 [&](const auto& escape) { return escape.first == hex; });
    if (it == kEscapes.end()) {
      out += url[i];
      continue;
    }
    out += it->second;
    i += 2;
  }
  return out;
}

// The addresses that HubSpot may have called: as it was set up, and as it arrived here.
std::vector<std::string> addresses(const Delivery& delivery, const SourceSettings& settings) {
  const std::string query = delivery.query.empty() ? "" : "?" + delivery.query;
  std::vector<std::string> out;
  const auto add = [&](std::string url) {
    if (url.find('?') == std::string::npos) url += query;
    const std::string decoded = half_decoded(url);
    if (decoded != url) out.push_back(decoded);
    out.push_back(std::move(url));
  };
  if (!settings.public_url.empty()) {
    std::string base = settings.public_url;
    add(base);
    while (base.ends_with('/')) base.pop_back();
    add(base + delivery.path);
  }
  if (const std::string* host = delivery.header("host")) {
    add("https://" + std::string(trim(*host)) + delivery.path);
  }
  return out;
}

// Milliseconds, at most the tolerance away from the receipt.
bool is_fresh(std::string_view text, const Delivery& delivery, const SourceSettings& settings) {
  constexpr std::int64_t kMost = 1LL << 50;  // far beyond any date
  const auto ms = parse_number<std::int64_t>(trim(text));
  if (!ms || *ms < 0 || *ms > kMost) return false;
  const std::int64_t tolerance_s = settings.tolerance_s.value_or(kSignatureToleranceS);
  return std::abs(delivery.received_at.us / 1000 - *ms) <= tolerance_s * 1000;
}

Verdict check_v3(std::string_view given, const Delivery& delivery, const SourceSettings& settings) {
  const std::string* time = delivery.header("x-hubspot-request-timestamp");
  if (!time) return Verdict::unauthorised("timestamp_missing");
  bool same = false;
  for (const auto& secret : signing_secrets(settings)) {
    for (const auto& address : addresses(delivery, settings)) {
      const std::string message =
          delivery.method + address + delivery.body + std::string(trim(*time));
      same = is_base64_of(trim(given), hmac_sha256(secret, message)) || same;
    }
  }
  if (!same) return wrong();
  return is_fresh(*time, delivery, settings) ? Verdict::accepted()
                                             : Verdict::unauthorised("timestamp_out_of_range");
}

Verdict check_old(std::string_view given, bool second, const Delivery& delivery,
                  const SourceSettings& settings) {
  const std::vector<std::string> none{""};
  bool same = false;
  for (const auto& secret : signing_secrets(settings)) {
    for (const auto& address : second ? addresses(delivery, settings) : none) {
      const std::string head = second ? secret + delivery.method + address : secret;
      same = is_hex_of(trim(given), sha256(head + delivery.body)) || same;
    }
  }
  return same ? Verdict::accepted() : wrong();
}

}  // namespace

Verdict check_hubspot_signature(const Delivery& delivery, const SourceSettings& settings) {
  if (signing_secrets(settings).empty()) return Verdict::unauthorised("secret_not_set");
  if (const std::string* third = delivery.header("x-hubspot-signature-v3")) {
    return check_v3(*third, delivery, settings);
  }
  const std::string* given = delivery.header("x-hubspot-signature");
  if (!given) return Verdict::unauthorised("signature_missing");
  const std::string* version = delivery.header("x-hubspot-signature-version");
  const bool second = version && equals_ignoring_case_ascii(trim(*version), "v2");
  return check_old(*given, second, delivery, settings);
}

}  // namespace dealog::connectors::hubspot
