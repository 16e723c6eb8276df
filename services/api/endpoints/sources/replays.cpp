// /v1/sources/{id}/replay and the fetches of a source: another try for what did not work.
#include "libs/command/use_cases/deliveries.hpp"
#include "libs/domain/fetch/fetch.hpp"
#include "libs/http/json_reader.hpp"
#include "services/api/endpoints/sources.hpp"
#include "services/api/render/fetch.hpp"
#include "services/api/render/source.hpp"
#include "services/api/support/part_answer.hpp"
#include "services/api/support/query.hpp"
#include "services/api/support/waiting.hpp"

namespace dealog::api {
namespace {

constexpr std::size_t kReplayedAtOnce = 500;

struct ReplayInput {
  std::string state;
  Timestamp since;  // zero: always
};

Result<ReplayInput> read_replay(const http::Request& request) {
  static constexpr std::string_view kStates[] = {"quarantined", "ignored", "accepted"};
  if (request.body.empty()) return ReplayInput{"quarantined", {}};
  http::JsonDocument document = TRY(http::read_json(request));
  http::ObjectReader& in = document.object();
  ReplayInput input{in.optional_one_of("state", kStates).value_or("quarantined"),
                    in.optional_time("since").value_or(Timestamp{})};
  TRY(document.finish());
  return input;
}

struct Chosen {
  std::vector<DeliveryId> deliveries;
  bool more = false;
};

Result<Chosen> choose(const Reading& rows, const SourceId& id, const ReplayInput& input) {
  const views::IntakeView view(rows.context());
  if (!TRY(view.source(id.text()))) return not_found(rows.language(), "source", id.text());
  const auto page = TRY(view.deliveries(id.text(), input.state, {.limit = kReplayedAtOnce}));
  Chosen chosen;
  for (const auto& delivery : page.items) {
    if (delivery.received_at < input.since) return chosen;
    chosen.deliveries.push_back(TRY(DeliveryId::parse(delivery.id)));
  }
  chosen.more = page.next_cursor.has_value();
  return chosen;
}

Result<void> retry(Unit& unit, const FetchId& id) {
  const auto* state = TRY(unit.load<fetch::State>(id.text()));
  unit.emit(id.text(), TRY(fetch::decide(*state, fetch::RetryFetch{}, unit.language())));
  return {};
}

Result<http::Response> show_fetch(const Reading& rows, const FetchId& id) {
  const auto found = TRY(views::FetchView(rows.context()).fetch(id.text()));
  if (!found) return not_found(rows.language(), "fetch", id.text());
  return http::Response::json(200, json::value(render(*found, rows.language())));
}

}  // namespace

Answer replay_source(const Api& api, Session session, http::Request request) {
  const SourceId id = CO_TRY(part_of_path<SourceId>(request, "source"));
  const ReplayInput input = CO_TRY(read_replay(request));
  Chosen chosen;
  CO_TRY(co_await reading(api, session, [&](const Reading& rows) -> Result<http::Response> {
    chosen = TRY(choose(rows, id, input));
    return http::Response{};
  }));
  const auto outcome =
      CO_TRY(co_await execute_plain(api, command_of(session, request, "replay_source", id.text()),
                                    [&chosen](Unit& unit) -> Result<void> {
                                      for (const auto& delivery : chosen.deliveries) {
                                        TRY(use_cases::replay_delivery(unit, delivery));
                                      }
                                      return {};
                                    }));
  co_return written(
      200, json::object{{"replayed", chosen.deliveries.size()}, {"more", chosen.more}}, outcome);
}

Answer list_fetches(const Api& api, Session session, http::Request request) {
  static constexpr std::string_view kStatuses[] = {"waiting", "given_up"};
  const SourceId id = CO_TRY(part_of_path<SourceId>(request, "source"));
  http::QueryReader in(request);
  const std::string status = in.optional_one_of("status", kStatuses).value_or("waiting");
  const PageRequest page = page_of(in);
  finish_waiting(in);
  CO_TRY(in.finish());
  co_return co_await reading(api, session, [&](const Reading& rows) -> Result<http::Response> {
    if (!TRY(views::IntakeView(rows.context()).source(id.text()))) {
      return not_found(rows.language(), "source", id.text());
    }
    const auto found = TRY(views::FetchView(rows.context()).fetches(id.text(), status, page));
    json::array items;
    for (const auto& fetch : found.items) items.push_back(render(fetch, rows.language()));
    return http::Response::json(
        200, json::object{{"items", std::move(items)},
                          {"next_cursor", or_null(found.next_cursor.value_or(""))}});
  });
}

Answer retry_fetch(const Api& api, Session session, http::Request request) {
  const FetchId id = CO_TRY(part_of_path<FetchId>(request, "fetch"));
  CO_TRY(read_nothing(request));
  const auto outcome =
      CO_TRY(co_await execute_plain(api, command_of(session, request, "retry_fetch", id.text()),
                                    [id](Unit& unit) { return retry(unit, id); }));
  CO_TRY(co_await wait_for_position(api, outcome.last, request.deadline));
  auto shown = CO_TRY(
      co_await reading(api, session, [&](const Reading& rows) { return show_fetch(rows, id); }));
  co_return written(std::move(shown), outcome);
}

}  // namespace dealog::api
