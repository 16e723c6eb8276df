// The body of a delivery, read by what its Content-Type says.
#pragma once

#include <string>
#include <vector>

#include "libs/base/result.hpp"
#include "libs/connectors/delivery.hpp"
#include "libs/connectors/parse/brackets.hpp"
#include "libs/connectors/parse/tree.hpp"

namespace dealog::connectors {

struct UploadedFile {
  std::string field;
  std::string filename;
  std::string content_type;
  std::size_t size_bytes = 0;
  std::string sha256_hex;
};

struct Body {
  Node tree;  // texts in UTF-8
  std::vector<UploadedFile> files;
};

struct BodyOptions {
  Repeated repeated = Repeated::kLast;
  std::string charset;  // assumed where the sender names none; empty means UTF-8
};

// Reads application/x-www-form-urlencoded, multipart/form-data, JSON of any `+json` type; without
// a type, or as text/plain, what the first byte looks like. A GET is read from its query.
// Charset, strongest first: that of a part, `_charset_` (HTML), the Content-Type, the option.
// Errors: kInvalid "unsupported_media_type" | "truncated_body" (Content-Length does not fit the
// body) | those of the parsers. Messages name fields and never quote values. Thread: any.
Result<Body> parse_body(const Delivery& delivery, const BodyOptions& options = {});

}  // namespace dealog::connectors
