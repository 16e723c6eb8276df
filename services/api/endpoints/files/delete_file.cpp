// DELETE /v1/files/{id}: the file's key is destroyed, and its bytes go. Nobody gets it back.
#include "libs/command/use_cases/files.hpp"
#include "libs/http/json_reader.hpp"
#include "services/api/endpoints/files.hpp"
#include "services/api/support/part_answer.hpp"

namespace dealog::api {
namespace {

Result<std::string> read_reason(const http::Request& request) {
  http::JsonDocument document = TRY(http::read_json(request));
  auto reason = document.object().required_string("reason", limits::kTitleBytes);
  TRY(document.finish());
  return reason;
}

}  // namespace

Answer delete_file(const Api& api, Session session, http::Request request) {
  const FileId id = CO_TRY(part_of_path<FileId>(request, "file"));
  const std::string reason = CO_TRY(read_reason(request));
  auto command = CO_TRY(command_of(session, request, "delete_file", id.text()));
  const auto outcome = CO_TRY(co_await on_pool(api.reads, [&] {
    return use_cases::delete_file(api.bus, api.destroy_key, std::move(command), id, reason);
  }));
  co_return written(http::Response::no_content(), outcome);
}

}  // namespace dealog::api
