// What the company sells: its price list, one stream a product. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/id.hpp"
#include "libs/base/language.hpp"
#include "libs/base/money.hpp"
#include "libs/base/result.hpp"
#include "libs/event/event.hpp"

namespace dealog {

DEALOG_ID(ProductId, "prd");

}  // namespace dealog

namespace dealog::product {

// Every one carries it, so that all of them can be listed.
inline constexpr std::string_view kProductsTag = "products";
// Of the one that claims a code: no two products share it, not even a withdrawn one.
Tag code_tag(std::string_view code);

inline constexpr std::size_t kProducts = 10'000;
inline constexpr std::size_t kUnitBytes = 32;
inline constexpr std::int32_t kWithoutVat = -1;

// What it costs. VAT is in it: a rate in basis points, kWithoutVat, or nothing: the seller's.
struct Price {
  Money list;
  std::optional<Money> floor;
  std::optional<std::int32_t> vat_basis_points;

  bool operator==(const Price&) const = default;
};

// What it is. Group and work type are codes; they and the unit may be empty.
struct Description {
  std::string title;
  std::string unit;
  std::string group;
  std::string work_type;

  bool operator==(const Description&) const = default;
};

struct State {
  StreamVersion version;
  std::string code;
  Description description;
  Price price;
  std::uint32_t price_number = 0;
  bool active = false;

  bool exists() const { return version.value > 0; }
};

void evolve(State& state, const RecordedEvent& event);

struct AddProduct {
  std::string code;
  Description description;
  Price price;
};
// What it shall be; what is left out stays. A new price is another one, numbered.
struct ChangeProduct {
  std::optional<Description> description;
  std::optional<Price> price;
  std::optional<bool> active;
};

// Errors: kInvalid with `fields`; kNotFound "product_not_found"; kConflict "product_exists". What
// changes nothing makes no event.
Result<std::vector<NewEvent>> decide(const State& state, const AddProduct& command,
                                     Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const ChangeProduct& command,
                                     Language language = Language::kEn);

}  // namespace dealog::product
