// Bytes of an IMAP server into whole responses: lines and the literals in them (RFC 9051, 4.3).
// Limits are checked before anything is kept.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/result.hpp"

namespace dealog::outbound::imap {

// The text of one response; the list of the UIDs of half a million mails fits.
inline constexpr std::size_t kResponseTextBytes = 4 << 20;
inline constexpr std::size_t kResponseLiterals = 64;
// Stands in a response's text for a literal, in their order. Servers cannot write it: control
// characters of a line are replaced by '?'.
inline constexpr char kLiteralMark = '\x01';

struct RawResponse {
  std::string text;  // without the line end
  std::vector<std::string> literals;
};

// Thread: one at a time.
class ResponseReader {
 public:
  // All literals of one response together have at most `literal_bytes`.
  explicit ResponseReader(std::size_t literal_bytes) : literal_limit_(literal_bytes) {}

  // Errors: kUnavailable "answer_too_large"; nothing can be read after it.
  Result<void> feed(std::string_view bytes);
  // The oldest whole response that was not taken.
  std::optional<RawResponse> take();

 private:
  Result<void> end_line();

  std::size_t literal_limit_;
  std::string line_;  // of the current response, since its last literal
  RawResponse current_;
  std::size_t literal_left_ = 0;  // bytes of current_'s last literal that are to come
  std::size_t literal_sum_ = 0;
  std::deque<RawResponse> whole_;
};

}  // namespace dealog::outbound::imap
