// Why an action was not carried out, in words.
#pragma once

#include <string>
#include <string_view>

#include "libs/base/language.hpp"

namespace dealog::rules {

// For codes of effect_reasons() and those that end with what a receiver answered (refused_550);
// another code stands as it is. What follows a colon are codes of what was refused.
std::string reason_words(std::string_view code, Language language);

}  // namespace dealog::rules
