#include "services/api/support/api.hpp"

#include "libs/base/text.hpp"
#include "libs/domain/common/refusal.hpp"
#include "libs/http/request.hpp"

namespace dealog::api {

Result<Session> authenticate(const Api& api, const http::Request& request) {
  constexpr std::string_view kScheme = "bearer ";
  const std::string_view header = request.header("Authorization");
  if (!equals_ignoring_case_ascii(header.substr(0, kScheme.size()), kScheme)) {
    return refuse(request.language(), ErrorKind::kUnauthorized, "token_missing",
                  "для этого нужен токен: пошлите заголовок Authorization: Bearer <токен>",
                  "this needs a token: send the header Authorization: Bearer <token>");
  }
  Principal principal = TRY(api.users.authenticate(trim(header.substr(kScheme.size())),
                                                   api.clock().now(), request.language()));
  return Session{std::move(principal), request.language()};
}

}  // namespace dealog::api
