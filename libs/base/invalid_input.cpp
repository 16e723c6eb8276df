#include "libs/base/invalid_input.hpp"

#include <algorithm>

namespace dealog {

Error invalid_input(Language language, std::vector<FieldError> fields) {
  const bool of_query = std::ranges::any_of(
      fields, [](const FieldError& field) { return field.pointer.starts_with(kParameterMark); });
  Error error{ErrorKind::kInvalid, "invalid_input", "", std::move(fields), ""};
  if (of_query) {
    error.message = language == Language::kRu
                        ? "Исправьте перечисленные параметры и повторите запрос"
                        : "Correct the listed parameters and send it again";
  } else {
    error.message = language == Language::kRu ? "Исправьте перечисленные поля и повторите запрос"
                                              : "Correct the listed fields and send it again";
  }
  return error;
}

Error invalid_input(Language language, FieldError field) {
  std::vector<FieldError> fields;
  fields.push_back(std::move(field));
  return invalid_input(language, std::move(fields));
}

std::string in_one_line(const Error& error) {
  constexpr std::size_t kShown = 5;
  std::string text = error.message;
  for (std::size_t i = 0; i < std::min(kShown, error.fields.size()); ++i) {
    const FieldError& field = error.fields[i];
    text.append(i == 0 ? ": " : "; ").append(field.pointer.empty() ? "/" : field.pointer);
    text.append(" — ").append(field.message);
  }
  return text;
}

}  // namespace dealog
