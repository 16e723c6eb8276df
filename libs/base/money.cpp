#include "libs/base/money.hpp"

#include <cstring>

#include "libs/base/assert.hpp"
#include "libs/base/text.hpp"

namespace dealog {
namespace {

// ISO 4217 active codes of 2024 by their number of minor digits; all others have two.
constexpr std::string_view kZeroDigits = "BIFCLPDJFGNFISKJPYKMFKRWPYGRWFUGXUYIVNDVUVXAFXOFXPF";
constexpr std::string_view kThreeDigits = "BHDIQDJODKWDLYDOMRTND";
constexpr std::string_view kTwoDigits =
    "AEDAFNALLAMDANGAOAARSAUDAWGAZNBAMBBDBDTBGNBMDBNDBOBBRLBSDBTNBWPBYNBZDCADCDFCHFCNYCOPCRCCUPCVE"
    "CZKDKKDOPDZDEGPERNETBEURFJDFKPGBPGELGHSGIPGMDGTQGYDHKDHNLHTGHUFIDRILSINRIRRJMDKESKGSKHRKPWKYD"
    "KZTLAKLBPLKRLRDLSLMADMDLMGAMKDMMKMNTMOPMRUMURMVRMWKMXNMYRMZNNADNGNNIONOKNPRNZDPABPENPGKPHPPKRP"
    "LN"
    "QARRONRSDRUBSARSBDSCRSDGSEKSGDSHPSLESOSSRDSSPSTNSVCSYPSZLTHBTJSTMTTOPTRYTTDTWDTZSUAHUSDUYUUZSV"
    "ED"
    "VESWSTXCDYERZARZMWZWGZWL";

bool contains_code(std::string_view codes, std::string_view code) {
  for (std::size_t i = 0; i + 3 <= codes.size(); i += 3) {
    if (codes.substr(i, 3) == code) return true;
  }
  return false;
}

std::unexpected<Error> out_of_range(std::string_view text) {
  return fail(ErrorKind::kInvalid, "amount_out_of_range",
              "amount " + quoted(text) + " is larger than this system keeps");
}

Result<Money> combine(const Money& a, const Money& b, int sign) {
  if (a.currency != b.currency && !a.currency.empty() && !b.currency.empty()) {
    return fail(ErrorKind::kInvalid, "currency_mismatch",
                "amounts in " + std::string(a.currency.code()) + " and " +
                    std::string(b.currency.code()) + " are not added without a dated rate");
  }
  Money out{0, a.currency.empty() ? b.currency : a.currency};
  const bool overflow = sign > 0 ? __builtin_add_overflow(a.minor, b.minor, &out.minor)
                                 : __builtin_sub_overflow(a.minor, b.minor, &out.minor);
  if (overflow) return out_of_range("of a sum");
  return out;
}

}  // namespace

Result<Currency> Currency::parse(std::string_view code) {
  if (code.size() == 3 && (contains_code(kTwoDigits, code) || contains_code(kZeroDigits, code) ||
                           contains_code(kThreeDigits, code))) {
    Currency currency;
    std::memcpy(currency.code_, code.data(), 3);
    return currency;
  }
  return fail(ErrorKind::kInvalid, "unknown_currency",
              quoted(code) + " is not an ISO 4217 currency code");
}

int Currency::minor_digits() const {
  if (contains_code(kZeroDigits, code())) return 0;
  return contains_code(kThreeDigits, code()) ? 3 : 2;
}

std::string Money::decimal() const {
  const int digits = currency.minor_digits();
  const bool negative = minor < 0;
  // Negated as unsigned, so that the smallest int64 is no overflow.
  const auto magnitude = static_cast<std::uint64_t>(minor);
  std::string text = std::to_string(negative ? 0 - magnitude : magnitude);
  if (digits > 0) {
    if (text.size() <= static_cast<std::size_t>(digits)) {
      text.insert(0, static_cast<std::size_t>(digits) + 1 - text.size(), '0');
    }
    text.insert(text.size() - static_cast<std::size_t>(digits), 1, '.');
  }
  return negative ? "-" + text : text;
}

Result<Money> Money::parse(std::string_view amount, std::string_view currency_code) {
  const Currency currency = TRY(Currency::parse(currency_code));
  const auto invalid = [&] {
    return fail(ErrorKind::kInvalid, "invalid_amount",
                quoted(amount) + " is not a decimal amount with at most " +
                    std::to_string(currency.minor_digits()) + " digits after the point");
  };
  std::string_view rest = amount;
  const bool negative = rest.starts_with('-');
  if (negative) rest.remove_prefix(1);
  const auto point = rest.find('.');
  const std::string_view whole = rest.substr(0, point);
  std::string fraction(point == std::string_view::npos ? "" : rest.substr(point + 1));
  const auto digits = static_cast<std::size_t>(currency.minor_digits());
  if (whole.empty() || (point != std::string_view::npos && fraction.empty())) return invalid();
  if (fraction.size() > digits) return invalid();
  fraction.resize(digits, '0');
  std::int64_t minor = 0;
  for (const std::string_view part : {whole, std::string_view(fraction)}) {
    for (char c : part) {
      if (c < '0' || c > '9') return invalid();
      if (minor > kMaxMoneyMinor) return out_of_range(amount);
      minor = minor * 10 + (c - '0');
    }
  }
  if (minor > kMaxMoneyMinor) return out_of_range(amount);
  return Money{negative ? -minor : minor, currency};
}

Result<Money> add(const Money& a, const Money& b) { return combine(a, b, 1); }
Result<Money> subtract(const Money& a, const Money& b) { return combine(a, b, -1); }

Money share_of(const Money& amount, std::int32_t basis_points) {
  const __int128 product = static_cast<__int128>(amount.minor) * basis_points;
  const __int128 half = product < 0 ? -5000 : 5000;
  const __int128 share = (product + half) / 10000;
  DEALOG_ASSERT(share == static_cast<std::int64_t>(share));
  return Money{static_cast<std::int64_t>(share), amount.currency};
}

}  // namespace dealog
