// The one error that lists what is wrong in an input, whoever found it.
#pragma once

#include <string>
#include <vector>

#include "libs/base/language.hpp"
#include "libs/base/result.hpp"

namespace dealog {

// kInvalid "invalid_input" with one sentence for every input; `fields` say what is wrong where.
Error invalid_input(Language language, std::vector<FieldError> fields);

// The same of one wrong place.
Error invalid_input(Language language, FieldError field);

// For where there is one line of text and no list: the message with what is wrong where.
std::string in_one_line(const Error& error);

// How the place of a query parameter is written in FieldError::pointer: "?limit". A JSON pointer
// is empty or begins with a slash, so the two are never mixed up.
inline constexpr char kParameterMark = '?';

}  // namespace dealog
