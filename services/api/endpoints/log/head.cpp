// GET /v1/log/head: the log's head, signed, as JSON or as the note alone
#include "libs/async/on_pool.hpp"
#include "libs/base/encoding.hpp"
#include "services/api/endpoints/log.hpp"
#include "services/api/render/json.hpp"
#include "services/api/support/query.hpp"

namespace dealog::api {
namespace {

Result<http::Response> show_head(const Api& api, bool as_note) {
  const auto signed_head = TRY(api.heads.head(api.heads.log().head()));
  if (as_note) return http::Response::text(200, signed_head->note);
  const TreeHead& head = signed_head->head;
  return http::Response::json(200, json::object{{"position", head.position.value},
                                                {"recorded_at", render(signed_head->recorded)},
                                                {"log_id", to_hex(head.log_id)},
                                                {"epoch", head.epoch},
                                                {"root", to_base64(merkle::view(head.root))},
                                                {"checkpoint", signed_head->note},
                                                {"key", api.heads.verifier_key()}});
}

}  // namespace

Answer get_log_head(const Api& api, Session, http::Request request) {
  CO_TRY(no_parameters(request));
  const bool as_note = request.header("Accept").starts_with("text/plain");
  co_return co_await on_pool(api.reads, [&] { return show_head(api, as_note); });
}

}  // namespace dealog::api
