// Members of the JSON objects that describe what lies beside them. Inside libs/eventlog only.
#pragma once

#include <algorithm>
#include <string>

#include <boost/json.hpp>

#include "libs/base/encoding.hpp"
#include "libs/eventlog/merkle.hpp"

namespace dealog::manifest {

namespace json = boost::json;

// 0 where there is no such number, "" where there is no such text.
inline std::uint64_t number_of(const json::object& object, const char* key) {
  const json::value* found = object.if_contains(key);
  if (found == nullptr || !found->is_number() || found->is_double()) return 0;
  if (found->is_int64() && found->as_int64() < 0) return 0;
  return found->to_number<std::uint64_t>();
}

inline std::string text_of(const json::object& object, const char* key) {
  const json::value* found = object.if_contains(key);
  return found != nullptr && found->is_string() ? std::string(found->as_string()) : std::string();
}

inline bool read_hash(const json::object& object, const char* key, merkle::Hash& hash) {
  const auto bytes = from_hex(text_of(object, key));
  if (!bytes || bytes->size() != hash.size()) return false;
  std::ranges::copy(*bytes, reinterpret_cast<char*>(hash.data()));
  return true;
}

}  // namespace dealog::manifest
