#include "services/api/support/endpoint.hpp"

#include "libs/base/invalid_input.hpp"
#include "libs/domain/common/refusal.hpp"
#include "services/api/support/waiting.hpp"

namespace dealog::api {
namespace {

using boost::asio::awaitable;

constexpr std::string_view kProtobuf = "application/x-protobuf";

// Protobuf bodies are not spoken yet; a caller who sends or wants one is told so instead of getting
// "this is no JSON".
Result<void> speaks_json(const http::Request& request) {
  if (request.header("Content-Type").starts_with(kProtobuf)) {
    return refuse(request.language(), ErrorKind::kInvalid, "unsupported_media_type",
                  "здесь принимают JSON: пошлите тело с Content-Type: application/json",
                  "this takes JSON: send the body with Content-Type: application/json");
  }
  if (request.header("Accept") == kProtobuf) {
    return refuse(request.language(), ErrorKind::kInvalid, "not_acceptable",
                  "здесь отвечают в JSON: пошлите Accept: application/json",
                  "this answers JSON: send Accept: application/json");
  }
  return {};
}

// Cursors are read deep down, where nobody knows of parameters: here it gets its place.
Result<http::Response> with_places(Result<http::Response> answer, Language language) {
  if (answer || answer.error().code != "invalid_cursor") return answer;
  return fail(invalid_input(
      language, FieldError{"?cursor", "invalid_cursor",
                           std::string(in(language, "Этот cursor не от этого списка",
                                          "The cursor is not one that this list gave"))}));
}

awaitable<Result<http::Response>> guarded(const Api& api, user::Right right, Endpoint endpoint,
                                          http::Request request) {
  Session session = CO_TRY(authenticate(api, request));
  CO_TRY(user::require(session.principal.rights, right, session.language));
  CO_TRY(speaks_json(request));
  const bool reads = request.method == http::Method::kGet || request.method == http::Method::kHead;
  if (reads) CO_TRY(co_await wait_as_asked(api, request));
  const Language language = session.language;
  co_return with_places(co_await endpoint(api, std::move(session), std::move(request)), language);
}

}  // namespace

void add(http::Router& router, const Api& api, http::Method method, std::string_view pattern,
         user::Right right, Endpoint endpoint, http::RouteOptions options) {
  http::ResultHandler handler = [&api, right, endpoint](http::Request request) {
    return guarded(api, right, endpoint, std::move(request));
  };
  router.add(method, pattern, std::move(handler), options);
}

}  // namespace dealog::api
