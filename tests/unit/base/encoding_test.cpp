#include "libs/base/encoding.hpp"

#include <string>

#include <gtest/gtest.h>

namespace dealog {
namespace {

using std::string_literals::operator""s;

std::string every_byte() {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  return all;
}

TEST(Hex, IsTwoLowerCaseDigitsAByte) {
  EXPECT_EQ(to_hex(""), "");
  EXPECT_EQ(to_hex("\x00\x7f\xff"s), "007fff");
  EXPECT_EQ(from_hex(to_hex(every_byte())).value(), every_byte());
  EXPECT_EQ(from_hex("00Ff").value(), "\x00\xff"s);
}

TEST(Hex, RefusesOddLengthsAndOtherCharacters) {
  for (const std::string& text : {"0"s, "0g"s, "g0"s, " 0"s, "0x"s, "00 "s, "\0\0"s, "\xff\xff"s}) {
    const auto bytes = from_hex(text);
    ASSERT_FALSE(bytes) << text;
    EXPECT_EQ(bytes.error().code, "invalid_hex");
  }
}

TEST(Base64, EncodesTheVectorsOfRfc4648) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : vectors) {
    EXPECT_EQ(to_base64(plain), encoded);
    EXPECT_EQ(from_base64(encoded).value(), plain);
  }
}

TEST(Base64, ReadsBothAlphabetsWithAndWithoutPadding) {
  const std::string bytes = "\xfb\xff\xbf\xfe"s;
  EXPECT_EQ(to_base64(bytes), "+/+//g==");
  EXPECT_EQ(to_base64url(bytes), "-_-__g");
  for (const char* text : {"+/+//g==", "-_-__g==", "+/+//g", "-_-__g"}) {
    EXPECT_EQ(from_base64(text).value(), bytes) << text;
  }
  EXPECT_EQ(from_base64(to_base64(every_byte())).value(), every_byte());
  EXPECT_EQ(from_base64(to_base64url(every_byte())).value(), every_byte());
}

TEST(Base64, RefusesBrokenText) {
  for (const std::string& text :
       {"Z"s, "Zm9vY"s, "="s, "=="s, "===="s, "Zg="s, "Zg==="s, "Zm9v===="s, "Zg==Zg=="s, "Z=g="s,
        "Zm 9"s, "Zm9\n"s, "Zm9*"s, "Zm9\0"s, "\xff\xff\xff\xff"s}) {
    const auto bytes = from_base64(text);
    ASSERT_FALSE(bytes) << testing::PrintToString(text);
    EXPECT_EQ(bytes.error().code, "invalid_base64");
  }
}

TEST(Percent, DecodesUpToTheLastCharacter) {
  EXPECT_EQ(percent_decode("%41", false).value(), "A");
  EXPECT_EQ(percent_decode("a%41", false).value(), "aA");
  EXPECT_EQ(percent_decode("%d0%9F%d1%80", false).value(), "Пр");
  EXPECT_EQ(percent_decode("%00", false).value(), "\0"s);
  EXPECT_EQ(percent_decode("", false).value(), "");
}

TEST(Percent, RefusesACutOrWrongEscape) {
  for (const char* text : {"%", "%4", "a%", "a%4", "%4g", "%g4", "%%41", "%-1", "% 1"}) {
    const auto decoded = percent_decode(text, false);
    ASSERT_FALSE(decoded) << text;
    EXPECT_EQ(decoded.error().code, "invalid_percent_encoding");
  }
}

TEST(Percent, TakesPlusForASpaceInFormsAlone) {
  EXPECT_EQ(percent_decode("a+b%2B", true).value(), "a b+");
  EXPECT_EQ(percent_decode("a+b%2B", false).value(), "a+b+");
}

TEST(Percent, EncodesAllButUnreservedCharacters) {
  EXPECT_EQ(percent_encode("AZaz09-_.~"), "AZaz09-_.~");
  EXPECT_EQ(percent_encode(" /?&=+%"), "%20%2F%3F%26%3D%2B%25");
  EXPECT_EQ(percent_encode("я"), "%D1%8F");
  EXPECT_EQ(percent_decode(percent_encode(every_byte()), false).value(), every_byte());
  EXPECT_EQ(percent_decode(percent_encode(every_byte()), true).value(), every_byte());
}

TEST(BigEndian, KeepsTheOrderOfNumbers) {
  std::string low, high, largest;
  put_u64(low, 255);
  put_u64(high, 256);
  put_u64(largest, ~0ull);
  EXPECT_EQ(low, "\0\0\0\0\0\0\0\xff"s);
  EXPECT_LT(low, high);
  EXPECT_LT(high, largest);
  EXPECT_EQ(get_u64(high), 256u);
  EXPECT_EQ(get_u64(largest + "rest"), ~0ull);
}

TEST(BigEndianDeathTest, NeverReadsPastTheEnd) {
  EXPECT_DEATH(get_u64("seven b"), "broken invariant");
}

}  // namespace
}  // namespace dealog
