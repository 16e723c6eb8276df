#include "services/api/support/filters.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "libs/base/invalid_input.hpp"

namespace dealog::api {

FilterCheck& FilterCheck::pipeline(const std::string& code) {
  if (code.empty() || api_.regulations.current(code)) return *this;
  if (auto allowed = api_.regulations.pipelines()) {
    add_not_allowed("pipeline", *allowed);
  } else {
    broken_ = std::move(allowed).error();
  }
  return *this;
}

FilterCheck& FilterCheck::stage(const std::string& pipeline, const std::string& code) {
  if (code.empty()) return *this;
  const auto pipelines = pipelines_to_look_at(pipeline);
  if (!pipelines) {
    broken_ = pipelines.error();
    return *this;
  }
  std::vector<std::string> allowed;
  for (const auto& one : *pipelines) {
    const auto known = has_stage(one, code);
    if (known && *known) return *this;
    const auto regulation = api_.regulations.current(one);
    if (!regulation) continue;
    for (const auto& stage : (*regulation)->stages) {
      if (std::ranges::find(allowed, stage.code) == allowed.end()) allowed.push_back(stage.code);
    }
  }
  // An unknown pipeline is the mistake that is told.
  if (!allowed.empty() || pipeline.empty()) add_not_allowed("stage", allowed);
  return *this;
}

FilterCheck& FilterCheck::user(std::string_view name, const std::string& id) {
  if (id.empty()) return *this;
  if (UserId::parse(id)) {
    const auto state = api_.bus.folds().current<user::State>(id);
    if (state && (*state)->exists()) return *this;
  }
  add(name, "user_not_found",
      language_ == Language::kRu
          ? "Нужен id пользователя (usr_…); список — GET /v1/users"
          : "This must be the id of a user (usr_…); GET /v1/users lists them");
  return *this;
}

Result<void> FilterCheck::result() {
  if (broken_) return fail(*std::move(broken_));
  if (errors_.empty()) return {};
  return fail(invalid_input(language_, std::move(errors_)));
}

void FilterCheck::add(std::string_view name, std::string code, std::string message) {
  errors_.push_back({kParameterMark + std::string(name), std::move(code), std::move(message)});
}

void FilterCheck::add_not_allowed(std::string_view name, const std::vector<std::string>& allowed) {
  add(name, "not_allowed",
      fmt::format("{} {}", language_ == Language::kRu ? "Допустимо одно из:" : "Must be one of:",
                  fmt::join(allowed, ", ")));
}

Result<std::vector<std::string>> FilterCheck::pipelines_to_look_at(
    const std::string& pipeline) const {
  if (!pipeline.empty()) return std::vector<std::string>{pipeline};
  return api_.regulations.pipelines();
}

Result<bool> FilterCheck::has_stage(const std::string& pipeline, const std::string& code) const {
  const auto current = TRY(api_.regulations.current(pipeline));
  if (current->stage(code) != nullptr) return true;
  for (std::uint64_t version = current->version; version-- > 1;) {
    const auto earlier = TRY(api_.regulations.version(pipeline, version));
    if (earlier->stage(code) != nullptr) return true;
  }
  return false;
}

}  // namespace dealog::api
