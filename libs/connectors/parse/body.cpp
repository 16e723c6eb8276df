#include "libs/connectors/parse/body.hpp"

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/base/number.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/parse/charset.hpp"
#include "libs/connectors/parse/json.hpp"
#include "libs/connectors/parse/limits.hpp"
#include "libs/connectors/parse/media_type.hpp"
#include "libs/connectors/parse/multipart.hpp"
#include "libs/connectors/parse/urlencoded.hpp"

namespace dealog::connectors {
namespace {

constexpr std::string_view kForm = "application/x-www-form-urlencoded";
constexpr std::string_view kMultipart = "multipart/form-data";
constexpr std::string_view kJson = "application/json";

bool is_json(std::string_view type) {
  return type == kJson || type == "text/json" || type.ends_with("+json");
}

// What an unlabelled body looks like: browsers' sendBeacon sends JSON as text/plain.
std::string_view guess(std::string_view body) {
  const std::string_view text = trim(body);
  if (text.starts_with('{') || text.starts_with('[')) return kJson;
  return text.find('=') != std::string_view::npos ? kForm : std::string_view();
}

Result<void> check_complete(const Delivery& delivery) {
  if (delivery.body.size() > kBodyBytes) {
    return fail(ErrorKind::kTooLarge, "body_too_large", "the body is larger than any route takes");
  }
  const std::string* coding = delivery.header("content-encoding");
  if (coding && !equals_ignoring_case_ascii(trim(*coding), "identity")) {
    return fail(ErrorKind::kInvalid, "unsupported_encoding",
                "the body is compressed; senders must not compress deliveries");
  }
  const std::string* header = delivery.header("content-length");
  if (!header) return {};
  if (parse_number<std::size_t>(trim(*header)) != delivery.body.size()) {
    return fail(ErrorKind::kInvalid, "truncated_body",
                "Content-Length does not agree with the " + std::to_string(delivery.body.size()) +
                    " bytes that came: the delivery is incomplete");
  }
  return {};
}

// HTML: a field `_charset_` names the charset of the whole form.
std::string declared_charset(const std::vector<FormField>& fields, const HeaderValue& type,
                             const BodyOptions& options) {
  for (const auto& field : fields) {
    if (field.name == "_charset_" && !field.value.empty()) return field.value;
  }
  const std::string charset = type.parameter("charset");
  return charset.empty() ? options.charset : charset;
}

std::unexpected<Error> in_field(Error error, const std::string& name) {
  error.message += " (field " + quoted(name) + ")";
  return fail(std::move(error));
}

Result<void> decode_field(FormField& field, std::string_view charset, std::string_view own) {
  auto name = to_utf8(field.name, charset);
  if (!name) return in_field(std::move(name).error(), field.name);
  auto value = to_utf8(field.value, own.empty() ? charset : own);
  if (!value) return in_field(std::move(value).error(), *name);
  field = {std::move(*name), std::move(*value)};
  return {};
}

Result<Body> read_form(std::string_view text, const HeaderValue& type, const BodyOptions& options) {
  auto fields = TRY(parse_urlencoded(text));
  const std::string charset = declared_charset(fields, type, options);
  for (auto& field : fields) TRY(decode_field(field, charset, {}));
  return Body{TRY(build_tree(std::move(fields), options.repeated)), {}};
}

Result<Body> read_multipart(const Delivery& delivery, const HeaderValue& type,
                            const BodyOptions& options) {
  auto parts = TRY(parse_multipart(delivery.body, type.parameter("boundary")));
  std::vector<FormField> fields;
  std::vector<std::string> charsets;
  Body body;
  for (auto& part : parts) {
    if (part.filename) {
      // A file input left empty sends a part without a name and content.
      if (part.filename->empty() && part.content.empty()) continue;
      body.files.push_back({part.name, *part.filename, part.content_type, part.content.size(),
                            to_hex(sha256(part.content))});
    } else {
      fields.push_back({std::move(part.name), std::move(part.content)});
      charsets.push_back(std::move(part.charset));
    }
  }
  const std::string charset = declared_charset(fields, type, options);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    TRY(decode_field(fields[i], charset, charsets[i]));
  }
  for (auto& file : body.files) {
    file.field = TRY(to_utf8(file.field, charset, BadBytes::kReplace));
    file.filename = TRY(to_utf8(file.filename, charset, BadBytes::kReplace));
  }
  body.tree = TRY(build_tree(std::move(fields), options.repeated));
  return body;
}

Result<Body> read_json(std::string_view text, const HeaderValue& type) {
  const std::string charset = type.parameter("charset");
  if (charset.empty() || equals_ignoring_case_ascii(charset, "utf-8")) {
    return Body{TRY(parse_json(text)), {}};
  }
  const std::string utf8 = TRY(to_utf8(text, charset));
  return Body{TRY(parse_json(utf8)), {}};
}

}  // namespace

Result<Body> parse_body(const Delivery& delivery, const BodyOptions& options) {
  TRY(check_complete(delivery));
  const HeaderValue type = parse_header_value(delivery.content_type());
  if (delivery.method == "GET" && delivery.body.empty()) {
    return read_form(delivery.query, {}, options);
  }
  std::string_view kind = type.value;
  if (kind.empty() || kind == "text/plain") kind = guess(delivery.body);
  if (kind == kForm) return read_form(delivery.body, type, options);
  if (kind == kMultipart) return read_multipart(delivery, type, options);
  if (is_json(kind)) return read_json(delivery.body, type);
  return fail(ErrorKind::kInvalid, "unsupported_media_type",
              "the body is neither a form nor JSON; its Content-Type says " + quoted(type.value));
}

}  // namespace dealog::connectors
