#include "libs/connectors/stripe/stripe_amount.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "libs/connectors/parse/amounts.hpp"

namespace dealog::connectors::stripe {
namespace {

// Stripe's own lists; every other currency has two digits.
constexpr std::array<std::string_view, 15> kNoDigits{"BIF", "CLP", "DJF", "GNF", "JPY",
                                                     "KMF", "KRW", "MGA", "PYG", "RWF",
                                                     "VND", "VUV", "XAF", "XOF", "XPF"};
constexpr std::array<std::string_view, 5> kThreeDigits{"BHD", "JOD", "KWD", "OMR", "TND"};

std::size_t digits_of(std::string_view code) {
  if (std::find(kNoDigits.begin(), kNoDigits.end(), code) != kNoDigits.end()) return 0;
  if (std::find(kThreeDigits.begin(), kThreeDigits.end(), code) != kThreeDigits.end()) return 3;
  return 2;
}

}  // namespace

Result<Money> amount_of(std::string_view smallest_units, std::string_view currency) {
  std::string code(currency);
  std::transform(code.begin(), code.end(), code.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  const bool whole =
      !smallest_units.empty() && std::all_of(smallest_units.begin(), smallest_units.end(),
                                             [](char c) { return c >= '0' && c <= '9'; });
  if (!whole) {
    return fail(ErrorKind::kInvalid, "invalid_amount", "an amount is not a whole positive number");
  }
  // Written out in major units, so that the number of digits is only a matter of the point.
  std::string major(smallest_units);
  const std::size_t digits = digits_of(code);
  if (digits > 0) {
    if (major.size() <= digits) major.insert(0, digits + 1 - major.size(), '0');
    major.insert(major.size() - digits, 1, '.');
  }
  return parse_amount(major, code);
}

}  // namespace dealog::connectors::stripe
