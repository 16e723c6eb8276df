#include "libs/base/text.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dealog {
namespace {

using std::string_literals::operator""s;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Utf8, AcceptsEveryLengthAndItsLimits) {
  for (const std::string& text :
       {""s, "plain"s, "\0"s, "\x7f"s, "\xc2\x80"s, "\xdf\xbf"s, "\xe0\xa0\x80"s, "\xed\x9f\xbf"s,
        "\xee\x80\x80"s, "\xef\xbf\xbf"s, "\xf0\x90\x80\x80"s, "\xf4\x8f\xbf\xbf"s,
        "Привет, 世界 🎉"s}) {
    EXPECT_TRUE(is_valid_utf8(text)) << text;
  }
}

TEST(Utf8, RefusesOverlongSurrogateTruncatedAndStrayBytes) {
  const std::string wrong[] = {"\x80"s,              // a continuation without a lead
                               "\xbf"s,              //
                               "\xc0\x80"s,          // overlong NUL
                               "\xc1\xbf"s,          // overlong DEL
                               "\xe0\x80\x80"s,      // overlong in three bytes
                               "\xe0\x9f\xbf"s,      // the largest overlong in three
                               "\xf0\x80\x80\x80"s,  // overlong in four
                               "\xf0\x8f\xbf\xbf"s,  // the largest overlong in four
                               "\xed\xa0\x80"s,      // first surrogate
                               "\xed\xbf\xbf"s,      // last surrogate
                               "\xf4\x90\x80\x80"s,  // above U+10FFFF
                               "\xf5\x80\x80\x80"s,  //
                               "\xf8\x88\x80\x80\x80"s,
                               "\xfe"s,
                               "\xff"s,
                               "\xc2"s,  // cut at the end
                               "\xe2\x82"s,
                               "\xf0\x9f\x8e"s,
                               "\xc2 "s,  // cut in the middle
                               "\xe2\x82 "s,
                               "ok\xf0\x9f\x8e ok"s,
                               "\xe2\x28\xa1"s};
  for (const auto& text : wrong) {
    EXPECT_FALSE(is_valid_utf8(text)) << testing::PrintToString(text);
    EXPECT_FALSE(is_valid_utf8("before " + text)) << testing::PrintToString(text);
  }
}

TEST(Utf8, CountsCodePoints) {
  EXPECT_EQ(utf8_length(""), 0u);
  EXPECT_EQ(utf8_length("Привет"), 6u);
  EXPECT_EQ(utf8_length("a🎉b"), 3u);
}

TEST(Utf8Prefix, NeverSplitsACodePoint) {
  EXPECT_EQ(utf8_prefix("Привет", 12), "Привет");
  EXPECT_EQ(utf8_prefix("Привет", 11), "Приве");
  EXPECT_EQ(utf8_prefix("Привет", 1), "");
  EXPECT_EQ(utf8_prefix("a🎉", 4), "a");
  EXPECT_EQ(utf8_prefix("a🎉", 5), "a🎉");
  EXPECT_EQ(utf8_prefix("", 0), "");
}

TEST(Trim, TakesAsciiSpaceAndNbspFromBothEnds) {
  EXPECT_EQ(trim(" \t\r\n a b \xc2\xa0\n\xc2\xa0"), "a b");
  EXPECT_EQ(trim("\xc2\xa0"), "");
  EXPECT_EQ(trim(""), "");
  EXPECT_EQ(trim("Ра"), "Ра");  // its last byte is 0xb0, not part of a space
  EXPECT_EQ(trim("à"), "à");    // c3 a0: ends with the second byte of NBSP
}

TEST(FoldCase, MakesEqualWhatAPersonTakesForTheSame) {
  EXPECT_EQ(fold_case("ЁЛКА"), fold_case("елка"));
  EXPECT_EQ(fold_case("Е\xcc\x88лка"), fold_case("ёлка"));  // Е and a combining diaeresis
  EXPECT_EQ(fold_case("STRASSE"), fold_case("Straße"));
  EXPECT_EQ(fold_case("Ｄｅａｌｏｇ"), "dealog");
  EXPECT_EQ(fold_case("ﬁn"), "fin");
  EXPECT_EQ(fold_case("soft\xc2\xad"
                      "hyphen"),
            "softhyphen");
  EXPECT_NE(fold_case("иван"), fold_case("йван"));
}

