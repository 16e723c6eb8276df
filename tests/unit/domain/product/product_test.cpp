// The price list: what is sold, and what it costs from when on.
#include "libs/domain/product/product.hpp"

#include "dealog/v1/price_events.pb.h"
#include "tests/unit/domain/aggregate_story.hpp"

namespace dealog::product {
namespace {

using Product = dealog::testing::Story<State>;

Money rub(std::int64_t roubles) { return {roubles * 100, Currency::parse("RUB").value()}; }

AddProduct a_site() {
  return {.code = "САЙТ-1",
          .description = {.title = "Сайт-визитка", .unit = "шт.", .group = "sites"},
          .price = {.list = rub(60'000), .floor = rub(48'000)}};
}

TEST(Product, IsAddedWithItsFirstPrice) {
  Product product;
  product.when(a_site()).then({"ProductAdded", "ProductPriced"});
  EXPECT_EQ(product.event<v1::ProductPriced>(1).price(), 1u);
  EXPECT_TRUE(product.event<v1::ProductPriced>(1).vat_of_seller());
  EXPECT_EQ(product.tags(), (std::vector<Tag>{open_tag("products"), code_tag("САЙТ-1")}));
  EXPECT_EQ(product.state().price, a_site().price);
  EXPECT_EQ(product.state().description, a_site().description);
  EXPECT_TRUE(product.state().active);
  product.when(a_site()).then_refused("product_exists");
}

TEST(Product, EveryPriceIsAnotherOne) {
  Product product;
  product.given(a_site());
  Price dearer{.list = rub(65'000), .floor = {}, .vat_basis_points = 2000};
  product.when(ChangeProduct{.price = dearer}).then({"ProductPriced"});
  EXPECT_EQ(product.state().price_number, 2u);
  EXPECT_EQ(product.state().price, dearer);
  product.when(ChangeProduct{.price = dearer}).then({});
  dearer.vat_basis_points = kWithoutVat;
  product.when(ChangeProduct{.price = dearer}).then({"ProductPriced"});
  EXPECT_EQ(product.state().price_number, 3u);
}

TEST(Product, IsWithdrawnAndOfferedAgain) {
  Product product;
  product.given(a_site());
  product.when(ChangeProduct{.active = false}).then({"ProductWithdrawn"});
  product.when(ChangeProduct{.active = false}).then({});
  product.when(ChangeProduct{.active = true}).then({"ProductOffered"});
  EXPECT_TRUE(product.state().active);
}

TEST(Product, WhatIsNotSoundIsNamed) {
  AddProduct wrong = a_site();
  wrong.code = "two words";
  wrong.description.title = " ";
  wrong.description.group = "Сайты";
  wrong.price = {.list = rub(100), .floor = rub(101), .vat_basis_points = 10'001};
  Product().when(wrong).then_invalid({"/code", "/title", "/group", "/floor_price", "/vat_percent"});
  wrong = a_site();
  wrong.price = {};
  Product().when(wrong).then_invalid({"/list_price"});
  wrong.price = {.list = rub(1), .floor = Money{1, Currency::parse("EUR").value()}};
  Product().when(wrong).then_invalid({"/floor_price"});
  Product().when(ChangeProduct{.active = false}).then_refused("product_not_found");
}

}  // namespace
}  // namespace dealog::product
