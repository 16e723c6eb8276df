#include "libs/storage/status.hpp"

namespace dealog::storage {

std::unexpected<Error> storage_error(const rocksdb::Status& status, const std::string& doing) {
  const std::string what = doing + ": " + status.ToString();
  if (status.IsCorruption()) {
    return fail(ErrorKind::kInternal, "storage_corrupted",
                what +
                    ". Bytes on the disk are damaged; stop the service, run `dealog verify` "
                    "and restore from a backup");
  }
  if (status.IsNoSpace()) {
    return fail(ErrorKind::kInternal, "storage_full",
                what + ". The disk is full; free space and restart the service");
  }
  if (status.IsIOError() && status.ToString().find("lock") != std::string::npos) {
    return fail(ErrorKind::kInternal, "storage_locked",
                what + ". Another process has this folder open; stop it first");
  }
  return fail(ErrorKind::kInternal, "storage_failed",
              what +
                  ". Look into the system's log for errors of the disk, then restart the "
                  "service; it checks its data when it starts");
}

}  // namespace dealog::storage