TEST(FoldCase, LeavesInvalidUtf8AsItIs) { EXPECT_EQ(fold_case("A\xff"), "A\xff"); }

TEST(Words, AreFoldedLettersAndDigits) {
  EXPECT_THAT(words("ООО «Ёлка-2», Санкт-Петербург"),
              ElementsAre("ооо", "елка", "2", "санкт", "петербург"));
  EXPECT_THAT(words("+7 916"), ElementsAre("7", "916"));
  EXPECT_THAT(words("O'Brien 🎉"), ElementsAre("o", "brien"));
  EXPECT_THAT(words(" .,!"), IsEmpty());
  EXPECT_THAT(words(""), IsEmpty());
}

TEST(Split, KeepsEmptyParts) {
  EXPECT_THAT(split("a,,b,", ','), ElementsAre("a", "", "b", ""));
  EXPECT_THAT(split("", ','), ElementsAre(""));
  EXPECT_THAT(split("abc", ','), ElementsAre("abc"));
}

TEST(AsciiCase, TouchesAsciiAlone) {
  EXPECT_EQ(to_lower_ascii("ABC-Я"), "abc-Я");
  EXPECT_TRUE(equals_ignoring_case_ascii("Content-Type", "content-type"));
  EXPECT_FALSE(equals_ignoring_case_ascii("Content-Type", "content-typ"));
  EXPECT_FALSE(equals_ignoring_case_ascii("k", "\xe2\x84\xaa"));  // the Kelvin sign
}

TEST(Email, IsComparedTrimmedAndInLowerCase) {
  EXPECT_EQ(normalise_email(" Ivan.Petrov+crm@Example.COM \n"), "ivan.petrov+crm@example.com");
  EXPECT_EQ(normalise_email("\xc2\xa0ivan@mail.ru\xc2\xa0"), "ivan@mail.ru");
  EXPECT_EQ(normalise_email("ИВАН@Почта.РФ"), "иван@почта.рф");
}

TEST(Email, LosesInvisibleCharactersOfCopyAndPaste) {
  EXPECT_EQ(normalise_email("\xe2\x80\x8bivan@mail.ru\xe2\x80\x8b"), "ivan@mail.ru");
}

TEST(Email, KeepsApartDomainsThatDifferInALetter) {
  EXPECT_NE(normalise_email("a@ёлка.рф"), normalise_email("a@елка.рф"));
  EXPECT_NE(normalise_email("a@straße.de"), normalise_email("a@strasse.de"));
}

TEST(Email, KeepsDotsAndTagsThatSomeProvidersIgnore) {
  EXPECT_NE(normalise_email("ivan.petrov@gmail.com"), normalise_email("ivanpetrov@gmail.com"));
}

TEST(Email, RefusesWhatIsNotAnAddress) {
  for (const std::string& text : {""s,
                                  "@"s,
                                  "ivan"s,
                                  "ivan@"s,
                                  "@mail.ru"s,
                                  "ivan@mail"s,
                                  "ivan@.ru"s,
                                  "ivan@mail."s,
                                  "ivan@mail..ru"s,
                                  ".ivan@mail.ru"s,
                                  "ivan.@mail.ru"s,
                                  "iv an@mail.ru"s,
                                  "ivan@ma il.ru"s,
                                  "a@b@mail.ru"s,
                                  "Ivan <ivan@mail.ru>"s,
                                  "ivan@mail.ru, b@mail.ru"s,
                                  "ivan@mail_x.ru"s,
                                  "ivan@mail.ru\0"s,
                                  "ivan\xff@mail.ru"s,
                                  "ivan@mail.ru\r\nBcc: all@mail.ru"s,
                                  "\xe2\x80\x8b@mail.ru"s,
                                  "ivan@-mail.ru"s,
                                  "ivan@mail-.ru"s,
                                  "ivan@mail.-ru"s,
                                  std::string(65, 'a') + "@mail.ru",
                                  "a@" + std::string(250, 'b') + ".ru"}) {
    EXPECT_EQ(normalise_email(text), std::nullopt) << testing::PrintToString(text);
  }
}

TEST(Email, AcceptsTheLongestLocalPart) {
  EXPECT_TRUE(normalise_email(std::string(64, 'a') + "@mail.ru"));
}

}  // namespace
}  // namespace dealog
