#include "libs/base/transliteration.hpp"

#include <gtest/gtest.h>

#include "libs/base/text.hpp"

namespace dealog {
namespace {

std::string key(std::string_view name) { return latin_key(fold_case(name)); }

TEST(Transliteration, SpellingsOfOneNameAreOne) {
  EXPECT_EQ(key("Сергей"), key("Sergey"));
  EXPECT_EQ(key("Сергей"), key("Sergei"));
  EXPECT_EQ(key("Юлия"), key("Yulia"));
  EXPECT_EQ(key("Юлия"), key("Julia"));
  EXPECT_EQ(key("Алексей"), key("Alexey"));
  EXPECT_EQ(key("Елена"), key("Elena"));
  EXPECT_EQ(key("Дмитрий"), key("Dmitry"));
  EXPECT_EQ(key("Татьяна"), key("Tatiana"));
  EXPECT_EQ(key("Наталья"), key("Nataliya"));
  EXPECT_EQ(key("Хабаров"), key("Khabarov"));
  EXPECT_EQ(key("Щукин"), key("Shchukin"));
  EXPECT_EQ(key("Müller"), key("Muller"));
}

TEST(Transliteration, DifferentNamesStayDifferent) {
  EXPECT_NE(key("Анна"), key("Инна"));
  EXPECT_NE(key("Иванов"), key("Петров"));
  EXPECT_NE(key("Олег"), key("Ольга"));
}

TEST(Transliteration, NothingLatinGivesNothingAndDigitsStay) {
  EXPECT_EQ(key(""), "");
  EXPECT_EQ(key("🙂"), "");
  EXPECT_EQ(key("77"), "77");
  EXPECT_EQ(latin_key("\xff\xfe"), "");
}

}  // namespace
}  // namespace dealog
