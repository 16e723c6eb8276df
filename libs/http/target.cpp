#include "libs/http/target.hpp"

#include <algorithm>

#include "libs/base/encoding.hpp"
#include "libs/base/text.hpp"
#include "libs/http/limits.hpp"

namespace dealog::http {
namespace {

std::unexpected<Error> invalid_path(std::string_view why) {
  return fail(ErrorKind::kInvalid, "invalid_path", "the path of the request " + std::string(why));
}

// "http://host/path?query" → "/path?query"; an origin-form target is returned as it is.
std::string_view without_authority(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    const auto slash = target.find('/', scheme.size());
    return slash == std::string_view::npos ? "/" : target.substr(slash);
  }
  return target;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

Result<std::string> decode_segment(std::string_view raw) {
  std::string decoded(raw);
  if (raw.find('%') != std::string_view::npos) {
    auto plain = percent_decode(raw, false);
    if (!plain) return invalid_path("has a '%' without two hex digits");
    decoded = std::move(*plain);
  }
  if (decoded == "." || decoded == "..") return invalid_path("has a '.' or '..' segment");
  if (std::ranges::any_of(decoded, is_control)) return invalid_path("has a control character");
  if (decoded.find_first_of("/\\") != std::string::npos) {
    return invalid_path("has a slash or backslash inside a segment");
  }
  if (!is_valid_utf8(decoded)) return invalid_path("is not valid UTF-8");
  return decoded;
}

Result<std::string> decode_query_part(std::string_view raw) {
  auto decoded = percent_decode(raw, true);
  const bool sound = decoded && is_valid_utf8(*decoded) && decoded->find('\0') == std::string::npos;
  if (!sound) {
    return fail(ErrorKind::kInvalid, "invalid_query",
                "the query of the request is not percent-encoded UTF-8 without NUL");
  }
  return decoded;
}

}  // namespace

Result<Path> decode_path(std::string_view target) {
  target = without_authority(target);
  if (target.find('#') != std::string_view::npos) return invalid_path("has a fragment");
  const std::string_view raw = target.substr(0, target.find('?'));
  if (!raw.starts_with('/')) return invalid_path("does not begin with '/'");
  Path path;
  if (raw == "/") {
    path.text = "/";
    return path;
  }
  path.text.reserve(raw.size());
  path.segments.reserve(8);
  std::string_view rest = raw.substr(1);
  for (bool more = true; more;) {
    const auto slash = rest.find('/');
    more = slash != std::string_view::npos;
    const std::string_view part = rest.substr(0, slash);
    if (part.empty() && more) return invalid_path("has an empty segment ('//')");
    if (path.segments.size() == kPathSegments) return invalid_path("has too many segments");
    path.segments.push_back(TRY(decode_segment(part)));
    path.text += '/';
    path.text += path.segments.back();
    if (more) rest.remove_prefix(slash + 1);
  }
  return path;
}

Result<Query> decode_query(std::string_view raw) {
  Query query;
  while (!raw.empty()) {
    const auto end = raw.find('&');
    const std::string_view item = raw.substr(0, end);
    raw.remove_prefix(end == std::string_view::npos ? raw.size() : end + 1);
    if (item.empty()) continue;
    if (query.items().size() == kQueryParameters) {
      return fail(ErrorKind::kInvalid, "invalid_query", "the query has too many parameters");
    }
    const auto equals = item.find('=');
    const auto value = equals == std::string_view::npos ? "" : item.substr(equals + 1);
    query.add(TRY(decode_query_part(item.substr(0, equals))), TRY(decode_query_part(value)));
  }
  return query;
}

}  // namespace dealog::http
