#include "services/dealog/scratch_folder.hpp"

#include <fmt/format.h>

#include "libs/storage/unsynced_environment.hpp"

namespace dealog {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> unusable(const fs::path& path, const std::error_code& error) {
  return fail(ErrorKind::kInvalid, "data_folder_unusable",
              fmt::format("cannot use {}: {}", path.string(), error.message()));
}

}  // namespace

Result<ScratchFolder> ScratchFolder::open(const fs::path& target) {
  std::error_code error;
  const fs::path place = fs::absolute(target).lexically_normal();
  const fs::path whole = place.has_filename() ? place : place.parent_path();
  if (fs::exists(whole, error) && !fs::is_empty(whole, error)) {
    return fail(ErrorKind::kConflict, "data_folder_not_empty",
                fmt::format("{} is not empty; give the path of a new folder", whole.string()));
  }
  const fs::path partial = whole.string() + ".partial";
  fs::remove_all(partial, error);
  fs::create_directories(partial, error);
  if (error) return unusable(partial, error);
  // Before anything is in it: keys and personal data, even if invented ones.
  fs::permissions(partial, fs::perms::owner_all, error);
  if (error) return unusable(partial, error);
  return ScratchFolder(whole, partial);
}

ScratchFolder::ScratchFolder(ScratchFolder&& other) noexcept
    : target_(std::move(other.target_)), partial_(std::exchange(other.partial_, {})) {}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  if (!partial_.empty()) fs::remove_all(partial_, ignored);
}

Result<void> ScratchFolder::put_in_place() {
  TRY(storage::sync_folder(partial_));
  std::error_code error;
  fs::rename(partial_, target_, error);
  if (error) return unusable(target_, error);
  partial_.clear();
  return storage::sync_folder(target_);
}

}  // namespace dealog
