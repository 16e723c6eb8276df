#include "libs/documents/amount_in_words.hpp"

#include <gtest/gtest.h>

namespace dealog::documents {
namespace {

constexpr Language kRu = Language::kRu, kEn = Language::kEn;

Money money(std::int64_t minor, std::string_view currency = "RUB") {
  return {minor, Currency::parse(currency).value()};
}

TEST(NumberInWords, AgreesInGenderWithWhatIsCounted) {
  EXPECT_EQ(number_in_words(1, Gender::kMasculine, kRu), "один");
  EXPECT_EQ(number_in_words(1, Gender::kFeminine, kRu), "одна");
  EXPECT_EQ(number_in_words(1, Gender::kNeuter, kRu), "одно");
  EXPECT_EQ(number_in_words(2, Gender::kMasculine, kRu), "два");
  EXPECT_EQ(number_in_words(22, Gender::kFeminine, kRu), "двадцать две");
  // Thousands are feminine whatever is counted, millions are not.
  EXPECT_EQ(number_in_words(2'002'002, Gender::kFeminine, kRu), "два миллиона две тысячи две");
  EXPECT_EQ(number_in_words(1'001'001, Gender::kMasculine, kRu), "один миллион одна тысяча один");
}

TEST(NumberInWords, TakesTeensForMany) {
  EXPECT_EQ(number_in_words(11'000, Gender::kMasculine, kRu), "одиннадцать тысяч");
  EXPECT_EQ(number_in_words(12'000'000, Gender::kMasculine, kRu), "двенадцать миллионов");
  EXPECT_EQ(number_in_words(114, Gender::kMasculine, kRu), "сто четырнадцать");
  EXPECT_EQ(number_in_words(121'000, Gender::kMasculine, kRu), "сто двадцать одна тысяча");
}

TEST(NumberInWords, ReachesTenToTheFifteenth) {
  EXPECT_EQ(number_in_words(1'000'000'000'000'000, Gender::kMasculine, kRu), "один квадриллион");
  EXPECT_EQ(number_in_words(1'000'000'000'000'000, Gender::kMasculine, kEn), "one quadrillion");
  EXPECT_EQ(number_in_words(999'999'999'999'999, Gender::kMasculine, kEn),
            "nine hundred ninety-nine trillion nine hundred ninety-nine billion nine hundred "
            "ninety-nine million nine hundred ninety-nine thousand nine hundred ninety-nine");
}

TEST(NumberInWords, NamesNothingAndTheLargest) {
  EXPECT_EQ(number_in_words(0, Gender::kFeminine, kRu), "ноль");
  EXPECT_EQ(number_in_words(0, Gender::kFeminine, kEn), "zero");
  EXPECT_EQ(number_in_words(UINT64_MAX, Gender::kMasculine, kEn).substr(0, 20),
            "eighteen quintillion");
}

TEST(AmountInWords, IsWrittenAsOnAnInvoice) {
  EXPECT_EQ(amount_in_words(money(13'000'000), kRu), "Сто тридцать тысяч рублей 00 копеек");
  EXPECT_EQ(amount_in_words(money(101), kRu), "Один рубль 01 копейка");
  EXPECT_EQ(amount_in_words(money(2'222), kRu), "Двадцать два рубля 22 копейки");
  EXPECT_EQ(amount_in_words(money(11'15), kRu), "Одиннадцать рублей 15 копеек");
  EXPECT_EQ(amount_in_words(money(5), kRu), "Ноль рублей 05 копеек");
  EXPECT_EQ(amount_in_words(money(13'000'000), kEn),
            "One hundred thirty thousand roubles 00 kopecks");
  EXPECT_EQ(amount_in_words(money(101), kEn), "One rouble 01 kopeck");
}

TEST(AmountInWords, KnowsOtherCurrencies) {
  EXPECT_EQ(amount_in_words(money(2'150, "USD"), kRu), "Двадцать один доллар США 50 центов");
  EXPECT_EQ(amount_in_words(money(2'100, "EUR"), kRu), "Двадцать один евро 00 центов");
  EXPECT_EQ(amount_in_words(money(300, "BYN"), kRu), "Три белорусских рубля 00 копеек");
  EXPECT_EQ(amount_in_words(money(1'500, "JPY"), kEn), "One thousand five hundred JPY");
  EXPECT_EQ(amount_in_words(money(1'005, "KWD"), kEn), "One KWD 005");
}

TEST(AmountInWords, SaysWhatIsBelowZero) {
  EXPECT_EQ(amount_in_words(money(-150), kRu), "Минус один рубль 50 копеек");
  EXPECT_EQ(amount_in_words(money(INT64_MIN, "JPY"), kEn).substr(0, 22), "Minus nine quintillion");
}

}  // namespace
}  // namespace dealog::documents
