// Collects every wrong place of an input, so that a person sees all of them at once.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "libs/base/limits.hpp"
#include "libs/base/result.hpp"
#include "libs/base/text.hpp"

namespace dealog::domain {

class InputCheck {
 public:
  // `pointer` is a JSON pointer of the request ("/name").
  void add(std::string pointer, std::string code, std::string message) {
    fields_.push_back({std::move(pointer), std::move(code), std::move(message)});
  }
  // The fields of an error found deeper down, under `prefix`; an error without any becomes one.
  void add(std::string_view prefix, Error error) {
    if (error.fields.empty()) return add(std::string(prefix), error.code, error.message);
    for (auto& field : error.fields) {
      fields_.push_back(
          {std::string(prefix) + field.pointer, std::move(field.code), std::move(field.message)});
    }
  }

  // Valid UTF-8 of at most `max_bytes`.
  void text(std::string_view pointer, std::string_view value, std::size_t max_bytes) {
    if (value.size() > max_bytes) {
      add(std::string(pointer), "too_long", fmt::format("at most {} bytes", max_bytes));
    } else if (!is_valid_utf8(value)) {
      add(std::string(pointer), "invalid_utf8", "this is not valid UTF-8");
    }
  }
  // The same, and not blank.
  void required(std::string_view pointer, std::string_view value, std::size_t max_bytes) {
    if (trim(value).empty()) return add(std::string(pointer), "required", "fill this in");
    text(pointer, value, max_bytes);
  }

  // Errors: kInvalid "invalid_input" with what was added.
  Result<void> result() {
    if (fields_.empty()) return {};
    return fail(Error{ErrorKind::kInvalid, "invalid_input", "some fields are not as they should be",
                      std::move(fields_)});
  }

 private:
  std::vector<FieldError> fields_;
};

}  // namespace dealog::domain
