// /v1/rules
#include "libs/command/use_cases/rules.hpp"

#include <algorithm>

#include <fmt/ranges.h>

#include "libs/command/elsewhere_book.hpp"
#include "libs/command/use_cases/regulations.hpp"
#include "libs/http/json_reader.hpp"
#include "libs/rules/describe.hpp"
#include "libs/rules/rule_json.hpp"
#include "libs/rules/rule_text.hpp"
#include "projections/automation/rules_view.hpp"
#include "services/api/endpoints/rules.hpp"
#include "services/api/render/json.hpp"
#include "services/api/support/filters.hpp"
#include "services/api/support/part_answer.hpp"
#include "services/api/support/query.hpp"
#include "services/api/support/reading.hpp"
#include "services/api/support/rule_input.hpp"
#include "services/api/support/writing.hpp"

namespace dealog::api {
namespace {

constexpr std::string_view kModes[] = {"off", "simulate", "live"};

// A rule of the regulation in force, by its id.
struct KnownRule {
  RegulationRef regulation;
  const rules::Rule* rule = nullptr;
};

Result<KnownRule> find_rule(const Api& api, const RuleId& id, Language language) {
  for (const auto& pipeline : TRY(api.regulations.pipelines())) {
    const auto regulation = TRY(api.regulations.current(pipeline));
    for (const rules::Rule& rule : regulation->rules) {
      if (rule::id_of(pipeline, rule.id) == id) return KnownRule{regulation, &rule};
    }
  }
  return not_found(language, "rule", id.text());
}

json::object words_of(const rules::Rule& rule, const rules::Regulation& regulation,
                      const ElsewhereBook& elsewhere) {
  return {{"ru", rules::describe_rule(rule, Language::kRu, regulation, &elsewhere)},
          {"en", rules::describe_rule(rule, Language::kEn, regulation, &elsewhere)}};
}

Result<json::object> render_rule(const Api& api, const ViewContext& context,
                                 const KnownRule& known) {
  const PersonalView personal = context.personal;
  const rules::Regulation& regulation = *known.regulation;
  const RuleId id = rule::id_of(regulation.code, known.rule->id);
  const auto state = TRY(api.bus.folds().current<rule::State>(id.text()));
  // What the file calls a rule's id is its code here, where all things are known by addresses.
  json::object object{{"id", id.text()}, {"code", known.rule->id}};
  for (auto& member : rules::rule_json(*known.rule, regulation)) {
    object.emplace(member.key(), std::move(member.value()));
  }
  object["words"] = words_of(*known.rule, regulation, ElsewhereBook(api.bus.folds(), personal));
  object["pipeline"] = regulation.code;
  object["regulation_version"] = regulation.version;
  object["published_mode"] = object["mode"];
  object["mode"] =
      std::string(rules::mode_name(rule::mode_in_force(*state, *known.rule, regulation)));
  const auto counts = TRY(views::RulesView(context).counts(regulation.code, known.rule->id));
  object["counts"] = json::object{{"fired", counts.fired},
                                  {"simulated", counts.simulated},
                                  {"skipped", counts.skipped},
                                  {"failed", counts.failed}};
  object["last_at"] = counts.last_at ? json::value(counts.last_at->rfc3339()) : json::value();
  return object;
}

// The pipeline that is named, or the only one there is.
Result<std::string> pipeline_of(const Api& api, const RuleInput& input, Language language) {
  const std::string& named = input.pipeline;
  const auto all = TRY(api.regulations.pipelines());
  if (named.empty() && all.size() == 1) return all.front();
  if (std::ranges::find(all, named) != all.end()) return named;
  http::FieldErrors errors(language);
  const auto known = fmt::format("{}", fmt::join(all, ", "));
  if (named.empty()) {
    errors.add(input.pipeline_at, "required", "какой воронки это правило? Есть: " + known,
               "of which pipeline is this rule? There are: " + known);
  } else {
    errors.add(input.pipeline_at, "pipeline_not_found", "такой воронки нет; есть: " + known,
               "there is no such pipeline; there are: " + known);
  }
  auto refused = std::move(errors).result();
  if (!named.empty()) refused.error().kind = ErrorKind::kUnprocessable;
  return fail(std::move(refused).error());
}

// An answer's rule says its address as well: it must be that of its code.
Result<void> check_address(const RuleInput& input, const RuleId& id, Language language) {
  if (input.address.is_nil() || input.address == id) return {};
  http::FieldErrors errors(language);
  errors.add(input.root + "/id", "id_differs", "это адрес другого правила, чем называет code",
             "this is the address of another rule than the one that code names");
  return std::move(errors).result();
}

}  // namespace

// Its id follows from its code, so a rule that exists is replaced, and a repetition changes
// nothing.
Answer publish_rule(const Api& api, Session session, http::Request request) {
  const RuleInput input = CO_TRY(read_rule(request));
  const std::string pipeline = CO_TRY(
      co_await on_pool(api.reads, [&] { return pipeline_of(api, input, session.language); }));
  const RuleId id = rule::id_of(pipeline, CO_TRY(rules::id_of_rule(input.yaml)));
  CO_TRY(check_address(input, id, session.language));
  const auto before =
      co_await on_pool(api.reads, [&] { return find_rule(api, id, session.language); });
  auto published = co_await execute_plain(
      api, command_of(session, request, "publish_rule", regulation::stream_of(pipeline)),
      [pipeline, yaml = input.yaml](Unit& unit) -> Result<void> {
        TRY(use_cases::publish_rule(unit, pipeline, yaml));
        return {};
      });
  if (!published) co_return fail(told_of_input(std::move(published).error(), input));
  const auto& outcome = *published;
  co_return co_await reading(api, session, [&](const Reading& rows) -> Result<http::Response> {
    const auto now = TRY(find_rule(api, id, session.language));
    return written(before ? 200 : 201, TRY(render_rule(api, rows.context(), now)), outcome);
  });
}

Answer remove_rule(const Api& api, Session session, http::Request request) {
  const RuleId id = CO_TRY(part_of_path<RuleId>(request, "rule"));
  CO_TRY(read_nothing(request));
  const auto known =
      CO_TRY(co_await on_pool(api.reads, [&] { return find_rule(api, id, session.language); }));
  const std::string pipeline = known.regulation->code, code = known.rule->id;
  const auto outcome = CO_TRY(co_await execute_plain(
      api, command_of(session, request, "remove_rule", regulation::stream_of(pipeline)),
      [pipeline, code](Unit& unit) -> Result<void> {
        TRY(use_cases::remove_rule(unit, pipeline, code));
        return {};
      }));
  co_return written(http::Response::no_content(), outcome);
}

Answer list_rules(const Api& api, Session session, http::Request request) {
  http::QueryReader in(request);
  const std::string pipeline = text_of(in, "pipeline");
  finish_waiting(in);
  CO_TRY(in.finish());
  co_return co_await reading(api, session, [&](const Reading& rows) -> Result<http::Response> {
    TRY(FilterCheck(api, session).pipeline(pipeline).result());
    json::array items;
    for (const auto& code : TRY(api.regulations.pipelines())) {
      if (!pipeline.empty() && code != pipeline) continue;
      const auto regulation = TRY(api.regulations.current(code));
      for (const rules::Rule& rule : regulation->rules) {
        items.push_back(TRY(render_rule(api, rows.context(), {regulation, &rule})));
      }
    }
    return http::Response::json(
        200, json::object{{"items", std::move(items)}, {"next_cursor", nullptr}});
  });
}

Answer set_rule_mode(const Api& api, Session session, http::Request request) {
  const RuleId id = CO_TRY(part_of_path<RuleId>(request, "rule"));
  http::JsonDocument document = CO_TRY(http::read_json(request));
  const auto mode = document.object().required_one_of("mode", kModes);
  CO_TRY(document.finish());
  const auto known =
      CO_TRY(co_await on_pool(api.reads, [&] { return find_rule(api, id, session.language); }));
  const std::string pipeline = known.regulation->code;
  const rule::SetRuleMode command{known.rule->id, std::string(mode)};
  const auto outcome =
      CO_TRY(co_await execute_plain(api, command_of(session, request, "set_rule_mode", id.text()),
                                    [pipeline, command](Unit& unit) {
                                      return use_cases::set_rule_mode(unit, pipeline, command);
                                    }));
  co_return co_await reading(api, session, [&](const Reading& rows) -> Result<http::Response> {
    const auto now = TRY(find_rule(api, id, session.language));
    return written(200, TRY(render_rule(api, rows.context(), now)), outcome);
  });
}

Answer list_notifications(const Api& api, Session session, http::Request request) {
  http::QueryReader in(request);
  const PageRequest page = page_of(in);
  finish_waiting(in);
  CO_TRY(in.finish());
  // One's own: what others were told is not for everybody to read.
  const std::string user = session.principal.user.text();
  co_return co_await reading(api, session, [&](const Reading& rows) -> Result<http::Response> {
    const auto found = TRY(views::RulesView(rows.context()).notifications(user, page));
    return http::Response::json(
        200, json::value(render_page(found, [](const views::Notification& item) {
          return json::object{{"position", item.position.value},
                              {"event_id", EventId(item.event).text()},
                              {"deal", item.deal},
                              {"rule", rule::id_of(item.pipeline, item.rule).text()},
                              {"text", render(item.text)},
                              {"at", item.at.rfc3339()}};
        })));
  });
}

}  // namespace dealog::api
