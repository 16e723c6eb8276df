// Errors as answers: the one place where an Error becomes a status and RFC 9457 JSON.
#pragma once

#include <chrono>

#include "libs/base/result.hpp"
#include "libs/http/language.hpp"
#include "libs/http/request.hpp"
#include "libs/http/response.hpp"

namespace dealog::http {

// What Retry-After says with every 503.
inline constexpr std::chrono::seconds kRetryAfter{1};

int status_of(const Error& error);

// {"type","title","status","detail","code","errors"?} and the members of Error::data, which never
// replace the six. The title is in `language`; detail and errors are as the error has them.
// kInternal is logged whole and told as a request id only. 503 has Retry-After, 401
// WWW-Authenticate. Thread: any.
Response problem(const Error& error, Language language);
Response problem(const Request& request, const Error& error);

// A problem of the protocol itself, where no Error fits: 404, 405, 408, 413, 431.
Response problem(int status, std::string_view code, std::string detail, Language language);

}  // namespace dealog::http
