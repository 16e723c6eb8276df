#include "libs/storage/status.hpp"

namespace dealog::storage {
namespace {

// A table that is gone is named by the ending it had in LevelDB, which was looked for last.
std::string words_of(const rocksdb::Status& status) {
  std::string words = status.ToString();
  constexpr std::string_view kOld = ".ldb";
  if (const auto at = words.find(kOld); at != std::string::npos) {
    words.replace(at, kOld.size(), ".sst");
  }
  return words;
}

// A file of the database that is not there is damage like one whose bytes are wrong.
bool is_damage(const rocksdb::Status& status) {
  return status.IsCorruption() || status.IsPathNotFound() ||
         (status.IsIOError() && status.ToString().find("No such file") != std::string::npos);
}

}  // namespace

std::unexpected<Error> Failures::error(const rocksdb::Status& status, const std::string& doing) {
  const std::string what = doing + ": " + words_of(status);
  if (is_damage(status)) {
    Error error{ErrorKind::kInternal, "storage_corrupted",
                what + ". Bytes on the disk are damaged. " + if_damaged_};
    const std::scoped_lock lock(mutex_);
    if (!damage_) damage_ = error;
    return std::unexpected(std::move(error));
  }
  if (status.IsNoSpace()) {
    return fail(ErrorKind::kInternal, "storage_full",
                what + ". The disk is full; free space and restart the service");
  }
  if (status.IsIOError() && what.find("lock") != std::string::npos) {
    return fail(ErrorKind::kInternal, "storage_locked",
                what + ". Another process has this folder open; stop it first");
  }
  return fail(ErrorKind::kInternal, "storage_failed",
              what +
                  ". Look into the system's log for errors of the disk, then restart the "
                  "service; it checks its data when it starts");
}

std::optional<Error> Failures::damage() const {
  const std::scoped_lock lock(mutex_);
  return damage_;
}

}  // namespace dealog::storage
