// The backups in a folder of them.
#pragma once

#include <algorithm>
#include <filesystem>
#include <vector>

namespace dealog::e2e {

// Those that were finished, the oldest first.
inline std::vector<std::filesystem::path> taken_backups(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> all;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (std::filesystem::exists(entry.path() / "manifest.json")) all.push_back(entry.path());
  }
  std::ranges::sort(all);
  return all;
}

}  // namespace dealog::e2e
