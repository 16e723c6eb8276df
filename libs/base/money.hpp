// Money: whole minor units and an ISO 4217 code. No floating point comes near it.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "libs/base/result.hpp"

namespace dealog {

// An upper bound of what one amount may be, in minor units (ten trillion roubles). Nine thousand
// such amounts still fit into 64 bits, and sums are checked, so totals need no wider type.
inline constexpr std::int64_t kMaxMoneyMinor = 1'000'000'000'000'000;

class Currency {
 public:
  Currency() = default;
  // Errors: kInvalid "unknown_currency" for what ISO 4217 does not list.
  static Result<Currency> parse(std::string_view code);
  std::string_view code() const { return {code_, empty() ? 0u : 3u}; }
  bool empty() const { return code_[0] == '\0'; }
  // Digits after the point: 2 for RUB, 0 for JPY, 3 for KWD.
  int minor_digits() const;
  auto operator<=>(const Currency&) const = default;

 private:
  char code_[3] = {0, 0, 0};
};

struct Money {
  std::int64_t minor = 0;
  Currency currency;

  auto operator<=>(const Money&) const = default;
  bool is_zero() const { return minor == 0; }

  // "130000.00": as many digits after the point as the currency has.
  std::string decimal() const;
  // Decimal text, a minus if need be, at most the currency's digits after the point.
  // Errors: kInvalid "invalid_amount" | "amount_out_of_range" | "unknown_currency".
  static Result<Money> parse(std::string_view amount, std::string_view currency);
};

// Errors: kInvalid "currency_mismatch" | "amount_out_of_range". An empty currency with zero
// amount is "no money yet" and takes the other's currency.
Result<Money> add(const Money& a, const Money& b);
Result<Money> subtract(const Money& a, const Money& b);
// `basis_points` of the amount (5000 = 50 %), rounded half away from zero to a minor unit. The
// result must fit into 64 bits, which any share up to 900,000 % of one amount does.
Money share_of(const Money& amount, std::int32_t basis_points);

}  // namespace dealog
