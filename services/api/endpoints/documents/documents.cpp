// POST /v1/deals/{id}/documents, /v1/documents/{id}/sign, /v1/deals/{id}/acknowledgements
#include "libs/http/json_reader.hpp"
#include "services/api/endpoints/work.hpp"
#include "services/api/support/part_answer.hpp"

namespace dealog::api {
namespace {

Result<deal::AddDocument> read_document(const http::Request& request) {
  http::JsonDocument document = TRY(http::read_json(request));
  http::ObjectReader& in = document.object();
  deal::AddDocument command;
  command.kind = in.required_code("kind");
  command.title = in.required_string("title", limits::kTitleBytes);
  TRY(document.finish());
  return command;
}

Result<deal::GiveAcknowledgement> read_acknowledgement(const http::Request& request) {
  http::JsonDocument document = TRY(http::read_json(request));
  deal::GiveAcknowledgement command{.kind = document.object().required_code("kind")};
  TRY(document.finish());
  return command;
}

}  // namespace

Answer add_document(const Api& api, Session session, http::Request request) {
  auto command = CO_TRY(read_document(request));
  co_return co_await create_part<DocumentId>(api, std::move(session), std::move(request),
                                             "add_document", std::move(command));
}

Answer sign_document(const Api& api, Session session, http::Request request) {
  const DocumentId id = CO_TRY(part_of_path<DocumentId>(request, "document"));
  CO_TRY(read_nothing(request));
  deal::Command command = deal::SignDocument{.document = id};
  co_return co_await change_part_and_show(api, std::move(session), std::move(request),
                                          "sign_document", id, std::move(command));
}

Answer give_acknowledgement(const Api& api, Session session, http::Request request) {
  deal::Command command = CO_TRY(read_acknowledgement(request));
  co_return co_await change_and_show(api, std::move(session), std::move(request),
                                     "give_acknowledgement", std::move(command), {}, 201);
}

}  // namespace dealog::api
