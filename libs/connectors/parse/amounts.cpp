#include "libs/connectors/parse/amounts.hpp"

#include <charconv>
#include <string>

#include "libs/base/text.hpp"

namespace dealog::connectors {
namespace {

constexpr std::size_t kAmountBytes = 64;

std::unexpected<Error> invalid_amount() {
  return fail(ErrorKind::kInvalid, "invalid_amount",
              "an amount is not a positive decimal number in the units of its currency");
}

std::unexpected<Error> out_of_range() {
  return fail(ErrorKind::kInvalid, "amount_out_of_range",
              "an amount is larger than this system keeps");
}

// Without the spaces that separate thousands: ASCII, NBSP, narrow NBSP, thin space, apostrophe.
std::string without_separators(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t skip = 0;
    for (const std::string_view mark : {" ", "'", "\xc2\xa0", "\xe2\x80\xaf", "\xe2\x80\x89"}) {
      if (text.starts_with(mark)) skip = mark.size();
    }
    if (skip == 0) {
      out += text[0] == ',' ? '.' : text[0];
      skip = 1;
    }
    text.remove_prefix(skip);
  }
  return out;
}

}  // namespace

Result<Money> parse_amount(std::string_view text, std::string_view currency_code) {
  const Currency currency = TRY(Currency::parse(currency_code));
  text = trim(text);
  if (text.empty() || text.size() > kAmountBytes) return invalid_amount();
  // "1,200" is twelve hundred to some and one and a fifth to others.
  const auto comma = text.rfind(',');
  if (comma != std::string_view::npos && text.size() - comma == 4) return invalid_amount();
  std::string plain = without_separators(text);
  // Zeros past the currency's digits are dropped, so that 10.000000 roubles are ten.
  const auto point = plain.find('.');
  if (point != std::string::npos) {
    const auto keep = point + 1 + static_cast<std::size_t>(currency.minor_digits());
    while (plain.size() > keep && plain.ends_with('0')) plain.pop_back();
    if (plain.ends_with('.')) plain.pop_back();
  }
  if (plain.starts_with('-')) return invalid_amount();
  auto money = Money::parse(plain, currency_code);
  if (!money)
    return money.error().code == "amount_out_of_range" ? out_of_range() : invalid_amount();
  return *money;
}

Result<Money> parse_minor_amount(std::string_view text, std::string_view currency_code) {
  const Currency currency = TRY(Currency::parse(currency_code));
  text = trim(text);
  std::int64_t minor = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), minor);
  if (error == std::errc::result_out_of_range || minor > kMaxMoneyMinor) return out_of_range();
  if (error != std::errc() || end != text.data() + text.size() || minor < 0) {
    return invalid_amount();
  }
  return Money{minor, currency};
}

}  // namespace dealog::connectors
