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

}  // namespace dealog::api
