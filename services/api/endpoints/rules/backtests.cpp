// /v1/rules/backtest
#include "services/api/support/backtests.hpp"

#include <boost/json/parse.hpp>

#include "libs/domain/common/refusal.hpp"
#include "services/api/endpoints/rules.hpp"
#include "services/api/render/json.hpp"
#include "services/api/support/query.hpp"
#include "services/api/support/reading.hpp"
#include "services/api/support/rule_input.hpp"

namespace dealog::api {
namespace {

using Stage = BacktestState::Stage;

// A short one is answered at once; whoever waits longer asks again.
constexpr std::chrono::milliseconds kAnsweredAtOnce{2'000};

constexpr std::string_view kStages[] = {"running", "done", "failed", "cancelled"};

// An instant, or a day: its beginning, or its last moment (in UTC).
template <class In>
std::optional<Timestamp> read_moment_of(In& in, std::string_view key, bool end) {
  const auto text = in.optional_string(key, limits::kCodeBytes);
  if (!text) return std::nullopt;
  if (const auto instant = Timestamp::parse(*text)) return *instant;
  if (const auto day = Date::parse(*text)) {
    const Timestamp start{std::int64_t{day->days} * 86'400'000'000};
    return end ? start + std::chrono::hours(24) - Duration(1) : start;
  }
  in.error(key, "invalid_time", "нужен момент (RFC 3339) или дата",
           "an instant (RFC 3339) or a date is expected");
  return std::nullopt;
}

template <class In>
void read_period(In& in, Timestamp now, BacktestOrder& order) {
  const auto from = read_moment_of(in, "from", false);
  order.from = from.value_or(Timestamp{});  // what cannot be read has been told of
  order.to = read_moment_of(in, "to", true).value_or(now);
}

// The rules as they are; all else stands in the query.
Result<BacktestOrder> read_yaml_order(const http::Request& request, Timestamp now) {
  http::QueryReader in(request);
  BacktestOrder order;
  order.pipeline = text_of(in, "pipeline");
  order.rules = TRY(yaml_body(request));
  if (!in.optional_string("from", limits::kCodeBytes)) {
    in.error("from", "required", "с какого времени пробовать?", "from when on is it to be tried?");
  }
  read_period(in, now, order);
  TRY(in.finish());
  return order;
}

Result<BacktestOrder> read_order(const http::Request& request, Timestamp now) {
  if (is_yaml(request)) return read_yaml_order(request, now);
  http::JsonDocument document = TRY(http::read_json(request));
  http::ObjectReader& in = document.object();
  BacktestOrder order;
  order.pipeline = in.optional_code("pipeline").value_or("");
  order.has_lines = !in.has("rules") || in.is_string("rules");
  order.rules = optional_yaml(in, "rules");
  order.regulation = optional_yaml(in, "regulation");
  if (order.rules.empty() && order.regulation.empty()) {
    in.error("rules", "required", "нужны правила или регламент",
             "rules or a regulation are needed");
  }
  if (!in.has("from")) {
    in.error("from", "required", "с какого времени пробовать?", "from when on is it to be tried?");
  }
  read_period(in, now, order);
  TRY(document.finish());
  return order;
}

json::object render(const BacktestState& state) {
  json::object object{
      {"id", state.id},
      {"state", kStages[static_cast<std::size_t>(state.stage)]},
      {"started_at", state.started.rfc3339()},
      {"progress",
       json::object{{"first", state.first}, {"position", state.position}, {"last", state.last}}}};
  object["result"] = state.result.empty() ? json::value() : json::parse(state.result);
  return object;
}

std::unexpected<Error> no_such(Language language) {
  return refuse(language, ErrorKind::kNotFound, "backtest_not_found",
                "такой пробы правил нет, или её результат уже забыт; начните её снова",
                "there is no such back-test, or its result is forgotten by now; start it again");
}

// What is wrong with the rules is the answer of whoever asks.
Result<http::Response> answer(const std::optional<BacktestState>& state, Language language) {
  if (!state) return no_such(language);
  if (state->stage == Stage::kFailed) return fail(*state->error);
  return http::Response::json(state->stage == Stage::kRunning ? 202 : 200,
                              json::value(render(*state)));
}

}  // namespace

Answer start_backtest(const Api& api, Session session, http::Request request) {
  const BacktestOrder order = CO_TRY(read_order(request, api.clock().now()));
  co_return co_await on_pool(api.reads, [&]() -> Result<http::Response> {
    const auto started = TRY(api.backtests.start(order));
    return answer(api.backtests.find(started.id, kAnsweredAtOnce), session.language);
  });
}

Answer get_backtest(const Api& api, Session session, http::Request request) {
  CO_TRY(no_parameters(request));
  co_return answer(api.backtests.find(std::string(request.param("id"))), session.language);
}

Answer cancel_backtest(const Api& api, Session session, http::Request request) {
  const std::string id(request.param("id"));
  co_return co_await on_pool(api.reads, [&]() -> Result<http::Response> {
    if (!api.backtests.cancel(id)) return no_such(session.language);
    return http::Response::no_content();
  });
}

}  // namespace dealog::api
