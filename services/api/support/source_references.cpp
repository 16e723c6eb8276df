#include "services/api/support/source_references.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "libs/base/json_pointer.hpp"
#include "libs/command/user_directory.hpp"
#include "libs/connectors/arrival_settings.hpp"
#include "libs/domain/common/refusal.hpp"
#include "libs/domain/user/user.hpp"

namespace dealog::api {
namespace {

constexpr std::string_view kDefaultPipeline = "web-studio";
constexpr std::size_t kShownNames = 50;  // of those that exist

std::string shown(std::vector<std::string> names) {
  const std::size_t all = names.size();
  names.resize(std::min(all, kShownNames));
  return fmt::format("{}{}", fmt::join(names, ", "), all > kShownNames ? " …" : "");
}

class ReferenceCheck {
 public:
  ReferenceCheck(const Api& api, const connectors::SourceSettings& settings, Language language)
      : api_(api), settings_(settings), language_(language) {}

  Result<void> run() {
    const auto regulation = TRY(pipeline());
    if (regulation) {
      stages(*regulation);
      lost_reason(*regulation);
    }
    TRY(users());
    if (errors_.empty()) return {};
    return fail(Error{.kind = ErrorKind::kInvalid,
                      .code = "invalid_settings",
                      .message = std::string(in(language_, "настройки называют то, чего здесь нет",
                                                "the settings name what is not there")),
                      .fields = std::move(errors_)});
  }

 private:
  void wrong(std::string pointer, std::string code, const std::string& ru, const std::string& en) {
    errors_.push_back(
        {"/settings/" + std::move(pointer), std::move(code), language_ == Language::kRu ? ru : en});
  }

  Result<RegulationRef> pipeline() {
    const std::string code =
        settings_.pipeline.empty() ? std::string(kDefaultPipeline) : settings_.pipeline;
    auto found = api_.regulations.current(code);
    if (found) return *std::move(found);
    if (found.error().kind != ErrorKind::kNotFound) return fail(std::move(found).error());
    // Who names none is told so by what needs one.
    if (!settings_.pipeline.empty() || !settings_.arrivals.stages.empty()) {
      const auto known = shown(TRY(api_.regulations.pipelines()));
      wrong("pipeline", "pipeline_not_found", fmt::format("нет воронки {}; есть: {}", code, known),
            fmt::format("there is no pipeline {}; there are: {}", code, known));
    }
    return RegulationRef();
  }

  void stages(const rules::Regulation& regulation) {
    std::vector<std::string> known;
    for (const auto& stage : regulation.stages) known.push_back(stage.code);
    for (const auto& [theirs, ours] : settings_.arrivals.stages) {
      if (regulation.stage(ours) != nullptr) continue;
      const auto& code = regulation.code;
      wrong("stages" + pointer_step(theirs), "stage_not_found",
            fmt::format("в воронке {} нет этапа {}; есть: {}", code, ours, shown(known)),
            fmt::format("pipeline {} has no stage {}; it has: {}", code, ours, shown(known)));
    }
  }

  // The default matters only to who hears of lost deals.
  void lost_reason(const rules::Regulation& regulation) {
    const auto& arrivals = settings_.arrivals;
    const bool usual = arrivals.lost_reason == connectors::ArrivalSettings().lost_reason;
    if ((usual && arrivals.stages.empty()) || regulation.loss_reason(arrivals.lost_reason)) return;
    std::vector<std::string> known;
    for (const auto& reason : regulation.loss_reasons) known.push_back(reason.code);
    const auto& code = regulation.code;
    wrong("lost_reason", "loss_reason_not_found",
          fmt::format("в воронке {} нет причины отказа {}; есть: {}", code, arrivals.lost_reason,
                      shown(known)),
          fmt::format("pipeline {} has no loss reason {}; it has: {}", code, arrivals.lost_reason,
                      shown(known)));
  }

  Result<bool> is_active(const std::string& user) const {
    if (!UserId::parse(user)) return false;
    return TRY(api_.bus.folds().current<user::State>(user))->active;
  }

  Result<void> users() {
    if (!settings_.owner.empty()) TRY(user("owner", settings_.owner));
    for (const auto& [theirs, ours] : settings_.arrivals.users) {
      TRY(user("users" + pointer_step(theirs), ours));
    }
    return {};
  }

  Result<void> user(const std::string& pointer, const std::string& id) {
    if (TRY(is_active(id))) return {};
    std::vector<std::string> known;
    for (const auto& one : TRY(UserDirectory(api_.bus.folds()).users())) {
      const auto state = TRY(api_.bus.folds().current<user::State>(one.text()));
      if (state->active) known.push_back(fmt::format("{} ({})", one.text(), state->name));
    }
    wrong(pointer, "user_not_found",
          fmt::format("нет действующего пользователя {}; есть: {}", id, shown(known)),
          fmt::format("there is no active user {}; there are: {}", id, shown(known)));
    return {};
  }

  const Api& api_;
  const connectors::SourceSettings& settings_;
  const Language language_;
  std::vector<FieldError> errors_;
};

}  // namespace

Result<void> check_references(const Api& api, const connectors::SourceSettings& settings,
                              Language language) {
  return ReferenceCheck(api, settings, language).run();
}

Result<void> check_applicable(const Api& api, const std::vector<connectors::Fact>& facts,
                              const connectors::SourceSettings& settings, Language language) {
  TRY(check_references(api, settings, language));
  for (const auto& fact : facts) {
    const auto* deal = std::get_if<connectors::StageFact>(&fact.content);
    if (deal == nullptr || fact.fetch || !connectors::lacks_stage(settings.arrivals, deal->stage)) {
      continue;
    }
    return fail(connectors::stage_not_mapped(deal->stage));
  }
  return {};
}

}  // namespace dealog::api
