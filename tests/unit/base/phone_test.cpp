#include "libs/base/phone.hpp"

#include <string>

#include <gtest/gtest.h>

namespace dealog {
namespace {

TEST(Phone, IsTheSameInEverySpelling) {
  for (const char* text :
       {"+79165550177", "+7 916 555-01-77", "8 (916) 555-01-77", "89165550177", "79165550177",
        "9165550177", "916 555 01 77", "+7(916)555.01.77", "  +7 916 555 01 77  ",
        "+7\xc2\xa0"
        "916\xc2\xa0"
        "555\xe2\x80\x91"
        "01\xe2\x80\x91"
        "77",
        "tel:+7-916-555-01-77", "＋７９１６５５５０１７７"}) {
    const Phone phone = parse_phone(text, "RU");
    EXPECT_EQ(phone.e164, "+79165550177") << text;
    EXPECT_TRUE(phone.valid) << text;
    EXPECT_TRUE(phone.mobile) << text;
  }
}

TEST(Phone, TakesTheCountryWhereThereIsNoInternationalPrefix) {
  EXPECT_EQ(parse_phone("030 901820", "DE").e164, "+4930901820");
  EXPECT_EQ(parse_phone("+49 30 901820", "RU").e164, "+4930901820");
  EXPECT_EQ(parse_phone("8 (916) 555-01-77", "ru").e164, "+79165550177");
}

TEST(Phone, TellsASwitchboardFromAMobile) {
  const Phone office = parse_phone("8 (495) 739-70-00", "RU");
  EXPECT_TRUE(office.valid);
  EXPECT_FALSE(office.mobile);
  const Phone free_call = parse_phone("8 800 555-35-35", "RU");
  EXPECT_EQ(free_call.e164, "+78005553535");
  EXPECT_FALSE(free_call.mobile);
}

TEST(Phone, WithoutACountryNeedsTheInternationalPrefix) {
  EXPECT_TRUE(parse_phone("+7 916 555-01-77", "").valid);
  EXPECT_FALSE(parse_phone("8 916 555-01-77", "").valid);
  EXPECT_FALSE(parse_phone("8 916 555-01-77", "XX").valid);
}

TEST(Phone, KeepsTheDigitsOfANumberThatIsNotValid) {
  const Phone phone = parse_phone("8 (916) 555-01", "RU");
  EXPECT_EQ(phone.e164, "+891655501");
  EXPECT_FALSE(phone.valid);
  EXPECT_FALSE(phone.mobile);
}

TEST(Phone, DoesNotGuessWhoseNumberBareDigitsAre) {
  const Phone phone = parse_phone("7786783783", "RU");
  EXPECT_EQ(phone.e164, "+7786783783");
  EXPECT_FALSE(phone.valid);
  for (const char* text : {"+7 778 678-37-83", "8 778 678-37-83", "77786783783"}) {
    EXPECT_EQ(parse_phone(text, "RU").e164, "+77786783783") << text;
  }
  EXPECT_TRUE(parse_phone("7786783783", "KZ").valid);
  EXPECT_TRUE(parse_phone("4165550123", "US").valid) << "Toronto, dialled alike from both sides";
}

TEST(Phone, IsEmptyWhereThereAreNoDigits) {
  for (const char* text : {"", "+", "нет", "---", "\xff\xfe"}) {
    const Phone phone = parse_phone(text, "RU");
    EXPECT_EQ(phone.e164, "") << text;
    EXPECT_FALSE(phone.valid) << text;
  }
}

TEST(Phone, NeverMakesAValidNumberOfATooLongText) {
  // Cut to its first characters this would be somebody's number.
  const std::string text = "+79165550177" + std::string(60, ' ') + "or 8 800 555-35-35";
  EXPECT_FALSE(parse_phone(text, "RU").valid);
  EXPECT_FALSE(parse_phone(std::string(1'000'000, '9'), "RU").valid);
}

TEST(Phone, IsNotValidWhereItsNormalFormReadsAsAnotherNumber) {
  const Phone phone = parse_phone("U*UUKRUUUUUUU+5211183233UUnna", "RU");
  EXPECT_FALSE(phone.valid);
}

TEST(Phone, OfATooLongTextKeepsNoMoreThanANumberCanHave) {
  EXPECT_LE(parse_phone(std::string(1'000'000, '9'), "RU").e164.size(), 65u);
}

}  // namespace
}  // namespace dealog
