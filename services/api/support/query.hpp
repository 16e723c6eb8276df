// Query parameters that many reads share.
#pragma once

#include "libs/http/query_reader.hpp"
#include "libs/projection/view_context.hpp"

namespace dealog::api {

// A code or id to filter by; "" when it is absent.
inline std::string text_of(http::QueryReader& in, std::string_view name) {
  return in.optional_string(name, limits::kCodeBytes).value_or("");
}

inline PageRequest page_of(http::QueryReader& in) {
  const http::Page page = in.page();
  return {page.limit, page.cursor};
}

// `min_position` and `settled` were waited for before the endpoint ran; they are known here.
inline void finish_waiting(http::QueryReader& in) {
  in.optional_string("min_position", limits::kCodeBytes);
  in.flag("settled");
}

// For reads that take nothing but the waiting. What a caller adds is not dropped in silence: the
// present would pass for the past that `as_of` asked for. Errors: kInvalid "invalid_input".
inline Result<void> no_parameters(const http::Request& request) {
  http::QueryReader in(request);
  finish_waiting(in);
  return in.finish();
}

}  // namespace dealog::api
