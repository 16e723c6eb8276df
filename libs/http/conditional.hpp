// Headers that make a request conditional or repeatable.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/result.hpp"
#include "libs/http/request.hpp"

namespace dealog::http {

// "\"7\"": the version of what can be edited, as a strong entity tag (RFC 9110, 8.8.3).
std::string etag_of(std::uint64_t version);

// If-Match of a write. Weak tags and tags that are no version never match.
class IfMatch {
 public:
  // Errors: kInvalid "invalid_if_match".
  static Result<IfMatch> parse(const Request& request);
  bool present() const { return present_; }
  // True also without the header and for "*".
  bool allows(std::uint64_t version) const;
  // The one version asked for; nothing when absent, "*" or several.
  std::optional<std::uint64_t> version() const;
  // Errors: kPrecondition "version_conflict" when `version` is not allowed.
  Result<void> check(std::uint64_t version) const;

 private:
  bool present_ = false;
  bool any_ = false;
  std::size_t tags_ = 0;
  std::vector<std::uint64_t> versions_;
};

// Whether If-None-Match names `etag` (weak comparison) or is "*": answer 304 then.
bool none_match_hit(const Request& request, std::string_view etag);

// Idempotency-Key: a structured-field string ("abc") or a bare token, 1..255 characters of visible
// ASCII. Errors: kInvalid "invalid_idempotency_key", also when it is sent twice.
Result<std::optional<std::string>> idempotency_key(const Request& request);

}  // namespace dealog::http
