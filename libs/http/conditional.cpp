#include "libs/http/conditional.hpp"

#include <algorithm>

#include "libs/base/number.hpp"
#include "libs/base/text.hpp"
#include "libs/http/limits.hpp"

namespace dealog::http {
namespace {

struct Tag {
  bool weak = false;
  std::string_view opaque;  // without the quotes
};

bool is_tag_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == 0x21 || (byte >= 0x23 && byte != 0x7f);
}

// Takes one entity tag and the comma after it off the front; nothing when it is malformed.
std::optional<Tag> next_tag(std::string_view& list) {
  Tag tag;
  if (list.starts_with("W/")) {
    tag.weak = true;
    list.remove_prefix(2);
  }
  const auto close = list.starts_with('"') ? list.find('"', 1) : std::string_view::npos;
  if (close == std::string_view::npos) return std::nullopt;
  tag.opaque = list.substr(1, close - 1);
  if (!std::ranges::all_of(tag.opaque, is_tag_character)) return std::nullopt;
  list = trim(list.substr(close + 1));
  if (list.empty()) return tag;
  if (!list.starts_with(',')) return std::nullopt;
  list = trim(list.substr(1));
  return tag;
}

std::optional<std::uint64_t> version_in(const Tag& tag) {
  const bool padded = tag.opaque.size() > 1 && tag.opaque[0] == '0';
  if (tag.weak || padded) return std::nullopt;
  return parse_number<std::uint64_t>(tag.opaque);
}

std::string joined(const Request& request, std::string_view name) {
  std::string all;
  for (std::size_t i = 0; i < request.headers.size(); ++i) {
    if (!equals_ignoring_case_ascii(request.headers.name(i), name)) continue;
    if (!all.empty()) all += ", ";
    all += request.headers.value(i);
  }
  return all;
}

std::unexpected<Error> invalid_key(std::string_view why) {
  return fail(ErrorKind::kInvalid, "invalid_idempotency_key",
              "Idempotency-Key " + std::string(why) +
                  "; send 1 to 255 characters of visible ASCII, in double quotes or bare");
}

// RFC 8941, 3.3.3; without parameters, which nobody sends here.
Result<std::string> structured_string(std::string_view quoted) {
  std::string out;
  for (std::size_t i = 1; i < quoted.size(); ++i) {
    char c = quoted[i];
    if (c == '"') {
      if (i + 1 != quoted.size()) return invalid_key("goes on after its closing quote");
      return out;
    }
    if (c == '\\') {
      if (++i == quoted.size() || (quoted[i] != '"' && quoted[i] != '\\')) {
        return invalid_key("has a wrong escape");
      }
      c = quoted[i];
    }
    if (c < 0x20 || c > 0x7e) return invalid_key("has a character that is not visible ASCII");
    out += c;
  }
  return invalid_key("lacks its closing quote");
}

}  // namespace

std::string etag_of(std::uint64_t version) { return '"' + std::to_string(version) + '"'; }

Result<IfMatch> IfMatch::parse(const Request& request) {
  IfMatch match;
  match.present_ = request.headers.has("If-Match");
  if (!match.present_) return match;
  const std::string all = joined(request, "If-Match");
  std::string_view list = trim(all);
  if (list == "*") {
    match.any_ = true;
    return match;
  }
  do {
    const auto tag = next_tag(list);
    if (!tag) {
      return fail(ErrorKind::kInvalid, "invalid_if_match",
                  "If-Match must be the ETag of the thing, in double quotes, or *");
    }
    ++match.tags_;
    if (const auto version = version_in(*tag)) match.versions_.push_back(*version);
  } while (!list.empty());
  return match;
}

bool IfMatch::allows(std::uint64_t version) const {
  return !present_ || any_ || std::ranges::find(versions_, version) != versions_.end();
}

std::optional<std::uint64_t> IfMatch::version() const {
  return tags_ == 1 && versions_.size() == 1 ? std::optional(versions_[0]) : std::nullopt;
}

Result<void> IfMatch::check(std::uint64_t version) const {
  if (allows(version)) return {};
  return fail(ErrorKind::kPrecondition, "version_conflict",
              "somebody changed this meanwhile (it is at " + etag_of(version) +
                  "); read it again and repeat the change");
}

bool none_match_hit(const Request& request, std::string_view etag) {
  const std::string all = joined(request, "If-None-Match");
  std::string_view list = trim(all);
  if (list == "*") return true;
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  while (!list.empty()) {
    const auto tag = next_tag(list);
    if (!tag) return false;
    if (etag.size() == tag->opaque.size() + 2 &&
        etag.substr(1, tag->opaque.size()) == tag->opaque) {
      return true;
    }
  }
  return false;
}

Result<std::optional<std::string>> idempotency_key(const Request& request) {
  const std::size_t sent = request.headers.count("Idempotency-Key");
  if (sent == 0) return std::nullopt;
  if (sent > 1) return invalid_key("is there more than once");
  const std::string_view raw = trim(request.headers.get("Idempotency-Key"));
  std::string key;
  if (raw.starts_with('"')) {
    key = TRY(structured_string(raw));
  } else {
    const auto is_bare = [](char c) { return c > 0x20 && c < 0x7f && c != '"' && c != ','; };
    if (!std::ranges::all_of(raw, is_bare)) {
      return invalid_key("has a character that needs double quotes around the key");
    }
    key = raw;
  }
  if (key.empty()) return invalid_key("is empty");
  if (key.size() > kIdempotencyKeyBytes) return invalid_key("is longer than 255 characters");
  return key;
}

}  // namespace dealog::http
