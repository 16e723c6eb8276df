#include "libs/connectors/bank_statement/bank_texts.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "libs/base/text.hpp"

namespace dealog::connectors::bank_statement {
namespace {

// Codes of account currencies; roubles have one of their own beside ISO's 643.
constexpr std::array<std::pair<std::string_view, std::string_view>, 13> kAccountCurrencies{
    {{"810", "RUB"},
     {"643", "RUB"},
     {"840", "USD"},
     {"978", "EUR"},
     {"156", "CNY"},
     {"826", "GBP"},
     {"756", "CHF"},
     {"398", "KZT"},
     {"933", "BYN"},
     {"949", "TRY"},
     {"784", "AED"},
     {"392", "JPY"},
     {"356", "INR"}}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

int number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

std::optional<Date> date_of(int year, int month, int day) {
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok() || year < 1970 || year > 9998) return std::nullopt;
  return Date::of(year, static_cast<unsigned>(month), static_cast<unsigned>(day));
}

}  // namespace

std::optional<Date> parse_bank_date(std::string_view text) {
  text = trim(text).substr(0, 10);
  const auto digits_at = [&](std::size_t at, std::size_t count) {
    return text.size() >= at + count && std::ranges::all_of(text.substr(at, count), is_digit);
  };
  if (digits_at(0, 4) && digits_at(5, 2) && digits_at(8, 2)) {
    if (text[4] != '-' || text[7] != '-') return std::nullopt;
    return date_of(number(text.substr(0, 4)), number(text.substr(5, 2)), number(text.substr(8, 2)));
  }
  if (!digits_at(0, 2) || !digits_at(3, 2) || !digits_at(6, 2) || text[2] != text[5] ||
      (text[2] != '.' && text[2] != '/')) {
    return std::nullopt;
  }
  const int year = digits_at(6, 4) ? number(text.substr(6, 4)) : 2000 + number(text.substr(6, 2));
  return date_of(year, number(text.substr(3, 2)), number(text.substr(0, 2)));
}

std::string_view currency_of_account(std::string_view account, std::string_view fallback) {
  if (account.size() != 20 || !std::ranges::all_of(account, is_digit)) return fallback;
  for (const auto& [code, currency] : kAccountCurrencies) {
    if (account.substr(5, 3) == code) return currency;
  }
  return fallback;
}

std::string tax_id_in(std::string_view text) {
  for (const std::string_view word : {std::string_view("ИНН"), std::string_view("INN")}) {
    for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
      const auto start = text.find_first_not_of(" :=\\/", at + word.size());
      if (start == text.npos) break;
      auto end = start;
      while (end < text.size() && is_digit(text[end])) ++end;
      if (end - start == 10 || end - start == 12)
        return std::string(text.substr(start, end - start));
    }
  }
  return {};
}

}  // namespace dealog::connectors::bank_statement
