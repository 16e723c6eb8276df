#include "libs/documents/amount_in_words.hpp"

#include <array>
#include <string_view>

#include <fmt/format.h>

namespace dealog::documents {
namespace {

using std::string_view;

constexpr std::array<string_view, 20> kRuSmall = {"",
                                                  "",
                                                  "",
                                                  "три",
                                                  "четыре",
                                                  "пять",
                                                  "шесть",
                                                  "семь",
                                                  "восемь",
                                                  "девять",
                                                  "десять",
                                                  "одиннадцать",
                                                  "двенадцать",
                                                  "тринадцать",
                                                  "четырнадцать",
                                                  "пятнадцать",
                                                  "шестнадцать",
                                                  "семнадцать",
                                                  "восемнадцать",
                                                  "девятнадцать"};
constexpr std::array<string_view, 10> kRuTens = {
    "",          "",           "двадцать",  "тридцать",    "сорок",
    "пятьдесят", "шестьдесят", "семьдесят", "восемьдесят", "девяносто"};
constexpr std::array<string_view, 10> kRuHundreds = {"",          "сто",      "двести",   "триста",
                                                     "четыреста", "пятьсот",  "шестьсот", "семьсот",
                                                     "восемьсот", "девятьсот"};
constexpr std::array<string_view, 20> kEnSmall = {
    "",         "one",     "two",     "three",     "four",     "five",    "six",
    "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",  "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
constexpr std::array<string_view, 10> kEnTens = {"",      "",      "twenty",  "thirty", "forty",
                                                 "fifty", "sixty", "seventy", "eighty", "ninety"};

// One, few, many.
using Forms = std::array<string_view, 3>;

struct Scale {
  Gender gender;
  Forms ru;
  string_view en;
};
constexpr std::array<Scale, 7> kScales = {{
    {Gender::kMasculine, {"", "", ""}, ""},
    {Gender::kFeminine, {"тысяча", "тысячи", "тысяч"}, "thousand"},
    {Gender::kMasculine, {"миллион", "миллиона", "миллионов"}, "million"},
    {Gender::kMasculine, {"миллиард", "миллиарда", "миллиардов"}, "billion"},
    {Gender::kMasculine, {"триллион", "триллиона", "триллионов"}, "trillion"},
    {Gender::kMasculine, {"квадриллион", "квадриллиона", "квадриллионов"}, "quadrillion"},
    {Gender::kMasculine, {"квинтиллион", "квинтиллиона", "квинтиллионов"}, "quintillion"},
}};

struct CurrencyWords {
  string_view code;
  Gender gender;
  Forms ru;
  Forms ru_minor;
  std::array<string_view, 2> en;  // singular, plural
  std::array<string_view, 2> en_minor;
};
constexpr std::array<CurrencyWords, 7> kCurrencies = {{
    {"RUB",
     Gender::kMasculine,
     {"рубль", "рубля", "рублей"},
     {"копейка", "копейки", "копеек"},
     {"rouble", "roubles"},
     {"kopeck", "kopecks"}},
    {"BYN",
     Gender::kMasculine,
     {"белорусский рубль", "белорусских рубля", "белорусских рублей"},
     {"копейка", "копейки", "копеек"},
     {"Belarusian rouble", "Belarusian roubles"},
     {"kopeck", "kopecks"}},
    {"USD",
     Gender::kMasculine,
     {"доллар США", "доллара США", "долларов США"},
     {"цент", "цента", "центов"},
     {"US dollar", "US dollars"},
     {"cent", "cents"}},
    {"EUR",
     Gender::kMasculine,
     {"евро", "евро", "евро"},
     {"цент", "цента", "центов"},
     {"euro", "euros"},
     {"cent", "cents"}},
    {"GBP",
     Gender::kMasculine,
     {"фунт стерлингов", "фунта стерлингов", "фунтов стерлингов"},
     {"пенс", "пенса", "пенсов"},
     {"pound sterling", "pounds sterling"},
     {"penny", "pence"}},
    {"KZT",
     Gender::kMasculine,
     {"тенге", "тенге", "тенге"},
     {"тиын", "тиына", "тиынов"},
     {"tenge", "tenge"},
     {"tiyn", "tiyn"}},
    {"CNY",
     Gender::kMasculine,
     {"юань", "юаня", "юаней"},
     {"фэнь", "фэня", "фэней"},
     {"yuan", "yuan"},
     {"fen", "fen"}},
}};

void append(std::string& out, string_view word) {
  if (word.empty()) return;
  if (!out.empty()) out += ' ';
  out += word;
}

string_view ru_one(Gender gender) {
  if (gender == Gender::kFeminine) return "одна";
  return gender == Gender::kNeuter ? "одно" : "один";
}

// 1 … 999.
void append_ru_group(std::string& out, unsigned group, Gender gender) {
  append(out, kRuHundreds[group / 100]);
  unsigned rest = group % 100;
  if (rest >= 20) {
    append(out, kRuTens[rest / 10]);
    rest %= 10;
  }
  if (rest == 1) {
    append(out, ru_one(gender));
  } else if (rest == 2) {
    append(out, gender == Gender::kFeminine ? "две" : "два");
  } else {
    append(out, kRuSmall[rest]);
  }
}

void append_en_group(std::string& out, unsigned group) {
  if (group >= 100) {
    append(out, kEnSmall[group / 100]);
    append(out, "hundred");
  }
  const unsigned rest = group % 100;
  if (rest < 20) return append(out, kEnSmall[rest]);
  append(out, kEnTens[rest / 10]);
  if (rest % 10 != 0) {
    out += '-';
    out += kEnSmall[rest % 10];
  }
}

string_view form_of(const Forms& forms, std::uint64_t number) {
  return forms[static_cast<std::size_t>(plural_form(number))];
}

string_view form_of(const std::array<string_view, 2>& forms, std::uint64_t number) {
  return forms[number == 1 ? 0 : 1];
}

// The first letter of our own words: ASCII, or а … я.
std::string capitalised(std::string text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first >= 'a' && first <= 'z') {
    text[0] = static_cast<char>(first - 'a' + 'A');
  } else if (first == 0xD0 && static_cast<unsigned char>(text[1]) >= 0xB0) {
    text[1] = static_cast<char>(static_cast<unsigned char>(text[1]) - 0x20);  // а … п
  } else if (first == 0xD1 && static_cast<unsigned char>(text[1]) <= 0x8F) {
    text[0] = static_cast<char>(0xD0);  // р … я
    text[1] = static_cast<char>(static_cast<unsigned char>(text[1]) + 0x20);
  }
  return text;
}

}  // namespace

PluralForm plural_form(std::uint64_t number) {
  const auto tens = number % 100;
  const auto last = number % 10;
  if (tens >= 11 && tens <= 14) return PluralForm::kMany;
  if (last == 1) return PluralForm::kOne;
  return last >= 2 && last <= 4 ? PluralForm::kFew : PluralForm::kMany;
}

std::string number_in_words(std::uint64_t number, Gender gender, Language language) {
  if (number == 0) return language == Language::kRu ? "ноль" : "zero";
  std::array<unsigned, kScales.size()> groups{};
  for (auto& group : groups) {
    group = static_cast<unsigned>(number % 1000);
    number /= 1000;
  }
  std::string out;
  for (std::size_t i = groups.size(); i-- > 0;) {
    if (groups[i] == 0) continue;
    if (language == Language::kRu) {
      append_ru_group(out, groups[i], i == 0 ? gender : kScales[i].gender);
      append(out, form_of(kScales[i].ru, groups[i]));
    } else {
      append_en_group(out, groups[i]);
      append(out, kScales[i].en);
    }
  }
  return out;
}

std::string amount_in_words(const Money& amount, Language language) {
  const bool ru = language == Language::kRu;
  const bool negative = amount.minor < 0;
  // Also right for the smallest number, whose negation does not fit.
  const std::uint64_t minor = negative ? 0 - static_cast<std::uint64_t>(amount.minor)
                                       : static_cast<std::uint64_t>(amount.minor);
  const int digits = amount.currency.minor_digits();
  std::uint64_t unit = 1;
  for (int i = 0; i < digits; ++i) unit *= 10;
  const std::uint64_t whole = minor / unit, rest = minor % unit;
  const CurrencyWords* words = nullptr;
  for (const auto& known : kCurrencies) {
    if (known.code == amount.currency.code()) words = &known;
  }
  std::string out = negative ? (ru ? "минус " : "minus ") : "";
  out += number_in_words(whole, words ? words->gender : Gender::kMasculine, language);
  append(out, !words ? amount.currency.code()
              : ru   ? form_of(words->ru, whole)
                     : form_of(words->en, whole));
  if (digits == 0) return capitalised(std::move(out));
  append(out, fmt::format("{:0{}}", rest, digits));
  if (words) append(out, ru ? form_of(words->ru_minor, rest) : form_of(words->en_minor, rest));
  return capitalised(std::move(out));
}

}  // namespace dealog::documents
