#include "services/api/support/rule_input.hpp"

#include <algorithm>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "libs/base/text.hpp"
#include "libs/domain/common/refusal.hpp"
#include "libs/http/query_reader.hpp"
#include "services/api/support/query.hpp"

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

constexpr std::string_view kYamlTypes[] = {"application/yaml", "application/x-yaml", "text/yaml",
                                           "text/x-yaml"};
// What GET /v1/rules says of a rule beyond what its file does.
constexpr std::string_view kOnlyShown[] = {"regulation_version", "published_mode", "words",
                                           "counts", "last_at"};

// The rule of an object in the form of the file, or in that of an answer: there `id` is the rule's
// address, `code` what its file calls `id`, and null is what stands nowhere.
void take_rule(http::ObjectReader& in, json::object rule, RuleInput& input) {
  for (const auto key : kOnlyShown) rule.erase(key);
  if (const auto* pipeline = rule.if_contains("pipeline"); pipeline && pipeline->is_string()) {
    const std::string_view its = pipeline->get_string();
    if (!input.pipeline.empty() && input.pipeline != its) {
      in.error("pipeline", "pipeline_differs", "это не воронка правила",
               "this is not the pipeline that the rule names");
    }
    input.pipeline = its;
    rule.erase("pipeline");
  }
  const auto* id = rule.if_contains("id");
  const auto address = id && id->is_string()
                           ? RuleId::parse(std::string_view(id->get_string()))
                           : Result<RuleId>(fail(ErrorKind::kInvalid, "no_address", ""));
  if (const auto* code = rule.if_contains("code")) {
    if (address) input.address = *address;
    const json::value named = *code;
    rule.erase("code");
    if (address || id == nullptr) rule["id"] = named;
  } else if (address) {
    in.error(input.root.empty() ? "id" : input.root.substr(1), "code_missing",
             "здесь нужен код правила, а это его адрес",
             "the rule's code is expected here; this is its address");
  }
  std::vector<std::string> absent;
  for (const auto& member : rule) {
    if (member.value().is_null()) absent.emplace_back(member.key());
  }
  for (const auto& key : absent) rule.erase(key);
  input.yaml = yaml_of(rule);
}

Result<RuleInput> read_yaml_rule(const http::Request& request) {
  http::QueryReader in(request);
  RuleInput input{.pipeline = text_of(in, "pipeline"),
                  .pipeline_at = "?pipeline",
                  .yaml = TRY(yaml_body(request)),
                  .address = {},
                  .root = {},
                  .has_lines = true};
  TRY(in.finish());
  return input;
}

}  // namespace

bool is_yaml(const http::Request& request) {
  const std::string type = to_lower_ascii(request.header("Content-Type"));
  return std::ranges::any_of(kYamlTypes, [&](std::string_view known) {
    return type.starts_with(known) &&
           (type.size() == known.size() || type[known.size()] == ';' || type[known.size()] == ' ');
  });
}

Result<std::string> yaml_body(const http::Request& request) {
  if (!trim(request.body).empty()) return request.body;
  return refuse(request.language(), ErrorKind::kInvalid, "body_missing",
                "у запроса нет тела; нужен текст в YAML",
                "the request has no body; a text in YAML is expected");
}

Result<RuleInput> read_rule(const http::Request& request) {
  if (is_yaml(request)) return read_yaml_rule(request);
  http::JsonDocument document = TRY(http::read_json(request));
  http::ObjectReader& in = document.object();
  RuleInput input;
  if (!in.has("rule") && (in.has("trigger") || in.has("actions"))) {
    in.allow_unknown();
    take_rule(in, document.value().get_object(), input);
    TRY(document.finish());
    return input;
  }
  input.root = "/rule";
  input.pipeline = in.optional_code("pipeline").value_or("");
  const json::value* rule = in.raw("rule");
  if (rule != nullptr && rule->is_object() && !rule->get_object().empty()) {
    take_rule(in, rule->get_object(), input);
  } else {
    input.yaml = optional_yaml(in, "rule");
    input.has_lines = true;
    if (!in.has("rule")) in.error("rule", "required", "нужно правило", "a rule is needed");
  }
  TRY(document.finish());
  return input;
}

Error without_lines(Error error) {
  for (FieldError& field : error.fields) {
    const auto text = field.message.find(": ");
    if (text != std::string::npos) field.message.erase(0, text + 2);
  }
  return error;
}

Error told_of_input(Error error, const RuleInput& input) {
  constexpr std::string_view kRule = "/rule";
  const bool unsound = error.code == "regulation_unsound";
  if (unsound && !input.has_lines) error = without_lines(std::move(error));
  for (FieldError& field : error.fields) {
    const std::string_view pointer = field.pointer;
    if (pointer != kRule && !pointer.starts_with("/rule/")) continue;
    field.pointer = input.root + std::string(pointer.substr(kRule.size()));
  }
  return error;
}

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
