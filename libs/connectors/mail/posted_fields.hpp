// A mail that a service took apart and posted as a form: every field in a charset of its own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libs/base/result.hpp"
#include "libs/connectors/delivery.hpp"
#include "libs/connectors/parse/multipart.hpp"
#include "libs/connectors/parse/tree.hpp"

namespace dealog::connectors::mail {

struct PostedFields {
  std::vector<Part> fields;
  std::vector<Part> files;  // parts with a file name, and empty ones left out

  // The last of that name, also one that was sent as a file; null when absent.
  const Part* find(std::string_view name) const;
  // Its bytes in UTF-8; "" when absent. `charset` wins over that of the part.
  std::string text(std::string_view name, std::string_view charset = {}) const;
  // Its value as JSON; null when it is absent or no JSON.
  Node json(std::string_view name) const;
};

// urlencoded or multipart/form-data. Errors: those of the parsers; kTooLarge "body_too_large";
// kInvalid "unsupported_media_type". Thread: any.
Result<PostedFields> read_posted_fields(const Delivery& delivery);

}  // namespace dealog::connectors::mail
