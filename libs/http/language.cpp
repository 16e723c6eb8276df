#include "libs/http/language.hpp"

#include <cmath>

#include "libs/base/text.hpp"

namespace dealog::http {
namespace {

// Weight of a range in thousandths; one that cannot be read counts as not wanted.
int weight_of(std::string_view parameters) {
  const auto at = parameters.find("q=");
  if (at == std::string_view::npos) return 1000;
  const std::string_view digits = trim(parameters.substr(at + 2));
  if (digits.empty() || (digits[0] != '0' && digits[0] != '1')) return 0;
  int weight = (digits[0] - '0') * 1000;
  for (std::size_t i = 2, scale = 100; i < digits.size() && i < 5; ++i, scale /= 10) {
    if (digits[i] < '0' || digits[i] > '9') return 0;
    weight += (digits[i] - '0') * static_cast<int>(scale);
  }
  return std::min(weight, 1000);
}

}  // namespace

Language preferred_language(std::string_view accept_language) {
  int ru = 0, en = 0;
  while (!accept_language.empty()) {
    const auto comma = accept_language.find(',');
    const auto item = trim(accept_language.substr(0, comma));
    accept_language.remove_prefix(comma == std::string_view::npos ? accept_language.size()
                                                                  : comma + 1);
    const auto semicolon = item.find(';');
    const auto range = trim(item.substr(0, semicolon));
    const int weight =
        semicolon == std::string_view::npos ? 1000 : weight_of(item.substr(semicolon + 1));
    const auto primary = range.substr(0, range.find('-'));
    if (equals_ignoring_case_ascii(primary, "ru")) ru = std::max(ru, weight);
    if (equals_ignoring_case_ascii(primary, "en")) en = std::max(en, weight);
  }
  return ru > en ? Language::kRu : Language::kEn;
}

}  // namespace dealog::http
