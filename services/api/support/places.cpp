#include "services/api/support/places.hpp"

#include <algorithm>

namespace dealog::api {

Error at_place(Error error, std::span<const Place> places, Language language) {
  if (error.kind != ErrorKind::kNotFound) return error;
  const auto place = std::ranges::find(places, error.code, &Place::code);
  if (place == places.end()) return error;
  Error placed = invalid_input(
      language, FieldError{std::string(place->pointer), error.code, std::move(error.message)});
  placed.kind = ErrorKind::kUnprocessable;
  return placed;
}

}  // namespace dealog::api
