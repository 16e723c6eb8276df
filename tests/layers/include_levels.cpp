#include "tests/layers/include_levels.hpp"

#include <fmt/format.h>

namespace dealog::layers {
namespace {

// A new folder of libs/ or services/ needs a line here, and so a thought about its level.
constexpr struct {
  std::string_view name;
  int level;
} kLevels[] = {
    {"libs/base", 1},        {"libs/event", 2},      {"libs/storage", 2},
    {"libs/async", 2},       {"libs/yaml", 2},       {"libs/eventlog", 3},
    {"libs/keys", 3},        {"libs/rules", 3},      {"libs/http", 3},
    {"libs/metrics", 3},     {"libs/documents", 3},  {"libs/outbound", 3},
    {"libs/files", 3},       {"libs/domain", 4},     {"libs/command", 5},
    {"libs/projection", 5},  {"libs/connectors", 5}, {"services/webhooks", 7},
    {"services/api", 7},     {"services/audit", 7},  {"services/automation", 7},
    {"services/console", 7}, {"services/dealog", 8},
};
constexpr int kProjectionLevel = 6;
// Files that stand in projections/ itself name all projections, for whoever creates them.
constexpr std::string_view kAllProjections = "projections";

// "libs/base/id.hpp" → "libs/base"; "" where there are not two folders.
std::string_view first_two(std::string_view path) {
  const auto first = path.find('/');
  const auto second = path.find('/', first == std::string_view::npos ? first : first + 1);
  return second == std::string_view::npos ? std::string_view() : path.substr(0, second);
}

bool has_levels(std::string_view path) {
  return path.starts_with("libs/") || path.starts_with("projections/") ||
         path.starts_with("services/");
}

}  // namespace

std::optional<Folder> folder_of(std::string_view path) {
  // Generated headers are included as they lie under proto/: "dealog/v1/record.pb.h".
  if (path.starts_with("proto/") || path.starts_with("dealog/v1/")) return Folder{"proto", 0};
  const std::string_view name = first_two(path);
  if (name.empty() && path.starts_with("projections/")) {
    return Folder{std::string(kAllProjections), kProjectionLevel};
  }
  if (name.empty()) return std::nullopt;
  if (path.starts_with("projections/")) return Folder{std::string(name), kProjectionLevel};
  for (const auto& known : kLevels) {
    if (known.name == name) return Folder{std::string(name), known.level};
  }
  return std::nullopt;
}

std::string include_violation(std::string_view file, std::string_view include) {
  const auto from = folder_of(file);
  if (!from) {
    return has_levels(file) ? "its folder has no level yet: add it to tests/layers" : "";
  }
  // The header of files embedded into its own target: see deploy/cmake/Embed.cmake.
  if (include.find('/') == std::string_view::npos && include.ends_with("_files.hpp")) return "";
  const auto to = folder_of(include);
  if (!to) {
    return fmt::format("\"{}\" is not written from the root of a folder with a level", include);
  }
  if (to->name == from->name || to->level < from->level) return "";
  if (from->name == kAllProjections && to->level == kProjectionLevel) return "";
  return fmt::format("{} is of level {} and may not include {} of level {}", from->name,
                     from->level, to->name, to->level);
}

}  // namespace dealog::layers
