#include "libs/domain/common/input.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "libs/base/invalid_input.hpp"
#include "libs/base/limits.hpp"
#include "libs/base/text.hpp"

namespace dealog {

void InputCheck::add(std::string pointer, std::string_view code, std::string_view ru,
                     std::string_view en) {
  if (errors_.size() >= kInputErrors) return;
  errors_.push_back({std::move(pointer), std::string(code),
                     std::string(language_ == rules::Language::kRu ? ru : en)});
}

void InputCheck::text(std::string_view value, const char* pointer, std::size_t max_bytes,
                      Presence presence) {
  if (value.size() > max_bytes) {
    add(pointer, "too_long", fmt::format("не длиннее {} байт", max_bytes),
        fmt::format("at most {} bytes", max_bytes));
  } else if (value.find('\0') != std::string_view::npos || !is_valid_utf8(value)) {
    add(pointer, "invalid_text", "не текст в UTF-8", "not valid UTF-8 text");
  } else if (presence == Presence::kRequired && trim(value).empty()) {
    add(pointer, "required", "Это поле обязательно", "This field is required");
  }
}

void InputCheck::code(std::string_view value, const char* pointer) {
  const bool good =
      value.size() <= limits::kCodeBytes && std::ranges::all_of(value, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
      });
  if (value.empty()) {
    add(pointer, "required", "Это поле обязательно", "This field is required");
  } else if (!good) {
    add(pointer, "invalid_code", "код из строчных латинских букв, цифр, _ и -, до 64 знаков",
        "a code of 1 to 64 lower-case letters, digits, _ and -");
  }
}

Result<> InputCheck::result() {
  if (errors_.empty()) return {};
  return fail(invalid_input(language_, std::exchange(errors_, {})));
}

}  // namespace dealog
