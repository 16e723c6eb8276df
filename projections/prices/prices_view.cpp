#include "projections/prices/prices_view.hpp"

#include <algorithm>

#include "dealog/v1/price_views.pb.h"
#include "libs/base/text.hpp"
#include "libs/projection/price_keys.hpp"
#include "libs/projection/row_reading.hpp"

namespace dealog::views {
namespace {

ProductPrice read_price(const v1::ProductPriceRow& row) {
  ProductPrice price{.number = row.price(),
                     .list = money_of(row.list()),
                     .floor = std::nullopt,
                     .vat_basis_points = std::nullopt,
                     .since = {row.since_us()}};
  if (row.has_floor()) price.floor = money_of(row.floor());
  if (!row.vat_of_seller()) price.vat_basis_points = row.vat_basis_points();
  return price;
}

Product read_product(const v1::ProductRow& row) {
  Product product{.id = row.product(),
                  .version = row.version(),
                  .code = row.code(),
                  .title = row.title(),
                  .unit = row.unit(),
                  .group = row.group(),
                  .work_type = row.work_type(),
                  .active = !row.withdrawn(),
                  .created_at = {row.created_us()},
                  .prices = {}};
  for (const auto& price : row.prices()) product.prices.push_back(read_price(price));
  return product;
}

bool is_found(const std::vector<std::string>& wanted, const v1::ProductRow& row) {
  const auto known = words(row.title() + " " + row.code());
  return std::ranges::all_of(wanted, [&](const std::string& word) {
    return std::ranges::any_of(known, [&](const auto& k) { return k.starts_with(word); });
  });
}

bool passes(const ProductFilter& filter, const std::vector<std::string>& wanted,
            const v1::ProductRow& row) {
  if (!filter.group.empty() && filter.group != row.group()) return false;
  if (!filter.work_type.empty() && filter.work_type != row.work_type()) return false;
  if (filter.active && *filter.active == row.withdrawn()) return false;
  return wanted.empty() || is_found(wanted, row);
}

}  // namespace

Result<std::optional<Product>> PricesView::get(std::string_view product) const {
  const auto row =
      TRY(find_row<v1::ProductRow>(context_.rows, row_keys::key(row_keys::kProduct, product)));
  if (!row) return std::nullopt;
  return read_product(*row);
}

Result<Page<Product>> PricesView::list(const ProductFilter& filter, const PageRequest& page) const {
  const auto wanted = words(filter.q);
  return page_of_rows<Product>(
      context_.rows, row_keys::kProduct, page,
      [&](std::string_view, std::string_view value) -> Result<std::optional<Product>> {
        const auto row = TRY(parse_row<v1::ProductRow>(value));
        if (!passes(filter, wanted, row)) return std::nullopt;
        return read_product(row);
      });
}

}  // namespace dealog::views
