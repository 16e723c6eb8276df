// What the lines of a quote or an invoice cost, in whole minor units.
#pragma once

#include <google/protobuf/repeated_field.h>

#include "dealog/v1/common.pb.h"
#include "dealog/v1/price_events.pb.h"
#include "libs/domain/common/input.hpp"
#include "libs/domain/deal/commands.hpp"

namespace dealog::deal {

// Largest quantity of one line, in thousandths: a thousand million pieces.
inline constexpr std::int64_t kMaxQuantityThousandths = 1'000'000'000'000;

// quantity × unit price − discount, rounded half up to a minor unit once, at the end.
// Errors: kUnprocessable "amount_out_of_range". The line must have passed check_lines.
Result<Money> line_total(const LineInput& line);

struct PricedLines {
  google::protobuf::RepeatedPtrField<v1::Line> lines;
  Money total;
  std::int32_t highest_discount_basis_points = 0;  // against list prices
  google::protobuf::RepeatedPtrField<v1::LinePrice> prices;
  bool tells_prices = false;  // some line names a product or its VAT
  bool below_floor = false;   // some line is below its product's floor price
};

// The discount against the list price, however it came about, rounded up to a basis point; without
// a product the line's own.
std::int32_t discount_of(const LineInput& line);
// Below the floor price of its product, discount included.
bool is_below_floor(const LineInput& line);

// Titles, quantities, prices and discounts of every line; all prices in `currency` (code
// currency_mismatch). `pointer` is where the list stands ("/lines").
void check_lines(const std::vector<LineInput>& lines, Currency currency, const std::string& pointer,
                 InputCheck& check);
// Lines that passed the check. Errors: kUnprocessable "amount_out_of_range".
Result<PricedLines> price_lines(const std::vector<LineInput>& lines, Currency currency);

// LinesPriced of a quote or an invoice; empties `priced.prices`.
v1::LinesPriced lines_priced(const std::string& subject, std::uint32_t revision,
                             PricedLines& priced);

void put_money(v1::Money* out, const Money& money);

}  // namespace dealog::deal
