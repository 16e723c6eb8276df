#include "libs/base/money.hpp"

#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace dealog {
namespace {

Money rub(std::int64_t minor) { return Money{minor, *Currency::parse("RUB")}; }
Money usd(std::int64_t minor) { return Money{minor, *Currency::parse("USD")}; }

std::string code_of(const auto& result) { return result ? "no error" : result.error().code; }

TEST(Currency, KnowsTheDigitsOfEveryActiveCode) {
  const std::string two[] = {
      "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT",
      "BGN", "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF",
      "CNY", "COP", "CRC", "CUP", "CVE", "CZK", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR",
      "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF",
      "IDR", "ILS", "INR", "IRR", "JMD", "KES", "KGS", "KHR", "KPW", "KYD", "KZT", "LAK", "LBP",
      "LKR", "LRD", "LSL", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR",
      "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "PAB", "PEN", "PGK",
      "PHP", "PKR", "PLN", "QAR", "RON", "RSD", "RUB", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD",
      "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT", "TOP",
      "TRY", "TTD", "TWD", "TZS", "UAH", "USD", "UYU", "UZS", "VED", "VES", "WST", "XCD", "YER",
      "ZAR", "ZMW", "ZWG"};
  const std::string zero[] = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW",
                              "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"};
  const std::string three[] = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};
  const auto digits = [](const std::string& code) {
    const auto currency = Currency::parse(code);
    return currency && currency->code() == code ? currency->minor_digits() : -1;
  };
  for (const auto& code : two) EXPECT_EQ(digits(code), 2) << code;
  for (const auto& code : zero) EXPECT_EQ(digits(code), 0) << code;
  for (const auto& code : three) EXPECT_EQ(digits(code), 3) << code;
}

TEST(Currency, RefusesWhatIso4217DoesNotList) {
  for (const std::string code : {"", "R", "RU", "rub", "RUBL", "RUR", "XXX", "BTC", "UBS", "AEDA",
                                 "\xd0\xa0\xd0\xa3", "DAF"}) {
    EXPECT_EQ(code_of(Currency::parse(code)), "unknown_currency") << code;
  }
  EXPECT_EQ(code_of(Currency::parse(std::string("RU\0", 3))), "unknown_currency");
}

TEST(Currency, IsEmptyUntilItIsParsed) {
  EXPECT_TRUE(Currency().empty());
  EXPECT_EQ(Currency().code(), "");
  EXPECT_FALSE(Currency::parse("EUR")->empty());
}

TEST(Money, PrintsTheDigitsOfItsCurrency) {
  EXPECT_EQ(rub(13'000'000).decimal(), "130000.00");
  EXPECT_EQ(rub(0).decimal(), "0.00");
  EXPECT_EQ(rub(5).decimal(), "0.05");
  EXPECT_EQ(rub(-5).decimal(), "-0.05");
  EXPECT_EQ(rub(-12345).decimal(), "-123.45");
  EXPECT_EQ((Money{500, *Currency::parse("JPY")}.decimal()), "500");
  EXPECT_EQ((Money{500, *Currency::parse("KWD")}.decimal()), "0.500");
}

TEST(Money, PrintsTheSmallestInteger) {
  EXPECT_EQ(rub(std::numeric_limits<std::int64_t>::min()).decimal(), "-92233720368547758.08");
}

TEST(Money, ReadsWholeAndFractionalAmounts) {
  const auto minor = [](const char* text, const char* currency) {
    return Money::parse(text, currency).value().minor;
  };
  EXPECT_EQ(minor("130000.00", "RUB"), 13'000'000);
  EXPECT_EQ(minor("130000", "RUB"), 13'000'000);
  EXPECT_EQ(minor("0.5", "RUB"), 50);
  EXPECT_EQ(minor("-0.05", "RUB"), -5);
  EXPECT_EQ(minor("0007", "RUB"), 700);
  EXPECT_EQ(minor("7", "JPY"), 7);
  EXPECT_EQ(minor("7.125", "KWD"), 7125);
}

TEST(Money, HasOneZero) {
  EXPECT_EQ(Money::parse("-0.00", "RUB").value(), rub(0));
  EXPECT_TRUE(Money::parse("0", "RUB")->is_zero());
}

