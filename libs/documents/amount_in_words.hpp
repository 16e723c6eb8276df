// Sums of money written out, as papers ask for them. Exact and complete: every currency of
// ISO 4217 comes out, those that have no words of their own here with their code. Thread: any.
#pragma once

#include <cstdint>
#include <string>

#include "libs/base/language.hpp"
#include "libs/base/money.hpp"

namespace dealog::documents {

// Of the thing that is counted; English has none.
enum class Gender { kMasculine, kFeminine, kNeuter };

// "две тысячи сто одна", "two thousand one hundred one"; 0 is "ноль", "zero". Up to 10^15 and
// whatever else fits.
std::string number_in_words(std::uint64_t number, Gender gender, Language language);

// Which of the three Russian forms goes with a number: рубль, рубля, рублей.
enum class PluralForm { kOne, kFew, kMany };
PluralForm plural_form(std::uint64_t number);

// "Сто тридцать тысяч рублей 00 копеек", "One hundred thirty thousand roubles 00 kopecks". Units in
// words, minor units in digits; the first letter is a capital. A negative sum begins with "минус".
std::string amount_in_words(const Money& amount, Language language);

}  // namespace dealog::documents
