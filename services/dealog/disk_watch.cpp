#include "services/dealog/disk_watch.hpp"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include "libs/base/logging.hpp"

namespace dealog {

Result<std::uint64_t> free_bytes(const std::filesystem::path& folder) {
  struct statvfs space = {};
  if (::statvfs(folder.c_str(), &space) != 0) {
    return fail(ErrorKind::kInternal, "storage_failed",
                fmt::format("asking for the free space of {}: {}", folder.string(),
                            std::generic_category().message(errno)));
  }
  return static_cast<std::uint64_t>(space.f_bavail) * space.f_frsize;
}

std::optional<DiskWatch::Space> DiskWatch::look() {
  const auto free = free_bytes(folder_);
  if (!free) return std::nullopt;
  Space space{.free = *free, .low = *free < warn_below_, .warning = {}};
  if (space.low) {
    space.warning = fmt::format(
        "{} MB are left for the data folder, {} MB are wanted; free space before the log stops",
        space.free >> 20, warn_below_ >> 20);
  }
  const std::scoped_lock lock(mutex_);
  if (space.low && !was_low_) {
    log_warning("space for the data folder is low",
                {{"free_mb", space.free >> 20}, {"wanted_mb", warn_below_ >> 20}});
  }
  if (!space.low && was_low_)
    log_info("space for the data folder is back", {{"free_mb", space.free >> 20}});
  was_low_ = space.low;
  return space;
}

}  // namespace dealog
