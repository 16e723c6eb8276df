#include "libs/base/number_text.hpp"

#include <algorithm>

namespace dealog {
namespace {

constexpr std::string_view kNoBreak = "\u00a0";

}  // namespace

std::string grouped(std::string_view decimal, Language language) {
  const bool russian = language == Language::kRu;
  std::string out;
  if (decimal.starts_with('-')) {
    out = "−";
    decimal.remove_prefix(1);
  }
  const auto point = std::min(decimal.find('.'), decimal.size());
  for (std::size_t i = 0; i < point; ++i) {
    if (i > 0 && (point - i) % 3 == 0) out += russian ? kNoBreak : ",";
    out += decimal[i];
  }
  if (point < decimal.size()) {
    out += russian ? ',' : '.';
    out += decimal.substr(point + 1);
  }
  return out;
}

std::string money_text(const Money& money, Language language, Fraction fraction) {
  if (money.currency.empty()) return {};
  std::string decimal = money.decimal();
  if (const auto point = decimal.find('.');
      fraction == Fraction::kUnlessZero && point != std::string::npos &&
      decimal.find_first_not_of('0', point + 1) == std::string::npos) {
    decimal.resize(point);
  }
  const std::string_view code = money.currency.code();
  std::string text = grouped(decimal, language);
  text += kNoBreak;
  text += language == Language::kRu && code == "RUB" ? "₽" : code;
  return text;
}

}  // namespace dealog
