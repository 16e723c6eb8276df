// Laws of sums in words: what is written is read back by a reader that shares nothing with the
// writer, and agrees in gender and case. A failure prints the seed; repeat it with
// RC_PARAMS="seed=…".
#include <gtest/gtest.h>
// After gtest, which it extends.
#include <map>
#include <optional>
#include <sstream>
#include <string>

#include <rapidcheck/gtest.h>

#include "libs/documents/amount_in_words.hpp"

namespace dealog::documents {
namespace {

// Ten to the fifteenth, and numbers with many zeros as often as others.
rc::Gen<std::uint64_t> any_number() {
  const auto digits = rc::gen::container<std::string>(
      16, rc::gen::weightedElement<char>(
              {{6, '0'}, {3, '1'}, {2, '2'}, {1, '3'}, {1, '4'}, {1, '5'}, {1, '9'}}));
  return rc::gen::oneOf(rc::gen::map(rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000'001),
                                     [](std::int64_t n) { return static_cast<std::uint64_t>(n); }),
                        rc::gen::map(digits, [](const std::string& text) -> std::uint64_t {
                          return std::stoull(text.substr(1));
                        }));
}

using Values = std::map<std::string, std::uint64_t>;

const Values& russian() {
  static const Values values = {
      {"ноль", 0},        {"один", 1},          {"одна", 1},          {"одно", 1},
      {"два", 2},         {"две", 2},           {"три", 3},           {"четыре", 4},
      {"пять", 5},        {"шесть", 6},         {"семь", 7},          {"восемь", 8},
      {"девять", 9},      {"десять", 10},       {"одиннадцать", 11},  {"двенадцать", 12},
      {"тринадцать", 13}, {"четырнадцать", 14}, {"пятнадцать", 15},   {"шестнадцать", 16},
      {"семнадцать", 17}, {"восемнадцать", 18}, {"девятнадцать", 19}, {"двадцать", 20},
      {"тридцать", 30},   {"сорок", 40},        {"пятьдесят", 50},    {"шестьдесят", 60},
      {"семьдесят", 70},  {"восемьдесят", 80},  {"девяносто", 90},    {"сто", 100},
      {"двести", 200},    {"триста", 300},      {"четыреста", 400},   {"пятьсот", 500},
      {"шестьсот", 600},  {"семьсот", 700},     {"восемьсот", 800},   {"девятьсот", 900}};
  return values;
}

const Values& english() {
  static const Values values = {
      {"zero", 0},     {"one", 1},      {"two", 2},        {"three", 3},     {"four", 4},
      {"five", 5},     {"six", 6},      {"seven", 7},      {"eight", 8},     {"nine", 9},
      {"ten", 10},     {"eleven", 11},  {"twelve", 12},    {"thirteen", 13}, {"fourteen", 14},
      {"fifteen", 15}, {"sixteen", 16}, {"seventeen", 17}, {"eighteen", 18}, {"nineteen", 19},
      {"twenty", 20},  {"thirty", 30},  {"forty", 40},     {"fifty", 50},    {"sixty", 60},
      {"seventy", 70}, {"eighty", 80},  {"ninety", 90}};
  return values;
}

// The power of ten that a word of either language multiplies with.
std::optional<std::uint64_t> scale_of(const std::string& word) {
  static const std::pair<const char*, std::uint64_t> kScales[] = {
      {"тысяч", 1'000},
      {"thousand", 1'000},
      {"миллион", 1'000'000},
      {"million", 1'000'000},
      {"миллиард", 1'000'000'000},
      {"billion", 1'000'000'000},
      {"триллион", 1'000'000'000'000},
      {"trillion", 1'000'000'000'000},
      {"квадриллион", 1'000'000'000'000'000},
      {"quadrillion", 1'000'000'000'000'000}};
  for (const auto& [beginning, scale] : kScales) {
    if (word.starts_with(beginning)) return scale;
  }
  return std::nullopt;
}

std::uint64_t read_back(std::string text, const Values& values) {
  for (char& c : text) {
    if (c == '-') c = ' ';
  }
  std::istringstream words(text);
  std::uint64_t total = 0, group = 0;
  for (std::string word; words >> word;) {
    if (word == "hundred") {
      group *= 100;
    } else if (const auto scale = scale_of(word)) {
      total += group * *scale;
      group = 0;
    } else {
      const auto found = values.find(word);
      RC_ASSERT(found != values.end());
      group += found->second;
    }
  }
  return total + group;
}

RC_GTEST_PROP(NumberInWords, IsReadBackAsTheNumber, ()) {
  const auto number = *any_number();
  for (const Gender gender : {Gender::kMasculine, Gender::kFeminine, Gender::kNeuter}) {
    RC_ASSERT(read_back(number_in_words(number, gender, Language::kRu), russian()) == number);
  }
  RC_ASSERT(read_back(number_in_words(number, Gender::kMasculine, Language::kEn), english()) ==
            number);
}

// Only the last word tells the gender, and only of one and two.
RC_GTEST_PROP(NumberInWords, AgreesInGender, ()) {
  const auto number = *any_number();
  const auto masculine = number_in_words(number, Gender::kMasculine, Language::kRu);
  const auto feminine = number_in_words(number, Gender::kFeminine, Language::kRu);
  const auto last = number % 10;
  const bool teen = number % 100 / 10 == 1;
  const bool differs = !teen && (last == 1 || last == 2);
  RC_ASSERT((masculine != feminine) == differs);
  if (differs) RC_ASSERT(feminine.ends_with(last == 1 ? "одна" : "две"));
}

// рубль after one, рубля after two to four, рублей after everything else; so the kopecks.
RC_GTEST_PROP(AmountInWords, DeclinesItsUnits, ()) {
  const auto minor = static_cast<std::int64_t>(*any_number() % (kMaxMoneyMinor + 1));
  const auto text = amount_in_words({minor, Currency::parse("RUB").value()}, Language::kRu);
  const auto form = [](std::int64_t n, const char* one, const char* few, const char* many) {
    if (n % 100 >= 11 && n % 100 <= 14) return many;
    if (n % 10 == 1) return one;
    return n % 10 >= 2 && n % 10 <= 4 ? few : many;
  };
  const std::string digits = std::to_string(100 + minor % 100).substr(1);
  const std::string ending = std::string(" ") + form(minor / 100, "рубль", "рубля", "рублей") +
                             " " + digits + " " + form(minor % 100, "копейка", "копейки", "копеек");
  RC_ASSERT(text.ends_with(ending));
}

RC_GTEST_PROP(AmountInWords, IsWrittenForEveryCurrencyAndSign, ()) {
  const auto minor = *rc::gen::arbitrary<std::int64_t>();
  const auto code = *rc::gen::element<std::string>("RUB", "USD", "EUR", "JPY", "KWD", "CHF", "CNY");
  for (const Language language : {Language::kRu, Language::kEn}) {
    const auto text = amount_in_words({minor, Currency::parse(code).value()}, language);
    RC_ASSERT(text.starts_with(language == Language::kRu ? "Минус " : "Minus ") == (minor < 0));
    RC_ASSERT(text.find("  ") == std::string::npos);
  }
}

}  // namespace
}  // namespace dealog::documents
