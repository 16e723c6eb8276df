#include "libs/base/number_text.hpp"

#include <gtest/gtest.h>

namespace dealog {
namespace {

Money of(std::int64_t minor, std::string_view currency = "RUB") {
  return {minor, *Currency::parse(currency)};
}

TEST(MoneyText, HasItsThousandsApartAndNoNeedlessFraction) {
  EXPECT_EQ(money_text(of(1'234'567'50), Language::kRu), "1\u00a0234\u00a0567,50\u00a0₽");
  EXPECT_EQ(money_text(of(1'234'567'50), Language::kEn), "1,234,567.50\u00a0RUB");
  EXPECT_EQ(money_text(of(90'000'00), Language::kRu), "90\u00a0000\u00a0₽");
  EXPECT_EQ(money_text(of(90'000'00), Language::kRu, Fraction::kAlways), "90\u00a0000,00\u00a0₽");
  EXPECT_EQ(money_text(of(-500'00), Language::kRu), "−500\u00a0₽");
  EXPECT_EQ(money_text(of(500, "JPY"), Language::kRu), "500\u00a0JPY");
  EXPECT_EQ(money_text(Money{}, Language::kRu), "");
}

TEST(Grouped, SeparatesThousandsOnly) {
  EXPECT_EQ(grouped("123", Language::kEn), "123");
  EXPECT_EQ(grouped("1234.5", Language::kEn), "1,234.5");
  EXPECT_EQ(grouped("-1000", Language::kRu), "−1\u00a0000");
}

}  // namespace
}  // namespace dealog
