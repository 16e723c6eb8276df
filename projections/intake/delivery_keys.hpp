// Keys of the index of settled deliveries: source, state, position of the delivery.
// Inside projections/intake only.
#pragma once

#include <string>
#include <string_view>

#include "libs/base/encoding.hpp"
#include "libs/projection/row_keys.hpp"

namespace dealog::views {

inline std::string settled_under(std::string_view source, std::string_view state) {
  std::string key = row_keys::key(row_keys::kSettled, source, state);
  key.push_back('\0');
  return key;
}

inline std::string settled_key(std::string_view source, std::string_view state,
                               std::uint64_t received_position) {
  std::string key = settled_under(source, state);
  put_u64(key, received_position);
  return key;
}

}  // namespace dealog::views
