// POST /v1/deals/{id}/files: the file's bytes as the body, or one file of a form.
#include <optional>

#include "dealog/v1/file_events.pb.h"
#include "libs/base/crypto.hpp"
#include "libs/base/invalid_input.hpp"
#include "libs/command/use_cases/files.hpp"
#include "libs/connectors/parse/media_type.hpp"
#include "libs/connectors/parse/multipart.hpp"
#include "libs/domain/common/not_found.hpp"
#include "libs/domain/common/refusal.hpp"
#include "libs/domain/deal/state.hpp"
#include "libs/http/query_reader.hpp"
#include "services/api/endpoints/files.hpp"
#include "services/api/render/file.hpp"
#include "services/api/support/deal_answer.hpp"

namespace dealog::api {
namespace {

// Boundary, headers and small fields around the file of a form.
constexpr std::size_t kFormAroundFile = 64 << 10;
constexpr std::size_t kNameParameterBytes = 4 * limits::kFileNameBytes;  // a path before its name

struct Upload {
  file::AttachFile command;
  std::string content;
};

Error wrong(Language language, std::string pointer, std::string code, std::string_view ru,
            std::string_view en) {
  return invalid_input(
      language, FieldError{std::move(pointer), std::move(code), std::string(in(language, ru, en))});
}

// The only file of a form.
Result<connectors::Part> file_of_form(const http::Request& request,
                                      const connectors::HeaderValue& type) {
  auto parts = TRY(connectors::parse_multipart(request.body, type.parameter("boundary")));
  std::erase_if(parts, [](const auto& part) { return !part.filename; });
  if (parts.size() == 1) return std::move(parts.front());
  return fail(wrong(request.language(), "", "one_file_expected",
                    "в форме должен быть ровно один файл", "the form must have exactly one file"));
}

// The body is the upload's from here on.
Result<Upload> read_upload(http::Request& request, const DealId& deal) {
  const Language language = request.language();
  http::QueryReader in(request);
  auto name = in.optional_string("name", kNameParameterBytes);
  Upload upload;
  upload.command.deal = deal;
  upload.command.person = in.optional_id<PersonId>("person");
  TRY(in.finish());
  const auto type = connectors::parse_header_value(request.header("Content-Type"));
  std::string media_type = type.value;
  if (type.value == "multipart/form-data") {
    auto part = TRY(file_of_form(request, type));
    if (!name) name = std::move(part.filename);
    media_type = std::move(part.content_type);
    upload.content = std::move(part.content);
    request.body = {};
  } else {
    upload.content = std::exchange(request.body, {});
  }
  upload.command.name = file::tidy_name(name.value_or(""));
  upload.command.media_type = file::plain_media_type(media_type);
  upload.command.bytes = upload.content.size();
  if (upload.command.name.empty()) {
    return fail(wrong(language, "?name", "required", "у файла должно быть имя",
                      "the file must have a name"));
  }
  if (upload.command.name.size() > limits::kFileNameBytes) {
    return fail(wrong(language, "?name", "too_long", "имя файла длиннее 255 байт",
                      "the file's name is longer than 255 bytes"));
  }
  if (upload.content.empty()) {
    return fail(wrong(language, "", "empty_file", "в файле ничего нет", "the file is empty"));
  }
  return upload;
}

// Forms of the same file differ in their boundary, so its content stands for the body.
void make_same(Idempotency& idempotency, const Upload& upload) {
  const auto& command = upload.command;
  idempotency.canonical +=
      "\nfile:" + command.name + "\n" + command.media_type + "\n" + sha256(upload.content);
}

Result<ArrivedFile> store(const Api& api, const Upload& upload, Language language) {
  const StreamName deal = upload.command.deal.text();
  const auto state = TRY(api.bus.folds().current<deal::State>(deal));
  if (!state->exists()) return not_found(language, "deal", deal);
  return api.files.put(upload.command.id.text(), upload.content);
}

}  // namespace

Answer attach_file(const Api& api, Session session, http::Request request) {
  const DealId deal = CO_TRY(deal_of_path(request));
  auto upload = CO_TRY(co_await on_pool(api.reads, [&] { return read_upload(request, deal); }));
  auto asked = CO_TRY(command_of(session, request, "attach_file", deal.text()));
  if (asked.idempotency) {
    make_same(*asked.idempotency, upload);
    upload.command.id = FileId(Uuid::derived(command_id_of(*asked.idempotency), "file"));
  } else {
    upload.command.id = api.ids.make<FileId>();
  }
  auto arrived =
      CO_TRY(co_await on_pool(api.reads, [&] { return store(api, upload, session.language); }));
  upload.command.stored = arrived.stored();
  auto outcome = co_await execute_plain(api, std::move(asked), [&upload](Unit& unit) {
    return use_cases::attach_file(unit, upload.command);
  });
  if (!outcome) {
    if (outcome.error().kind == ErrorKind::kUnknown) arrived.leave();
    co_return std::unexpected(std::move(outcome).error());
  }
  arrived.keep();
  const RecordedEvent event = CO_TRY(appended<v1::FileAttached>(api, *outcome));
  co_return written(201, render_attached(event), *outcome);
}

std::size_t upload_limit(const Api& api, const http::Headers& headers) {
  http::Request asked;
  asked.headers.set("Authorization", headers.get("Authorization"));
  const auto session = authenticate(api, asked);
  if (!session || !session->has(user::Right::kWrite)) return limits::kApiBodyBytes;
  return limits::kFileBytes + kFormAroundFile;
}

}  // namespace dealog::api
