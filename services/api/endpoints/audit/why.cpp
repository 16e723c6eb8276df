// GET /v1/events/{id}/why
#include <fmt/format.h>

#include "libs/rules/value_words.hpp"
#include "projections/timeline/summary.hpp"
#include "services/api/endpoints/audit.hpp"
#include "services/api/endpoints/audit/rule_words.hpp"
#include "services/api/render/json.hpp"
#include "services/api/support/event_names.hpp"
#include "services/api/support/part_answer.hpp"
#include "services/api/support/query.hpp"

namespace dealog::api {
namespace {

Result<std::optional<RecordedEvent>> find_event(const Api& api, const Uuid& id) {
  const auto position = TRY(api.log().find_event(id));
  if (!position) return std::nullopt;
  std::optional<Result<RecordedEvent>> found;
  TRY(api.log().read(*position, Direction::kForward, 1, [&](const StoredEvent& stored) {
    found = decode(stored.record, Open::kAll, &api.keys());
    return false;
  }));
  if (!found) return std::nullopt;
  return TRY(*std::move(found));
}

// By whose clock people read of what happened.
Result<std::string> company_zone(const Api& api) {
  const auto pipelines = TRY(api.regulations.pipelines());
  if (pipelines.empty()) return std::string("UTC");
  return TRY(api.regulations.current(pipelines.front()))->calendar.time_zone;
}

// One link in words: when and what happened, and by which rule.
std::string sentence_of(const RecordedEvent& event, const json::object& item,
                        const std::string& zone, Language language) {
  std::string out = fmt::format("{}: {}", views::local_minute(event.recorded, zone),
                                std::string_view(item.at("summary").as_string()));
  const auto& rule = item.at("rule");
  if (!rule.is_object()) return out;
  const std::string_view title = rule.at("title").as_string();
  const std::string_view code = rule.at("code").as_string();
  return out + fmt::format(" ← {} (v{}): {}",
                           rules::in_quotes(title.empty() ? code : title, language),
                           rule.at("version").to_number<std::uint64_t>(),
                           std::string_view(rule.at("words").as_string()));
}

// Effect first, down to the first cause. Depth is bounded when events are made, so this ends.
Result<http::Response> explain(const Api& api, const Session& session, const EventId& id) {
  json::array chain, words;  // the words begin with the first cause
  const EventNamesOfApi names(api, session);
  const std::string zone = TRY(company_zone(api));
  Uuid next = id.uuid();
  while (!next.is_nil() && chain.size() <= limits::kCausationDepth) {
    const auto event = TRY(find_event(api, next));
    if (!event) break;
    json::object item = to_json(*event, session.personal());
    item["summary"] = views::summary_of(*event, session.language, &names);
    item["rule"] = TRY(rule_of(api, session, *event));
    words.insert(words.begin(),
                 json::value(json::string(sentence_of(*event, item, zone, session.language))));
    chain.push_back(std::move(item));
    next = event->causation_id;
  }
  if (chain.empty()) {
    return not_found(session.language, "event", id.text());
  }
  return http::Response::json(
      200, json::object{{"chain", std::move(chain)}, {"words", std::move(words)}});
}

}  // namespace

Answer why_event(const Api& api, Session session, http::Request request) {
  const EventId id = CO_TRY(part_of_path<EventId>(request, "event"));
  CO_TRY(no_parameters(request));
  co_return co_await on_pool(api.reads, [&] { return explain(api, session, id); });
}

}  // namespace dealog::api
