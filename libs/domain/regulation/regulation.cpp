#include "libs/domain/regulation/regulation.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dealog/v1/intake_events.pb.h"
#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/domain/common/refusal.hpp"

namespace dealog::regulation {
namespace {

using Events = std::vector<NewEvent>;

constexpr std::size_t kFileBytes = 1 << 20;
constexpr std::size_t kPipelineCodeBytes = 48;  // with "pip_" within the 64 of a stream's name

bool is_code(std::string_view text) {
  if (text.empty() || text.size() > kPipelineCodeBytes) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

// "stages[3].exit[0].touch" as a JSON pointer: "/stages/3/exit/0/touch".
std::string pointer_of(std::string_view path) {
  std::string pointer;
  while (!path.empty()) {
    const auto end = path.find_first_of(".[", 1);
    std::string_view step = path.substr(0, end);
    if (step.starts_with('.') || step.starts_with('[')) step.remove_prefix(1);
    if (step.ends_with(']')) step.remove_suffix(1);
    pointer += pointer_step(step);
    path = end == std::string_view::npos ? std::string_view() : path.substr(end);
  }
  return pointer;
}

Result<rules::Regulation> parse_sound(const PublishRegulation& command, Language language) {
  auto parsed = rules::parse_regulation(command.yaml, command.checked);
  if (parsed.sound()) return std::move(parsed.regulation);
  Error error{ErrorKind::kInvalid, "regulation_unsound",
              std::string(in(language, "в регламенте есть ошибки; ничего не опубликовано",
                             "this regulation has mistakes; nothing was published"))};
  for (const auto& issue : parsed.issues) {
    if (issue.severity != rules::RegulationIssue::Severity::kError) continue;
    error.fields.push_back({pointer_of(issue.path), "regulation_mistake",
                            fmt::format("{} {}:{}: {}", in(language, "строка", "line"), issue.line,
                                        issue.column, issue.message)});
  }
  return fail(std::move(error));
}

Result<void> require_all_stages(const State& state, const rules::Regulation& next,
                                Language language) {
  Error error{ErrorKind::kConflict, "stage_dropped",
              std::string(in(language,
                             "новая версия сохраняет все этапы прежних: там могут стоять сделки; "
                             "верните недостающие этапы",
                             "a new version keeps every stage of the versions before it, because "
                             "deals may stand there; add the missing stages again"))};
  for (const auto& code : state.stage_codes) {
    if (next.stage(code) != nullptr) continue;
    error.fields.push_back(
        {"/stages", "stage_dropped",
         fmt::format("{} '{}'", in(language, "нет этапа", "this stage is missing:"), code)});
  }
  if (error.fields.empty()) return {};
  return fail(std::move(error));
}

}  // namespace

std::shared_ptr<const rules::Regulation> State::current() const {
  return versions.empty() ? nullptr : versions.rbegin()->second.regulation;
}

std::shared_ptr<const rules::Regulation> State::at(std::uint64_t regulation_version) const {
  const auto found = versions.find(regulation_version);
  return found == versions.end() ? nullptr : found->second.regulation;
}

void evolve(State& state, const RecordedEvent& event) {
  state.version = event.version;
  const auto* published = event.as<v1::RegulationPublished>();
  if (published == nullptr) return;
  state.code = published->pipeline();
  // What was published was sound then. A later, stricter reader still takes what it can read of it.
  auto regulation =
      std::make_shared<rules::Regulation>(rules::parse_regulation(published->yaml()).regulation);
  regulation->version = published->version();
  for (const auto& stage : regulation->stages) state.stage_codes.insert(stage.code);
  state.versions[published->version()] = {std::move(regulation), published->sha256(),
                                          event.recorded};
}

StreamName stream_of(std::string_view pipeline) { return "pip_" + std::string(pipeline); }

Result<Events> decide(const State& state, const PublishRegulation& command, Language language) {
  if (command.yaml.size() > kFileBytes) {
    return refuse(language, ErrorKind::kTooLarge, "regulation_too_large",
                  fmt::format("регламент не длиннее {} байт", kFileBytes),
                  fmt::format("a regulation has at most {} bytes", kFileBytes));
  }
  const auto regulation = TRY(parse_sound(command, language));
  if (regulation.code != command.pipeline || !is_code(command.pipeline)) {
    return refuse(
        language, ErrorKind::kInvalid, "pipeline_code_differs",
        fmt::format("файл воронки '{}', а не '{}'; в коде a-z, 0-9, - и _", regulation.code,
                    command.pipeline),
        fmt::format("the file is of pipeline '{}', not '{}'; codes have a-z, 0-9, - and _",
                    regulation.code, command.pipeline));
  }
  const std::string hash = to_hex(sha256(command.yaml));
  if (!state.versions.empty() && state.versions.rbegin()->second.sha256 == hash) return Events{};
  TRY(require_all_stages(state, regulation, language));
  v1::RegulationPublished event;
  event.set_pipeline(command.pipeline);
  event.set_version(state.version.next().value);
  event.set_yaml(command.yaml);
  event.set_sha256(hash);
  return Events{make_event(std::move(event), {open_tag(std::string(kPipelinesTag))})};
}

}  // namespace dealog::regulation
