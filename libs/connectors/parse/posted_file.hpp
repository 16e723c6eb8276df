// A file that was posted to a hook: as the body itself, or in a form.
#pragma once

#include <string>

#include "libs/base/result.hpp"
#include "libs/connectors/delivery.hpp"

namespace dealog::connectors {

// Of multipart/form-data the first part with a file name, else the first part; of anything else
// the body, whatever its Content-Type: `curl --data-binary` says it is a form.
// Errors: those of parse_multipart; kInvalid "field_missing" for an empty form. Thread: any.
Result<std::string> posted_file(const Delivery& delivery);

}  // namespace dealog::connectors
