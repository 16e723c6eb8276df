// Query parameters that many reads share.
#pragma once

#include "libs/domain/common/refusal.hpp"
#include "libs/http/query_reader.hpp"
#include "libs/projection/view_context.hpp"
#include "services/api/support/api.hpp"

namespace dealog::api {

// A code or id to filter by; "" when it is absent.
inline std::string text_of(http::QueryReader& in, std::string_view name) {
  return in.optional_string(name, limits::kCodeBytes).value_or("");
}

inline PageRequest page_of(http::QueryReader& in) {
  const http::Page page = in.page();
  return {page.limit, page.cursor};
}

// `q`: what to search for; "" when it is absent. Names, contacts and titles are sealed, so who may
// not see them may not ask either: even a masked answer tells who has the phone that was asked for.
// Errors: kForbidden "right_missing".
inline Result<std::string> search_text(http::QueryReader& in, const Session& session) {
  auto q = in.optional_string("q", limits::kTitleBytes).value_or("");
  if (q.empty() || session.has(user::Right::kPersonal)) return q;
  return refuse(session.language, ErrorKind::kForbidden, "right_missing",
                "поиск (q) смотрит в личные данные, для этого нужно право «personal»; попросите у "
                "администратора токен с ним",
                "a search (q) looks into personal data and needs the right 'personal'; ask an "
                "administrator for a token with it");
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
