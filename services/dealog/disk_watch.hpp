// How much space the data folder's file system has left, and a warning well before it is used up: a
// log on a full disk stops.
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>

#include "libs/base/result.hpp"

namespace dealog {

// Bytes that this process may still write there. Errors: kInternal "storage_failed".
Result<std::uint64_t> free_bytes(const std::filesystem::path& folder);

// Thread: any.
class DiskWatch {
 public:
  // Warns below `warn_below` bytes; 0: never.
  DiskWatch(std::filesystem::path folder, std::uint64_t warn_below)
      : folder_(std::move(folder)), warn_below_(warn_below) {}

  struct Space {
    std::uint64_t free = 0;
    bool low = false;
    std::string warning;  // a sentence, "" unless low
  };
  // Looks now; a line in the log when it became low, and one when it is so no more. Nothing when
  // the file system does not say.
  std::optional<Space> look();

 private:
  const std::filesystem::path folder_;
  const std::uint64_t warn_below_;
  std::mutex mutex_;
  bool was_low_ = false;  // guarded by mutex_
};

}  // namespace dealog
