#include "libs/connectors/parse/multipart.hpp"

#include "libs/base/text.hpp"
#include "libs/connectors/parse/limits.hpp"
#include "libs/connectors/parse/media_type.hpp"
#include "libs/connectors/parse/urlencoded.hpp"

namespace dealog::connectors {
namespace {

std::unexpected<Error> malformed(std::string message) {
  return fail(ErrorKind::kInvalid, "malformed_multipart", std::move(message));
}

std::unexpected<Error> truncated() {
  return fail(ErrorKind::kInvalid, "truncated_multipart",
              "the multipart body ends inside a part: the delivery is incomplete");
}

// The delimiter that this body really uses, and where its first line starts.
struct Delimiter {
  std::string text;
  std::size_t at = 0;
};

std::optional<Delimiter> first_delimiter(std::string_view body, std::string_view boundary) {
  // Some senders have two dashes more or fewer in the header than in the body.
  std::string_view bare = boundary;
  while (bare.starts_with('-')) bare.remove_prefix(1);
  if (bare.empty()) bare = boundary;
  for (const std::string& text :
       {"--" + std::string(boundary), std::string(boundary), "----" + std::string(boundary),
        "--" + std::string(bare), std::string(bare)}) {
    if (body.starts_with(text)) return Delimiter{text, 0};
    const auto at = body.find("\n" + text);
    if (at != std::string_view::npos) return Delimiter{text, at + 1};
  }
  return std::nullopt;
}

// Browsers write a quote in a name as %22 and line breaks as %0D%0A; nothing else is escaped.
std::string unescape_name(std::string name) {
  for (const auto& [escape, plain] : {std::pair{"%22", "\""}, {"%0D%0A", "\n"}}) {
    for (auto at = name.find(escape); at != std::string::npos; at = name.find(escape, at + 1)) {
      name.replace(at, std::string_view(escape).size(), plain);
    }
  }
  return name;
}

Result<void> read_header(std::string_view line, Part& part, bool& named) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return malformed("a header of a part has no colon");
  const std::string name = to_lower_ascii(trim(line.substr(0, colon)));
  const HeaderValue value = parse_header_value(trim(line.substr(colon + 1)));
  if (name == "content-type") {
    part.content_type = value.value;
    part.charset = value.parameter("charset");
  } else if (name == "content-disposition") {
    named = value.value == "form-data" && value.has("name");
    part.name = unescape_name(value.parameter("name"));
    if (value.has("filename")) part.filename = unescape_name(value.parameter("filename"));
    // RFC 7578 forbids filename*, some clients send it nevertheless: charset'language'text.
    const std::string extended = value.parameter("filename*");
    const auto quote = extended.rfind('\'');
    if (quote != std::string::npos) {
      part.filename = decode_component(std::string_view(extended).substr(quote + 1), false);
    }
  } else if (name == "content-transfer-encoding") {
    const bool plain = value.value == "binary" || value.value == "8bit" || value.value == "7bit";
    if (!plain) return malformed("a part uses a transfer encoding, which forms must not");
  }
  return {};
}

// Reads the headers of one part and drops them, with the empty line, from `rest`.
Result<Part> read_headers(std::string_view& rest) {
  Part part;
  bool named = false;
  std::size_t bytes = 0, count = 0;
  for (;;) {
    const auto end = rest.find('\n');
    if (end == std::string_view::npos) return truncated();
    std::string_view line = rest.substr(0, end);
    bytes += end + 1;
    if (bytes > kPartHeaderBytes || ++count > kPartHeaders) {
      return fail(ErrorKind::kTooLarge, "part_headers_too_large",
                  "a part of the multipart body has too many or too long headers");
    }
    rest.remove_prefix(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) break;
    TRY(read_header(line, part, named));
  }
  if (!named) return malformed("a part has no Content-Disposition: form-data with a name");
  if (part.name.size() > kFieldNameBytes) {
    return fail(ErrorKind::kTooLarge, "field_name_too_long", "a part has too long a name");
  }
  return part;
}

// Drops what stands on the delimiter's line after it. True when that was the closing one.
Result<bool> finish_delimiter(std::string_view& rest) {
  const bool closing = rest.starts_with("--");
  if (closing) rest.remove_prefix(2);
  const auto end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  if (closing) return true;
  if (!trim(line).empty()) return malformed("text follows a delimiter on its line");
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return rest.empty();  // a last delimiter without its `--`
}

}  // namespace

Result<std::vector<Part>> parse_multipart(std::string_view body, std::string_view boundary) {
  if (boundary.empty() || boundary.size() > kBoundaryBytes) {
    return malformed("the Content-Type names no usable boundary");
  }
  const auto first = first_delimiter(body, boundary);
  if (!first) return body.empty() ? truncated() : malformed("the boundary is not in the body");
  std::vector<Part> parts;
  std::string_view rest = body.substr(first->at + first->text.size());
  const std::string separator = "\n" + first->text;
  while (!TRY(finish_delimiter(rest))) {
    if (parts.size() == kMultipartParts) {
      return fail(ErrorKind::kTooLarge, "too_many_parts",
                  "the multipart body has more than " + std::to_string(kMultipartParts) + " parts");
    }
    Part part = TRY(read_headers(rest));
    // An empty content may be followed by the delimiter at once.
    const bool empty = rest.starts_with(first->text);
    const auto end = empty ? 0 : rest.find(separator);
    if (end == std::string_view::npos) return truncated();
    std::string_view content = rest.substr(0, end);
    if (content.ends_with('\r')) content.remove_suffix(1);
    part.content = content;
    parts.push_back(std::move(part));
    rest.remove_prefix(empty ? first->text.size() : end + separator.size());
  }
  return parts;
}

}  // namespace dealog::connectors
