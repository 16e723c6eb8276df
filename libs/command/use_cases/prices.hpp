// The price list: its products, a whole table of them, and the prices of a quote's lines.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libs/command/unit.hpp"
#include "libs/domain/deal/commands.hpp"
#include "libs/domain/product/product.hpp"

namespace dealog::use_cases {

// Whoever adds a product queues here: no two take one code.
inline constexpr std::string_view kPricesLane = "price-list";
// Rows of one table: each makes up to three of the events that one append may hold.
inline constexpr std::size_t kImportedProducts = 300;

// Prices are changed by an owner, a supervisor, or who has the right `admin`.
// Errors: kForbidden "role_missing".
Result<void> require_price_editor(Unit& unit);

// Errors: those of product::decide; kConflict "product_exists" with data {"product"} when another
// one has the code; kTooLarge "too_many_products".
Result<ProductId> add_product(Unit& unit, const product::AddProduct& command);

// A product by its id or its code; nothing when there is none.
Result<std::optional<ProductId>> find_product(const Folds& folds, std::string_view product);

// One row of a table: added when its code is new, else changed to what it says.
struct ProductRow {
  std::size_t row = 0;  // of the table, for messages
  product::AddProduct product;
  bool active = true;
};
struct ImportedProduct {
  ProductId id;
  std::string code;
  std::string action;  // added, changed, unchanged
};
// All rows or none; with `dry_run` what would be, and nothing is written. Errors: kInvalid with the
// pointers "/rows/<row>/…"; kTooLarge "too_many_products".
Result<std::vector<ImportedProduct>> import_products(Unit& unit,
                                                     const std::vector<ProductRow>& rows,
                                                     bool dry_run);

// The command with the price list's title, price and VAT on the lines that name a product; nothing
// when none does. The prices are conditions of the append. Errors: kUnprocessable "invalid_input"
// with product_not_found | product_withdrawn at /lines/<n>/product.
Result<std::optional<deal::Command>> with_list_prices(Unit& unit, const deal::Command& command);

}  // namespace dealog::use_cases
