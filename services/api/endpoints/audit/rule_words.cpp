#include "services/api/endpoints/audit/rule_words.hpp"

#include <fmt/format.h>

#include "dealog/v1/rule_events.pb.h"
#include "dealog/v1/trigger_events.pb.h"
#include "libs/domain/common/refusal.hpp"
#include "libs/domain/deal/state.hpp"

namespace dealog::api {
namespace {

namespace json = boost::json;

// The pipeline whose rule made the event; empty for events of other things.
Result<std::string> pipeline_of(const Api& api, const RecordedEvent& event) {
  if (const auto* ran = event.as<v1::ScheduleRan>()) return ran->pipeline();
  const auto* chosen = event.as<v1::OwnerChosen>();
  const std::string deal = chosen != nullptr ? chosen->deal() : event.stream;
  if (!deal.starts_with("deal_")) return std::string();
  return TRY(api.bus.folds().current<deal::State>(deal))->pipeline;
}

struct Said {
  std::string title, words;
};

// Rules of their own come first; what a stage does by itself carries the stage's code.
Said said_by(const rules::Regulation& regulation, const std::string& code, Language language) {
  if (const rules::Rule* rule = regulation.rule(code)) {
    return {rule->title.in(language), rules::describe_rule(*rule, language)};
  }
  if (const rules::Stage* stage = regulation.stage(code)) {
    return {stage->title.in(language),
            fmt::format("{} «{}»",
                        in(language, "Делается само на этапе", "Done by itself in the stage"),
                        stage->title.in(language))};
  }
  return {std::string(), std::string(in(language, "Делается само по регламенту",
                                        "Done by itself, as the regulation says"))};
}

}  // namespace

Result<json::value> rule_of(const Api& api, const RecordedEvent& event, Language language) {
  if (event.rule.empty() || event.rule_version == 0) return nullptr;
  const std::string pipeline = TRY(pipeline_of(api, event));
  if (pipeline.empty()) return nullptr;
  const auto regulation = api.regulations.version(pipeline, event.rule_version);
  if (!regulation) return nullptr;
  const Said said = said_by(**regulation, event.rule, language);
  return json::object{{"code", event.rule},
                      {"version", event.rule_version},
                      {"title", said.title},
                      {"words", said.words}};
}

}  // namespace dealog::api
