// Rules in a request's body, as the text of a regulation.
#pragma once

#include <string>
#include <string_view>

#include "libs/http/json_reader.hpp"

namespace dealog::api {

// A value in the form of a regulation's file, in lines: strings are quoted, nothing else is
// changed. Thread: any.
std::string yaml_of(const boost::json::value& value);

// A member that is YAML as it is (a string) or its JSON (an object, a list); "" when it is absent.
std::string optional_yaml(http::ObjectReader& in, std::string_view key);

}  // namespace dealog::api
