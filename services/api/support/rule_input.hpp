// Rules in a request's body, as the text of a regulation.
#pragma once

#include <string>
#include <string_view>

#include "libs/base/id.hpp"
#include "libs/http/json_reader.hpp"
#include "libs/http/request.hpp"

namespace dealog::api {

// A value in the form of a regulation's file, in lines: strings are quoted, nothing else is
// changed. Thread: any.
std::string yaml_of(const boost::json::value& value);

// A member that is YAML as it is (a string) or its JSON (an object, a list); "" when it is absent.
std::string optional_yaml(http::ObjectReader& in, std::string_view key);

// Whether the body says that it is YAML: application/yaml, or what it was called before RFC 9512.
bool is_yaml(const http::Request& request);
// The body of such a request. Errors: kInvalid "body_missing".
Result<std::string> yaml_body(const http::Request& request);

// One rule that somebody wants to publish.
struct RuleInput {
  std::string pipeline;                   // empty: not named
  std::string pipeline_at = "/pipeline";  // where the request says which
  std::string yaml;
  RuleId address;          // rul_… beside its code; nil: not given
  std::string root;        // pointer of the rule in the body
  bool has_lines = false;  // the text is as it was sent, so its lines tell something
};

// A YAML body is the rule, and `?pipeline=` its pipeline. A JSON one is {"pipeline","rule"}, the
// rule as YAML or as its JSON, or the rule itself; what GET /v1/rules gives is taken as it is, what
// it says beyond the rule is passed over. Errors: kInvalid "invalid_input" | "invalid_json" |
// "body_missing".
Result<RuleInput> read_rule(const http::Request& request);

// The messages of its fields without "line 4:3: ", for what was no text when it came.
Error without_lines(Error error);
// What is wrong with the rule, by its places in that body.
Error told_of_input(Error error, const RuleInput& input);

}  // namespace dealog::api
