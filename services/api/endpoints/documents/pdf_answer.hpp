// A PDF as an answer.
#pragma once

#include <string>

#include "libs/domain/common/refusal.hpp"
#include "libs/http/response.hpp"
#include "services/api/support/api.hpp"

namespace dealog::api {

// `name` is ASCII without the ending.
inline http::Response pdf_answer(std::string bytes, const std::string& name) {
  return http::Response::bytes("application/pdf", std::move(bytes))
      .with("Content-Disposition", "inline; filename=\"" + name + ".pdf\"")
      .with("Cache-Control", "private, no-store");
}

// A document names people; it is shown whole or not at all. Errors: kForbidden "right_missing".
inline Result<void> require_personal(const Session& session) {
  return user::require(session.principal.rights, user::Right::kPersonal, session.language);
}

}  // namespace dealog::api
