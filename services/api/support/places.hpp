// What a body names and is not there: told by its place, like every other wrong field.
#pragma once

#include <span>
#include <string_view>

#include "libs/base/invalid_input.hpp"

namespace dealog::api {

// The code of a kNotFound error, and where the body named the thing.
struct Place {
  std::string_view code;
  std::string_view pointer;
};

// A kNotFound of one of the codes becomes kUnprocessable "invalid_input" at its pointer: 404 is for
// what the path names. Other errors stay as they are.
Error at_place(Error error, std::span<const Place> places, Language language);

template <class T>
Result<T> at_places(Result<T> result, std::span<const Place> places, Language language) {
  if (result) return result;
  return fail(at_place(std::move(result).error(), places, language));
}

}  // namespace dealog::api
