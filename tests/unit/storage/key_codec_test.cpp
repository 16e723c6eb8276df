#include "libs/storage/key_codec.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace dealog::storage {
namespace {

using namespace std::string_literals;

std::string text_key(std::string_view text) { return KeyWriter().text(text).take(); }

TEST(KeyCodec, KeepsTheOrderOfNumbers) {
  const std::vector<std::int64_t> ascending = {INT64_MIN, -1000, -1, 0, 1, 255, 256, INT64_MAX};
  for (std::size_t i = 1; i < ascending.size(); ++i) {
    EXPECT_LT(KeyWriter().i64(ascending[i - 1]).take(), KeyWriter().i64(ascending[i]).take());
  }
  EXPECT_LT(KeyWriter().u64(255).take(), KeyWriter().u64(256).take());
  EXPECT_GT(KeyWriter().u64_descending(255).take(), KeyWriter().u64_descending(256).take());
}

TEST(KeyCodec, KeepsTheOrderOfTextsWhateverFollows) {
  const std::vector<std::string> ascending = {"",      "\0"s, "\0\0"s, "\0\x01"s, "\x01"s,
                                              "\x02"s, "a"s,  "a\0"s,  "a\0b"s,   "a\x01"s,
                                              "ab"s,   "b"s,  "ё"s,    "\xff"s,   "\xff\xff"s};
  for (std::size_t i = 1; i < ascending.size(); ++i) {
    EXPECT_LT(KeyWriter().text(ascending[i - 1]).u64(UINT64_MAX).take(),
              KeyWriter().text(ascending[i]).u64(0).take())
        << i;
  }
}

TEST(KeyCodec, StoresAnOrdinaryTextAsItIs) {
  EXPECT_EQ(text_key("deal_1"), "deal_1\0"s);
  EXPECT_EQ(text_key("a\0b\x01"s),
            "a\x01\x01"
            "b\x01\x02\0"s);
}

TEST(KeyCodec, ReadsBackWhatItWrote) {
  const auto key =
      KeyWriter().u8(7).text("a\0\x01z"s).i64(-5).u64_descending(9).raw("xy").u64(3).take();
  KeyReader reader(key);
  EXPECT_EQ(reader.u8(), 7);
  EXPECT_EQ(reader.text(), "a\0\x01z"s);
  EXPECT_EQ(reader.i64(), -5);
  EXPECT_EQ(reader.u64_descending(), 9U);
  EXPECT_EQ(reader.raw(2), "xy");
  EXPECT_EQ(reader.u64(), 3U);
  EXPECT_TRUE(reader.at_end());
}

TEST(KeyCodec, AnswersNothingForAMalformedKey) {
  for (const auto& broken : {""s, "abc"s, "a\x01"s, "a\x01\x03\0"s, "a\x01\0"s}) {
    KeyReader reader(broken);
    EXPECT_EQ(reader.text(), std::nullopt);
    EXPECT_EQ(reader.u8(), std::nullopt);
  }
  KeyReader number("1234567");
  EXPECT_EQ(number.u64(), std::nullopt);
  EXPECT_TRUE(number.at_end());
}

TEST(KeyCodec, FindsTheEndOfAPrefix) {
  EXPECT_EQ(after_prefix("ab"), "ac");
  EXPECT_EQ(after_prefix("a\xff\xff"), "b");
  EXPECT_EQ(after_prefix("\xff\xff"), "");
  EXPECT_EQ(after_prefix(""), "");
}

}  // namespace
}  // namespace dealog::storage
