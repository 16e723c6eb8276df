#include "services/api/support/rule_input.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace dealog::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kStep = 2;

// A quoted string of JSON is one of YAML as well.
std::string scalar(const json::value& value) { return json::serialize(value); }

bool is_nested(const json::value& value) {
  return (value.is_object() && !value.get_object().empty()) ||
         (value.is_array() && !value.get_array().empty());
}

// The lines of a value that begins where the caller stands, further lines after `indent` spaces.
void write(const json::value& value, std::size_t indent, std::string& out) {
  const std::string margin(indent, ' ');
  bool first = true;
  const auto begin_line = [&] {
    if (!std::exchange(first, false)) out += margin;
  };
  if (value.is_array() && is_nested(value)) {
    for (const auto& item : value.get_array()) {
      begin_line();
      out += "- ";
      write(item, indent + kStep, out);
    }
  } else if (is_nested(value)) {
    for (const auto& [key, member] : value.get_object()) {
      begin_line();
      out += scalar(key);
      out += ':';
      if (is_nested(member)) {
        out += '\n' + std::string(indent + kStep, ' ');
        write(member, indent + kStep, out);
      } else {
        out += ' ';
        write(member, indent, out);
      }
    }
  } else {
    out += scalar(value) + '\n';
  }
}

}  // namespace

std::string yaml_of(const json::value& value) {
  std::string out;
  write(value, 0, out);
  return out;
}

std::string optional_yaml(http::ObjectReader& in, std::string_view key) {
  if (in.is_string(key)) return in.optional_text(key, limits::kApiBodyBytes).value_or("");
  const json::value* value = in.raw(key);
  if (value == nullptr || value->is_null()) return {};
  if (is_nested(*value)) return yaml_of(*value);
  in.error(key, "invalid_rules", "нужен YAML строкой, объект или список",
           "YAML as a string, an object or a list is expected");
  return {};
}

}  // namespace dealog::api
