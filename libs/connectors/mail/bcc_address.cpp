#include "libs/connectors/mail/bcc_address.hpp"

#include <algorithm>

#include "libs/base/text.hpp"

namespace dealog::connectors::mail {
namespace {

constexpr std::string_view kPrefix = "bcc+";
constexpr std::size_t kTokenCharacters = 24;
constexpr std::string_view kNames[] = {"Bcc",           "Delivered-To", "X-Original-To",
                                       "X-Envelope-To", "Envelope-To",  "X-Forwarded-To"};

}  // namespace

std::string_view bcc_token_of(std::string_view address) {
  const auto at = address.find('@');
  if (!address.starts_with(kPrefix) || at == address.npos) return {};
  const std::string_view token = address.substr(kPrefix.size(), at - kPrefix.size());
  const bool hex = token.find_first_not_of("0123456789abcdef") == token.npos;
  return hex && token.size() == kTokenCharacters ? token : std::string_view();
}

std::vector<std::string> bcc_addresses_of(const Headers& headers) {
  std::vector<std::string> out;
  for (const auto& [name, value] : headers.fields) {
    const bool names_recipients = std::ranges::any_of(
        kNames, [&](std::string_view known) { return equals_ignoring_case_ascii(known, name); });
    if (!names_recipients) continue;
    for (auto& address : addresses_of(value)) {
      const bool known = std::ranges::find(out, address) != out.end();
      if (!known && !bcc_token_of(address).empty()) out.push_back(std::move(address));
    }
  }
  return out;
}

}  // namespace dealog::connectors::mail
