// The price list.
#pragma once

#include "libs/projection/view_context.hpp"

namespace dealog::views {

struct ProductPrice {
  std::uint32_t number = 0;
  Money list;
  std::optional<Money> floor;
  std::optional<std::int32_t> vat_basis_points;  // -1: without; nothing: the seller's
  Timestamp since;
};

struct Product {
  std::string id;
  std::uint64_t version = 0;
  std::string code, title, unit, group, work_type;
  bool active = true;
  Timestamp created_at;
  std::vector<ProductPrice> prices;  // at least one; the last is in force
};

// Empty members do not filter.
struct ProductFilter {
  std::string group, work_type;
  std::optional<bool> active;
  std::string q;  // every word begins a word of title or code
};

// Thread: one.
class PricesView {
 public:
  explicit PricesView(const ViewContext& context) : context_(context) {}

  Result<std::optional<Product>> get(std::string_view product) const;
  Result<Page<Product>> list(const ProductFilter& filter, const PageRequest& page) const;

 private:
  const ViewContext& context_;
};

}  // namespace dealog::views
