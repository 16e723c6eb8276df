// Numbers and sums of money as people read them.
#pragma once

#include <string>
#include <string_view>

#include "libs/base/language.hpp"
#include "libs/base/money.hpp"

namespace dealog {

// A decimal with its thousands apart: "1 234,50" with a space that does not break, "1,234.50" in
// English.
std::string grouped(std::string_view decimal, Language language);

enum class Fraction { kAlways, kUnlessZero };

// "1 234,50 ₽", "1,234.50 RUB"; empty for no currency.
std::string money_text(const Money& money, Language language,
                       Fraction fraction = Fraction::kUnlessZero);

}  // namespace dealog
