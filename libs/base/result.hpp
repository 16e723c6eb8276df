// Errors as values. Exceptions are for bugs and for out of memory.
#pragma once

#include <expected>
#include <string>
#include <utility>
#include <vector>

namespace dealog {

// What kind of failure it is; `libs/http/problem` is the one place that maps it to a status.
enum class ErrorKind {
  kInvalid,        // the input is wrong: 400, or 422 when `fields` name the places
  kUnauthorized,   // nobody, or nobody we know: 401
  kForbidden,      // somebody without the right: 403
  kNotFound,       // 404
  kConflict,       // the state of the thing does not allow it: 409
  kPrecondition,   // If-Match does not hold: 412
  kTooLarge,       // over a named limit: 413
  kUnprocessable,  // understood and refused by a rule: 422
  kUnavailable,    // not now, try again: 503
  kUnknown,        // may or may not have happened; retry with the same key: 503
  kInternal,       // a bug or a broken disk: 500
};

// One wrong place of an input. `pointer` is an RFC 6901 JSON pointer ("/lines/0/title").
struct FieldError {
  std::string pointer;
  std::string code;
  std::string message;
};

// `code` is for programs and never changes ("gate_not_met"); `message` is for people and says
// what was being done, to what, and what to do now. `data` is extra JSON text for the answer's
// members ("" or an object, e.g. {"unmet":[…]}).
struct Error {
  ErrorKind kind = ErrorKind::kInternal;
  std::string code;
  std::string message;
  std::vector<FieldError> fields = {};
  std::string data = {};
};

template <class T = void>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(ErrorKind kind, std::string code, std::string message) {
  return std::unexpected(Error{kind, std::move(code), std::move(message)});
}
inline std::unexpected<Error> fail(Error error) { return std::unexpected(std::move(error)); }

}  // namespace dealog

// `auto x = TRY(f());` yields the value or returns the error of the enclosing function.
// CO_TRY is the same inside a coroutine.
#define TRY(expression)                                       \
  ({                                                          \
    auto try_result_ = (expression);                          \
    if (!try_result_) [[unlikely]]                            \
      return std::unexpected(std::move(try_result_).error()); \
    std::move(try_result_).value();                           \
  })
#define CO_TRY(expression)                                       \
  ({                                                             \
    auto try_result_ = (expression);                             \
    if (!try_result_) [[unlikely]]                               \
      co_return std::unexpected(std::move(try_result_).error()); \
    std::move(try_result_).value();                              \
  })
