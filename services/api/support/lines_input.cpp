#include "services/api/support/lines_input.hpp"

#include "libs/base/limits.hpp"

namespace dealog::api {
namespace {

constexpr std::int64_t kMaxQuantityThousandths = 1'000'000'000'000;  // a billion of anything
constexpr std::int64_t kWhole = 10'000;                              // 100 % in basis points

}  // namespace

std::optional<std::int32_t> read_percent(http::ObjectReader& in, std::string_view key) {
  const auto percent = in.optional_decimal(key, 2, 0, kWhole);
  if (!percent) return std::nullopt;
  return static_cast<std::int32_t>(*percent);
}

std::vector<deal::LineInput> read_lines(http::ObjectReader& in) {
  std::vector<deal::LineInput> lines;
  in.each_object("lines", limits::kLines, [&](http::ObjectReader& line) {
    lines.push_back(
        {.title = line.required_string("title", limits::kTitleBytes),
         .quantity_thousandths = line.required_decimal("quantity", 3, 1, kMaxQuantityThousandths),
         .unit_price = line.required_money("unit_price", http::MoneyRange::kNotNegative),
         .discount_basis_points = read_percent(line, "discount_percent").value_or(0)});
  });
  return lines;
}

}  // namespace dealog::api
