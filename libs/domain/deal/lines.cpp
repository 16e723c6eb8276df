#include "libs/domain/deal/lines.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "libs/base/limits.hpp"

namespace dealog::deal {
namespace {

std::unexpected<Error> out_of_range() {
  return fail(ErrorKind::kUnprocessable, "amount_out_of_range",
              "the total of the lines is larger than an amount may be");
}

void check_line(const LineInput& line, Currency currency, const std::string& at,
                InputCheck& check) {
  check.text(line.title, at + "/title", limits::kTitleBytes, Presence::kRequired);
  if (line.quantity_thousandths <= 0 || line.quantity_thousandths > kMaxQuantityThousandths) {
    check.add(at + "/quantity", "out_of_range", "количество больше нуля, до миллиарда",
              "a quantity above zero, up to a thousand million");
  }
  if (line.listed && line.listed->list.currency != currency) {
    check.add(at + "/product", "currency_mismatch",
              "цена этого товара по прайсу не в валюте сделки",
              "the list price of this product is not in the currency of the deal");
  } else if (line.unit_price.currency != currency) {
    check.add(at + "/unit_price", "currency_mismatch", "цена не в валюте сделки",
              "the price is not in the currency of the deal");
  }
  if (line.unit_price.minor < 0 || line.unit_price.minor > kMaxMoneyMinor) {
    check.add(at + "/unit_price", "out_of_range", "цена не меньше нуля", "a price of zero or more");
  }
  if (line.discount_basis_points < 0 || line.discount_basis_points > 10'000) {
    check.add(at + "/discount_percent", "out_of_range", "скидка от 0 до 100 процентов",
              "a discount from 0 to 100 percent");
  }
  const auto& vat = line.vat_basis_points;
  if (vat && (*vat < -1 || *vat > 10'000)) {
    check.add(at + "/vat_percent", "out_of_range", "ставка НДС от 0 до 100 процентов",
              "a VAT rate from 0 to 100 percent");
  }
}

void add_price(PricedLines& priced, const LineInput& line) {
  v1::LinePrice* out = priced.prices.Add();
  if (line.listed) {
    out->set_product(line.listed->product);
    out->set_price(line.listed->price);
    put_money(out->mutable_list(), line.listed->list);
    if (line.listed->floor) put_money(out->mutable_floor(), *line.listed->floor);
  }
  out->set_discount_basis_points(discount_of(line));
  if (line.vat_basis_points) out->set_vat_basis_points(*line.vat_basis_points);
  priced.tells_prices |= line.listed || line.vat_basis_points;
  priced.below_floor |= is_below_floor(line);
}

}  // namespace

void put_money(v1::Money* out, const Money& money) {
  out->set_minor(money.minor);
  out->set_currency(std::string(money.currency.code()));
}

std::int32_t discount_of(const LineInput& line) {
  if (!line.listed || line.listed->list.minor <= 0) return line.discount_basis_points;
  const __int128 list = static_cast<__int128>(line.listed->list.minor) * 10'000;
  const __int128 net =
      static_cast<__int128>(line.unit_price.minor) * (10'000 - line.discount_basis_points);
  if (net >= list) return 0;
  const __int128 whole = line.listed->list.minor;
  return static_cast<std::int32_t>((list - net + whole - 1) / whole);
}

bool is_below_floor(const LineInput& line) {
  if (!line.listed || !line.listed->floor) return false;
  return static_cast<__int128>(line.unit_price.minor) * (10'000 - line.discount_basis_points) <
         static_cast<__int128>(line.listed->floor->minor) * 10'000;
}

v1::LinesPriced lines_priced(const std::string& subject, std::uint32_t revision,
                             PricedLines& priced) {
  v1::LinesPriced event;
  event.set_subject(subject);
  event.set_revision(revision);
  event.mutable_lines()->Swap(&priced.prices);
  event.set_below_floor(priced.below_floor);
  return event;
}

Result<Money> line_total(const LineInput& line) {
  // 10^12 × 10^15 × 10^4 stays below 2^127.
  constexpr __int128 kUnit = 1000 * 10'000;
  const __int128 exact = static_cast<__int128>(line.quantity_thousandths) * line.unit_price.minor *
                         (10'000 - line.discount_basis_points);
  const __int128 rounded = (exact + kUnit / 2) / kUnit;
  if (rounded > kMaxMoneyMinor) return out_of_range();
  return Money{static_cast<std::int64_t>(rounded), line.unit_price.currency};
}

void check_lines(const std::vector<LineInput>& lines, Currency currency, const std::string& pointer,
                 InputCheck& check) {
  if (lines.empty() || lines.size() > limits::kLines) {
    check.add(pointer, "out_of_range", fmt::format("от 1 до {} строк", limits::kLines),
              fmt::format("1 to {} lines", limits::kLines));
    return;
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    check_line(lines[i], currency, fmt::format("{}/{}", pointer, i), check);
  }
}

Result<PricedLines> price_lines(const std::vector<LineInput>& lines, Currency currency) {
  PricedLines priced;
  priced.total.currency = currency;
  for (const LineInput& line : lines) {
    const Money total = TRY(line_total(line));
    priced.total.minor += total.minor;  // at most 500 × 10^15
    priced.highest_discount_basis_points =
        std::max(priced.highest_discount_basis_points, discount_of(line));
    add_price(priced, line);
    v1::Line* out = priced.lines.Add();
    out->set_title(line.title);
    out->set_quantity_thousandths(line.quantity_thousandths);
    put_money(out->mutable_unit_price(), line.unit_price);
    out->set_discount_basis_points(line.discount_basis_points);
    put_money(out->mutable_total(), total);
  }
  if (priced.total.minor > kMaxMoneyMinor) return out_of_range();
  return priced;
}

}  // namespace dealog::deal
