#include "services/api/support/lines_input.hpp"

#include "libs/base/limits.hpp"

namespace dealog::api {
namespace {

constexpr std::int64_t kMaxQuantityThousandths = 1'000'000'000'000;  // a billion of anything
constexpr std::int64_t kWhole = 10'000;                              // 100 % in basis points
constexpr std::string_view kWithoutVat = "none";

// Title and price: of a product they are the price list's where they are not named.
void read_what(http::ObjectReader& line, deal::LineInput& input) {
  if (input.product.empty()) {
    input.title = line.required_string("title", limits::kTitleBytes);
    input.unit_price = line.required_money("unit_price", http::MoneyRange::kNotNegative);
    return;
  }
  input.title = line.optional_string("title", limits::kTitleBytes).value_or("");
  input.unit_price =
      line.optional_money("unit_price", http::MoneyRange::kNotNegative).value_or(Money{});
}

}  // namespace

std::optional<std::int32_t> read_vat(http::ObjectReader& in) {
  if (in.is_string("vat_percent") && in.raw("vat_percent")->as_string() == kWithoutVat) return -1;
  return read_percent(in, "vat_percent");
}

std::optional<std::int32_t> read_percent(http::ObjectReader& in, std::string_view key) {
  const auto percent = in.optional_decimal(key, 2, 0, kWhole);
  if (!percent) return std::nullopt;
  return static_cast<std::int32_t>(*percent);
}

std::vector<deal::LineInput> read_lines(http::ObjectReader& in) {
  std::vector<deal::LineInput> lines;
  in.each_object("lines", limits::kLines, [&](http::ObjectReader& line) {
    deal::LineInput& input = lines.emplace_back();
    input.product = line.optional_string("product", limits::kCodeBytes).value_or("");
    read_what(line, input);
    input.quantity_thousandths = line.required_decimal("quantity", 3, 1, kMaxQuantityThousandths);
    input.discount_basis_points = read_percent(line, "discount_percent").value_or(0);
    input.vat_basis_points = read_vat(line);
  });
  return lines;
}

}  // namespace dealog::api
