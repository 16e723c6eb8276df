// Refusals in the language of whoever asks.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "libs/base/language.hpp"
#include "libs/base/result.hpp"
#include "libs/domain/common/input.hpp"

namespace dealog {

inline std::string_view in(Language language, std::string_view ru, std::string_view en) {
  return language == Language::kRu ? ru : en;
}

inline std::unexpected<Error> refuse(Language language, ErrorKind kind, std::string code,
                                     std::string_view ru, std::string_view en) {
  return fail(kind, std::move(code), std::string(in(language, ru, en)));
}

// What was found deeper down: its fields under `prefix`, or itself as one when it has none.
inline void add_error(InputCheck& check, std::string_view prefix, const Error& error) {
  if (error.fields.empty()) {
    return check.add(std::string(prefix), error.code, error.message, error.message);
  }
  for (const auto& field : error.fields) {
    check.add(std::string(prefix) + field.pointer, field.code, field.message, field.message);
  }
}

}  // namespace dealog
