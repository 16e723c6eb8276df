#include "libs/connectors/parse/media_type.hpp"

#include <algorithm>

#include "libs/base/text.hpp"
#include "libs/connectors/parse/limits.hpp"

namespace dealog::connectors {
namespace {

// Reads a quoted string that starts at text[at] == '"'; `at` ends after the closing quote.
std::string quoted(std::string_view text, std::size_t& at) {
  std::string out;
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\' && at + 1 < text.size() && (text[at + 1] == '"' || text[at + 1] == '\\')) {
      ++at;
    }
    out += text[at];
  }
  if (at < text.size()) ++at;
  return out;
}

}  // namespace

std::string HeaderValue::parameter(std::string_view name) const {
  const auto it = std::find_if(parameters.begin(), parameters.end(),
                               [&](const auto& p) { return p.first == name; });
  return it == parameters.end() ? std::string() : it->second;
}

bool HeaderValue::has(std::string_view name) const {
  return std::any_of(parameters.begin(), parameters.end(),
                     [&](const auto& p) { return p.first == name; });
}

HeaderValue parse_header_value(std::string_view text) {
  HeaderValue out;
  std::size_t at = std::min(text.find(';'), text.size());
  out.value = to_lower_ascii(trim(text.substr(0, at)));
  while (at < text.size() && out.parameters.size() < kPartHeaders) {
    ++at;  // the semicolon
    const auto equals = text.find_first_of("=;", at);
    if (equals == std::string_view::npos) break;
    if (text[equals] == ';') {
      at = equals;
      continue;
    }
    std::string name = to_lower_ascii(trim(text.substr(at, equals - at)));
    at = equals + 1;
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
    std::string value;
    if (at < text.size() && text[at] == '"') {
      value = quoted(text, at);
      at = std::min(text.find(';', at), text.size());
    } else {
      const auto end = std::min(text.find(';', at), text.size());
      value = trim(text.substr(at, end - at));
      at = end;
    }
    if (!name.empty()) out.parameters.emplace_back(std::move(name), std::move(value));
  }
  return out;
}

}  // namespace dealog::connectors
