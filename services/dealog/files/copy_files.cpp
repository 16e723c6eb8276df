#include "services/dealog/files/copy_files.hpp"

#include <algorithm>
#include <optional>

#include "libs/files/file_folder.hpp"

namespace dealog {
namespace {

namespace fs = std::filesystem;

// The earlier copy linked into its place; nothing when there is none that is whole.
std::optional<BackedUpFile> link_earlier(const EarlierFiles& earlier, const std::string& name,
                                         const fs::path& target, std::vector<fs::path>& damaged) {
  const auto known = std::ranges::find(earlier.files, name, &BackedUpFile::path);
  if (known == earlier.files.end()) return std::nullopt;
  std::error_code error;
  fs::create_hard_link(earlier.folder / name, target / name, error);
  if (error) return std::nullopt;  // no links there, or gone: copying will do
  if (check_folder(target, {*known})) return *known;
  fs::remove(target / name, error);
  damaged.push_back(earlier.folder / name);
  return std::nullopt;
}

// Nothing when it is gone: it was erased while the copy was made.
Result<std::optional<BackedUpFile>> copy_named(const fs::path& source, const std::string& name,
                                               const fs::path& target) {
  for (int look = 0; look < 2; ++look) {
    const fs::path place = find_stored(source, name);
    if (place.empty()) return std::nullopt;
    auto copied = copy_one_file(place, target / name);
    if (copied) {
      TRY(check_folder(target, {*copied}));
      return *std::move(copied);
    }
    // It may have been moved to its place meanwhile, or erased.
    if (std::error_code error; fs::exists(place, error)) return std::unexpected(copied.error());
  }
  return std::nullopt;
}

}  // namespace

Result<CopiedFiles> copy_files(const fs::path& source, const fs::path& target,
                               const EarlierFiles& earlier) {
  std::error_code error;
  fs::create_directories(target, error);
  if (error) {
    return fail(ErrorKind::kInternal, "backup_failed",
                "creating " + target.string() + ": " + error.message());
  }
  CopiedFiles done;
  for (const auto& name : TRY(stored_names(source))) {
    if (find_stored(source, name).empty()) continue;
    if (auto linked = link_earlier(earlier, name, target, done.damaged)) {
      done.files.push_back(*std::move(linked));
    } else if (auto copied = TRY(copy_named(source, name, target))) {
      done.copied_bytes += copied->bytes;
      done.files.push_back(*std::move(copied));
    }
  }
  TRY(sync_names(target));
  return done;
}

}  // namespace dealog