TEST(Money, RefusesWhatIsNotADecimalOfItsCurrency) {
  for (const char* text : {"",
                           "-",
                           ".",
                           "-.5",
                           ".5",
                           "5.",
                           "1.234",
                           "1,50",
                           "1 000",
                           "1e3",
                           "0x10",
                           "--1",
                           "+1",
                           "1.-5",
                           "1..2",
                           "1.2.3",
                           " 1",
                           "1 ",
                           "NaN",
                           "inf",
                           "\xd9\xa1",
                           "1\xc2\xa0"
                           "000",
                           "1_000"}) {
    EXPECT_EQ(code_of(Money::parse(text, "RUB")), "invalid_amount") << "'" << text << "'";
  }
  EXPECT_EQ(code_of(Money::parse("1.5", "JPY")), "invalid_amount");
  EXPECT_EQ(code_of(Money::parse(std::string("1\0", 2), "RUB")), "invalid_amount");
}

TEST(Money, RefusesAnUnknownCurrencyBeforeItLooksAtTheAmount) {
  EXPECT_EQ(code_of(Money::parse("1.00", "ABC")), "unknown_currency");
  EXPECT_EQ(code_of(Money::parse("?", "")), "unknown_currency");
}

TEST(Money, AcceptsTheLargestAmountAndNothingAbove) {
  EXPECT_EQ(Money::parse("10000000000000.00", "RUB").value().minor, kMaxMoneyMinor);
  EXPECT_EQ(Money::parse("-10000000000000.00", "RUB").value().minor, -kMaxMoneyMinor);
  EXPECT_EQ(code_of(Money::parse("10000000000000.01", "RUB")), "amount_out_of_range");
  EXPECT_EQ(code_of(Money::parse("-10000000000000.01", "RUB")), "amount_out_of_range");
  EXPECT_EQ(code_of(Money::parse("99999999999999999999999999", "RUB")), "amount_out_of_range");
  EXPECT_EQ(code_of(Money::parse(std::string(100'000, '9'), "RUB")), "amount_out_of_range");
}

TEST(Money, AddsAndSubtractsWithinOneCurrency) {
  EXPECT_EQ(add(rub(150), rub(-50)).value(), rub(100));
  EXPECT_EQ(subtract(rub(150), rub(200)).value(), rub(-50));
}

TEST(Money, NeverAddsTwoCurrencies) {
  EXPECT_EQ(code_of(add(rub(1), usd(1))), "currency_mismatch");
  EXPECT_EQ(code_of(subtract(rub(1), usd(1))), "currency_mismatch");
  EXPECT_EQ(code_of(add(rub(0), usd(1))), "currency_mismatch");
}

TEST(Money, TakesTheOthersCurrencyWhenThereIsNoMoneyYet) {
  EXPECT_EQ(add(Money{}, rub(5)).value(), rub(5));
  EXPECT_EQ(add(rub(5), Money{}).value(), rub(5));
  EXPECT_EQ(subtract(Money{}, rub(5)).value(), rub(-5));
}

TEST(Money, ReportsAnOverflowingSum) {
  const auto most = rub(std::numeric_limits<std::int64_t>::max());
  const auto least = rub(std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(code_of(add(most, rub(1))), "amount_out_of_range");
  EXPECT_EQ(code_of(subtract(least, rub(1))), "amount_out_of_range");
  EXPECT_EQ(code_of(subtract(rub(0), least)), "amount_out_of_range");
}

TEST(ShareOf, RoundsHalfAwayFromZero) {
  EXPECT_EQ(share_of(rub(13'000'000), 5000), rub(6'500'000));
  EXPECT_EQ(share_of(rub(1), 5000), rub(1));
  EXPECT_EQ(share_of(rub(-1), 5000), rub(-1));
  EXPECT_EQ(share_of(rub(1), 4999), rub(0));
  EXPECT_EQ(share_of(rub(333), 3333), rub(111));
  EXPECT_EQ(share_of(rub(100), 0), rub(0));
  EXPECT_EQ(share_of(rub(100), -2500), rub(-25));
}

TEST(ShareOf, DoesNotOverflowOnTheLargestAmount) {
  EXPECT_EQ(share_of(rub(kMaxMoneyMinor), 10'000), rub(kMaxMoneyMinor));
  const auto most = rub(std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(share_of(most, 10'000), most);
}

TEST(ShareOfDeathTest, StopsRatherThanWrapAround) {
  const auto most = rub(std::numeric_limits<std::int64_t>::max());
  EXPECT_DEATH(share_of(most, 20'000), "broken invariant");
}

}  // namespace
}  // namespace dealog
