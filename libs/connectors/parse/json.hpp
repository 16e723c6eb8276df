// JSON (RFC 8259) into a tree that keeps every number as the text it came as.
#pragma once

#include <string_view>

#include "libs/base/result.hpp"
#include "libs/connectors/parse/tree.hpp"

namespace dealog::connectors {

// Depth at most limits::kJsonDepth; text must be UTF-8; a byte order mark is skipped.
// Errors: kInvalid "malformed_json" with the byte offset (truncated text included), kTooLarge
// "json_too_deep" | "json_too_large". Messages never quote the text. Thread: any.
Result<Node> parse_json(std::string_view text);

}  // namespace dealog::connectors
