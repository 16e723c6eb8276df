#include "services/dealog/folder_in_use.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace dealog {

Result<void> require_unused(const std::filesystem::path& data) {
  const std::filesystem::path file = data / "log" / "LOCK";
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return {};  // no such folder: opening it says so better
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  const bool asked = ::fcntl(fd, F_GETLK, &lock) == 0;
  ::close(fd);
  if (!asked || lock.l_type == F_UNLCK) return {};
  return fail(ErrorKind::kConflict, "data_folder_in_use",
              fmt::format("another dealog is using {} (pid {}); stop it first, or use another "
                          "folder",
                          data.string(), lock.l_pid));
}

}  // namespace dealog
