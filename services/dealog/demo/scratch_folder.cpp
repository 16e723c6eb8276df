#include "services/dealog/demo/scratch_folder.hpp"

#include <charconv>
#include <cstdlib>

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dealog::demo {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMemory = "/dev/shm";
constexpr std::string_view kPrefix = "dealog-demo-";

std::unexpected<Error> unusable(const fs::path& path, const std::error_code& error) {
  return fail(ErrorKind::kInvalid, "data_folder_unusable",
              fmt::format("cannot use {}: {}", path.string(), error.message()));
}

// Of processes that are gone.
void remove_leftovers() {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(kMemory, error)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(kPrefix)) continue;
    pid_t pid = 0;
    const char* const end = name.data() + name.size();
    const auto parsed = std::from_chars(name.data() + kPrefix.size(), end, pid);
    if (parsed.ptr != end || pid <= 0 || ::kill(pid, 0) == 0 || errno != ESRCH) continue;
    fs::remove_all(entry.path(), error);
  }
}

// Empty when memory has not twice the room.
fs::path folder_in_memory(std::uint64_t room_bytes) {
  std::error_code error;
  const auto space = fs::space(kMemory, error);
  if (error || space.available < 2 * room_bytes) return {};
  remove_leftovers();
  fs::path path = fs::path(kMemory) / fmt::format("{}{}", kPrefix, ::getpid());
  fs::remove_all(path, error);
  if (::mkdir(path.c_str(), 0700) != 0) return {};
  return path;
}

Result<void> sync(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool ok = fd >= 0 && ::fsync(fd) == 0;
  const std::error_code error(errno, std::generic_category());
  if (fd >= 0) ::close(fd);
  if (!ok) return unusable(path, error);
  return {};
}

Result<void> sync_all(const fs::path& folder) {
  for (const auto& entry : fs::recursive_directory_iterator(folder)) TRY(sync(entry.path()));
  TRY(sync(folder));
  return {};
}

}  // namespace

Result<ScratchFolder> ScratchFolder::open(const fs::path& target, std::uint64_t room_bytes) {
  std::error_code error;
  const fs::path place = fs::absolute(target).lexically_normal();
  const fs::path whole = place.has_filename() ? place : place.parent_path();
  if (fs::exists(whole) && !fs::is_empty(whole, error)) {
    return fail(
        ErrorKind::kConflict, "data_folder_not_empty",
        fmt::format("{} is not empty; the demo company needs a new folder", whole.string()));
  }
  const fs::path partial = whole.string() + ".partial";
  fs::remove_all(partial, error);
  fs::create_directories(partial, error);
  if (error) return unusable(partial, error);
  fs::permissions(partial, fs::perms::owner_all, error);
  const fs::path memory = folder_in_memory(room_bytes);
  return ScratchFolder(whole, partial, memory.empty() ? partial : memory);
}

ScratchFolder::ScratchFolder(ScratchFolder&& other) noexcept
    : target_(std::move(other.target_)),
      partial_(std::exchange(other.partial_, {})),
      scratch_(std::exchange(other.scratch_, {})) {}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  if (!scratch_.empty()) fs::remove_all(scratch_, ignored);
  if (!partial_.empty()) fs::remove_all(partial_, ignored);
}

Result<void> ScratchFolder::put_in_place() {
  std::error_code error;
  if (in_memory()) {
    fs::copy(scratch_, partial_, fs::copy_options::recursive | fs::copy_options::overwrite_existing,
             error);
    if (error) return unusable(partial_, error);
  }
  TRY(sync_all(partial_));
  fs::rename(partial_, target_, error);
  if (error) return unusable(target_, error);
  TRY(sync(target_.parent_path()));
  if (!in_memory()) scratch_.clear();
  partial_.clear();
  return {};
}

}  // namespace dealog::demo
