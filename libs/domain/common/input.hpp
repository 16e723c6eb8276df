// Checks of what a command brings: every wrong place is named at once, with its JSON pointer.
// Nothing is allocated as long as nothing is wrong. Thread: one at a time.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/json_pointer.hpp"
#include "libs/base/result.hpp"
#include "libs/rules/criterion.hpp"

namespace dealog {

enum class Presence { kRequired, kOptional };

class InputCheck {
 public:
  explicit InputCheck(rules::Language language = rules::Language::kEn) : language_(language) {}

  // Beyond kInputErrors they are left out: a hostile body must not become a large answer.
  void add(std::string pointer, std::string_view code, std::string_view ru, std::string_view en);
  // Valid UTF-8 without NUL, at most `max_bytes`; a required one is not blank.
  // Codes: required, too_long, invalid_text.
  void text(std::string_view value, const char* pointer, std::size_t max_bytes, Presence presence);
  void text(std::string_view value, const std::string& pointer, std::size_t max_bytes,
            Presence presence) {
    text(value, pointer.c_str(), max_bytes, presence);
  }
  // A word of the kind that programs use: 1…64 of [a-z0-9_-]. Code: invalid_code.
  void code(std::string_view value, const char* pointer);

  bool ok() const { return errors_.empty(); }
  // kInvalid "invalid_input" with everything that was found.
  Result<> result();

 private:
  rules::Language language_;
  std::vector<FieldError> errors_;
};

inline constexpr std::size_t kInputErrors = 100;

}  // namespace dealog
