#include "libs/projection/view_context.hpp"

#include "libs/base/encoding.hpp"

namespace dealog {

std::string make_cursor(std::string_view key) { return to_base64url(key); }

Result<std::string> read_cursor(std::string_view cursor) {
  if (auto key = from_base64(cursor)) return key;
  return fail(ErrorKind::kInvalid, "invalid_cursor",
              "the cursor is not one that this list has given; start again without it");
}

void MoneySums::add(const Money& money) {
  if (money.currency.empty()) return;
  sums_[money.currency] += money.minor;
}

std::vector<Money> MoneySums::list() const {
  std::vector<Money> out;
  for (const auto& [currency, minor] : sums_) out.push_back({minor, currency});
  return out;
}

Money money_of(const v1::Money& row) {
  const auto currency = Currency::parse(row.currency());
  return {row.minor(), currency ? *currency : Currency()};
}

v1::Money money_row(const Money& money) {
  v1::Money row;
  row.set_minor(money.minor);
  row.set_currency(std::string(money.currency.code()));
  return row;
}

}  // namespace dealog
