#include "libs/connectors/parse/posted_file.hpp"

#include "libs/connectors/parse/media_type.hpp"
#include "libs/connectors/parse/multipart.hpp"

namespace dealog::connectors {

Result<std::string> posted_file(const Delivery& delivery) {
  const HeaderValue type = parse_header_value(delivery.content_type());
  if (type.value != "multipart/form-data") return delivery.body;
  auto parts = TRY(parse_multipart(delivery.body, type.parameter("boundary")));
  for (auto& part : parts) {
    if (part.filename && !part.filename->empty()) return std::move(part.content);
  }
  if (parts.empty()) return fail(ErrorKind::kInvalid, "field_missing", "the form holds no file");
  return std::move(parts.front().content);
}

}  // namespace dealog::connectors
