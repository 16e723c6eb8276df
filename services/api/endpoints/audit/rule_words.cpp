#include "services/api/endpoints/audit/rule_words.hpp"

#include <fmt/format.h>

#include "libs/domain/common/refusal.hpp"
#include "libs/rules/describe.hpp"
#include "services/api/support/event_names.hpp"

namespace dealog::api {
namespace {

namespace json = boost::json;

struct Said {
  std::string title, words;
};

// Rules of their own come first; what a stage does by itself carries the stage's code.
Said said_by(const rules::Regulation& regulation, const std::string& code, Language language,
             const ElsewhereBook& elsewhere) {
  if (const rules::Rule* rule = regulation.rule(code)) {
    return {rule->title.in(language),
            rules::describe_rule(*rule, language, regulation, &elsewhere)};
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

Result<json::value> rule_of(const Api& api, const Session& session, const RecordedEvent& event) {
  if (event.rule.empty() || event.rule_version == 0) return nullptr;
  const std::string pipeline = TRY(pipeline_of(api, event));
  if (pipeline.empty()) return nullptr;
  const auto regulation = api.regulations.version(pipeline, event.rule_version);
  if (!regulation) return nullptr;
  const ElsewhereBook elsewhere(api.bus.folds(), session.personal());
  const Said said = said_by(**regulation, event.rule, session.language, elsewhere);
  return json::object{{"code", event.rule},
                      {"version", event.rule_version},
                      {"title", said.title},
                      {"words", said.words}};
}

}  // namespace dealog::api
