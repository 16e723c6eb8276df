// "rights" of a user or a token.
#pragma once

#include <optional>

#include "libs/domain/user/rights.hpp"
#include "libs/http/json_reader.hpp"

namespace dealog::api {

// Nothing when they are absent or wrong; what is wrong is noted.
inline std::optional<user::Rights> read_rights(http::ObjectReader& in) {
  constexpr std::size_t kRights = 16;
  if (!in.has("rights")) return std::nullopt;
  const auto names = in.string_array("rights", kRights, limits::kCodeBytes);
  auto rights = user::Rights::parse(names, in.language());
  if (rights) return *rights;
  in.note_fields(rights.error());
  return std::nullopt;
}

}  // namespace dealog::api
