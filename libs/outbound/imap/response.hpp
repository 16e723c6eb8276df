// What one response of an IMAP server says, as far as a reader of mailboxes needs it. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/outbound/imap/response_reader.hpp"

namespace dealog::outbound::imap {

inline constexpr std::size_t kValueDepth = 16;
inline constexpr std::size_t kValues = 10'000;  // of one response

// An atom, a text (quoted or literal), NIL or a list.
struct Value {
  enum class Kind { kAtom, kText, kNil, kList };
  Kind kind = Kind::kNil;
  std::string text;
  std::vector<Value> items = {};

  bool is_list() const { return kind == Kind::kList; }
  bool operator==(const Value&) const = default;
};

struct Response {
  std::string tag;                      // "*", "+" or that of a command
  std::optional<std::uint64_t> number;  // "* 12 EXISTS"
  std::string name;                     // in capitals: OK, NO, BAD, BYE, EXISTS, FETCH, SEARCH …
  std::string code;                     // "[UIDVALIDITY 7]": UIDVALIDITY, in capitals
  std::string code_value;               // 7
  std::string rest;                     // what follows the name (and the code)
  std::vector<std::string> literals;

  bool is_untagged() const { return tag == "*"; }
  bool is_continuation() const { return tag == "+"; }
  bool is(std::string_view what) const { return is_untagged() && name == what; }
};

// Any line is one: what is not understood has a name that nobody asks for. Thread: any.
Response parse_response(RawResponse raw);

// The values of `rest`. Errors: kUnavailable "answer_not_understood": brackets or quotes that do
// not end, over kValueDepth or kValues. The literals are taken out of the response.
Result<std::vector<Value>> take_values(Response& response);

// "1 2 5" of SEARCH; what is no number is passed over.
std::vector<std::uint64_t> numbers_of(std::string_view text);

// The value after `name` in the list of a FETCH response: "UID", "RFC822.SIZE", "BODY[]". Null when
// there is none.
Value* fetched(std::vector<Value>& items, std::string_view name);

}  // namespace dealog::outbound::imap
