#include "libs/connectors/parse/urlencoded.hpp"

#include "libs/connectors/parse/limits.hpp"

namespace dealog::connectors {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string decode_component(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out += ' ';
      continue;
    }
    if (text[i] == '%' && i + 2 < text.size()) {
      const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
      if (high >= 0 && low >= 0) {
        out += static_cast<char>(high << 4 | low);
        i += 2;
        continue;
      }
    }
    out += text[i];
  }
  return out;
}

Result<std::vector<FormField>> parse_urlencoded(std::string_view body) {
  std::vector<FormField> fields;
  while (!body.empty()) {
    const auto end = body.find('&');
    const std::string_view pair = body.substr(0, end);
    body.remove_prefix(end == std::string_view::npos ? body.size() : end + 1);
    if (pair.empty()) continue;
    if (fields.size() == kFormFields) {
      return fail(ErrorKind::kTooLarge, "too_many_fields",
                  "the form has more than " + std::to_string(kFormFields) + " fields");
    }
    const auto equals = pair.find('=');
    FormField field{decode_component(pair.substr(0, equals), true), {}};
    if (field.name.size() > kFieldNameBytes) {
      return fail(ErrorKind::kTooLarge, "field_name_too_long",
                  "a field of the form has a name of more than " + std::to_string(kFieldNameBytes) +
                      " bytes");
    }
    if (equals != std::string_view::npos) {
      field.value = decode_component(pair.substr(equals + 1), true);
    }
    fields.push_back(std::move(field));
  }
  return fields;
}

}  // namespace dealog::connectors
