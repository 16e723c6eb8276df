// GET /v1/files/{id}: the content, for saving and not for showing.
#include <fmt/format.h>

#include "libs/base/encoding.hpp"
#include "libs/command/use_cases/files.hpp"
#include "libs/domain/common/refusal.hpp"
#include "libs/http/byte_range.hpp"
#include "services/api/endpoints/files.hpp"
#include "services/api/render/file.hpp"
#include "services/api/support/part_answer.hpp"
#include "services/api/support/query.hpp"

namespace dealog::api {
namespace {

// RFC 6266: a name in ASCII for old clients, the whole one beside it. Never shown in the page that
// asked for it: a file may be anything that a stranger sent.
std::string disposition_of(const std::string& name) {
  std::string plain;
  for (const char c : name) {
    const bool safe = c >= 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '%';
    plain += safe ? c : '_';
  }
  return fmt::format("attachment; filename=\"{}\"; filename*=UTF-8''{}", plain,
                     percent_encode(name));
}

// With who has deleted it and why, unless it went with its person.
Result<http::Response> erased(const Api& api, Language language, const FileId& id) {
  const auto deletion = TRY(use_cases::find_deletion(api.bus.folds(), id));
  Error error{.kind = ErrorKind::kNotFound,
              .code = "file_erased",
              .message = std::string(in(language, "этот файл стёрт", "this file was erased"))};
  if (deletion) error.data = json::serialize(render(*deletion, true));
  return fail(std::move(error));
}

Result<http::Response> read(const Api& api, Language language, const http::Request& request,
                            const FileId& id) {
  const auto known = TRY(use_cases::find_file(api.bus.folds(), id));
  if (!known) return not_found(language, "file", id.text());
  auto content = TRY(api.files.read(id.text(), known->stored));
  if (content.state == SealState::kErased) return erased(api, language, id);
  if (content.state != SealState::kOpened) {
    return fail(ErrorKind::kInternal, "key_lost",
                "the key of " + id.text() + " is missing in the folder of keys");
  }
  auto response =
      http::with_range(request, std::move(content.bytes), "\"" + known->stored.name + "\"");
  response.headers.set("Content-Type", known->media_type);
  response.headers.set("Content-Disposition", disposition_of(known->name));
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.headers.set("Content-Security-Policy", "default-src 'none'; sandbox");
  return response;
}

}  // namespace

Answer get_file(const Api& api, Session session, http::Request request) {
  const FileId id = CO_TRY(part_of_path<FileId>(request, "file"));
  CO_TRY(no_parameters(request));
  // All of a file is sealed, so there is nothing to show in part.
  CO_TRY(user::require(session.principal.rights, user::Right::kPersonal, session.language));
  co_return co_await on_pool(api.reads, [&] { return read(api, session.language, request, id); });
}

}  // namespace dealog::api
