// POST DELETE /v1/documents/{id}/links; GET /documents/{token}, which a customer opens
#include "libs/base/logging.hpp"
#include "libs/command/use_cases/documents.hpp"
#include "libs/http/json_reader.hpp"
#include "services/api/endpoints/documents/pdf_answer.hpp"
#include "services/api/endpoints/papers.hpp"
#include "services/api/render/json.hpp"
#include "services/api/support/part_answer.hpp"

namespace dealog::api {
namespace {

constexpr std::int64_t kDefaultDays = 30;
constexpr std::int64_t kLongestDays = 366;

Result<std::int64_t> read_days(const http::Request& request) {
  http::JsonDocument document = TRY(http::read_json(request, true));
  const auto days = document.object().optional_integer("expires_in_days", 1, kLongestDays);
  TRY(document.finish());
  return days.value_or(kDefaultDays);
}

struct Linked {
  std::string document;  // as it was issued; an added one is asked for by its own id too
  StreamName deal;       // on whose stream the command is queued
};

boost::asio::awaitable<Result<Linked>> linked_document(const Api& api, const Session& session,
                                                       const DocumentId& id) {
  co_return co_await on_pool(api.reads, [&]() -> Result<Linked> {
    const auto issued =
        TRY(use_cases::issued_document(api.bus.folds(), id.text(), session.language));
    return Linked{issued.as<v1::DocumentIssued>()->document(), issued.stream};
  });
}

// Addresses and browsers only tell visitors apart; neither is kept.
std::string visitor_of(const http::Request& request) {
  return request.client_address + "\n" + std::string(request.header("User-Agent"));
}

// The customer sees the document even when the view cannot be recorded.
boost::asio::awaitable<void> record(const Api& api, use_cases::OpenedLink opened, Uuid view) {
  CommandRequest command{.name = "view_document",
                         .stream = opened.issued.stream,
                         .access = Access::kShared,
                         .actor = {"customer", "link"},
                         .rights = {},
                         .caller = Caller::kSource,
                         .computed_id = view};
  const auto done =
      co_await execute_plain(api, Result<CommandRequest>(std::move(command)),
                             [opened](Unit& unit) { return use_cases::record_view(unit, opened); });
  if (!done) log_warning("a view was not recorded", {{"code", done.error().code}});
}

boost::asio::awaitable<Result<http::Response>> show_to_customer(const Api& api,
                                                                http::Request request) {
  const std::string token(request.param("token"));
  const Language language = request.language();
  const Timestamp now = api.clock().now();
  const auto opened = CO_TRY(co_await on_pool(
      api.reads, [&] { return use_cases::open_link(api.bus.folds(), token, now, language); }));
  auto pdf = CO_TRY(co_await on_pool(api.reads, [&] {
    return use_cases::document_pdf(api.bus.folds(), opened.issued, language);
  }));
  if (request.method == http::Method::kGet) {
    const Date day = CO_TRY(local_date(now, "UTC"));
    const Uuid view = use_cases::view_id(opened, token, visitor_of(request), day);
    co_await record(api, opened, view);
  }
  const auto& issued = *opened.issued.as<v1::DocumentIssued>();
  co_return pdf_answer(std::move(pdf), issued.kind() + "-" + issued.number())
      .with("Referrer-Policy", "no-referrer")
      .with("X-Content-Type-Options", "nosniff")
      .with("X-Robots-Tag", "noindex, nofollow");
}

}  // namespace

Answer create_document_link(const Api& api, Session session, http::Request request) {
  const DocumentId id = CO_TRY(part_of_path<DocumentId>(request, "document"));
  const auto days = CO_TRY(read_days(request));
  const Linked linked = CO_TRY(co_await linked_document(api, session, id));
  const auto done = CO_TRY(co_await execute(
      api, command_of(session, request, "create_document_link", linked.deal),
      [document = linked.document, days](Unit& unit) {
        return use_cases::create_link(unit, document, unit.now() + std::chrono::days(days));
      }));
  const auto event = CO_TRY(appended<v1::DocumentLinkCreated>(api, done.outcome));
  // A repetition finds no address: its secret was shown once and is not kept.
  const json::value url = done.value ? json::value(json::string("/documents/" + done.value->token))
                                     : json::value(nullptr);
  co_return written(
      201,
      json::object{
          {"document", linked.document},
          {"url", url},
          {"expires_at", render(Timestamp{event.as<v1::DocumentLinkCreated>()->expires_at()})}},
      done.outcome);
}

Answer revoke_document_links(const Api& api, Session session, http::Request request) {
  const DocumentId id = CO_TRY(part_of_path<DocumentId>(request, "document"));
  const Linked linked = CO_TRY(co_await linked_document(api, session, id));
  const auto outcome = CO_TRY(co_await execute_plain(
      api, command_of(session, request, "revoke_document_links", linked.deal),
      [document = linked.document](Unit& unit) {
        return use_cases::revoke_links(unit, document);
      }));
  co_return written(http::Response::no_content(), outcome);
}

void add_customer_routes(http::Router& router, const Api& api) {
  http::ResultHandler handler = [&api](http::Request request) {
    return show_to_customer(api, std::move(request));
  };
  router.add(http::Method::kGet, "/documents/{token}", std::move(handler));
}

}  // namespace dealog::api
