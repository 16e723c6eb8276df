#include "libs/files/file_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <set>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libs/base/assert.hpp"
#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"

namespace dealog {
namespace {

namespace fs = std::filesystem;

// The header, the nonce and the tag beside the content.
constexpr std::size_t kSealedBytes = limits::kFileBytes + 256;

std::unexpected<Error> failed(const std::string& doing, int error) {
  const bool full = error == ENOSPC || error == EDQUOT;
  return fail(ErrorKind::kUnavailable, full ? "storage_full" : "files_unusable",
              doing + ": " + std::generic_category().message(error));
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  bool is_open() const { return fd_ >= 0; }
  int get() const { return fd_; }

 private:
  int fd_;
};

Result<void> write_all(int fd, std::string_view bytes, const fs::path& file) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return failed("writing " + file.string(), errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> sync_folder(const fs::path& folder) {
  const Descriptor in(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!in.is_open() || ::fsync(in.get()) != 0) return failed("syncing " + folder.string(), errno);
  return {};
}

Result<void> add_names(const fs::path& folder, std::set<std::string>& names) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) return {};
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    std::string name = it->path().filename().string();
    if (is_stored_name(name)) names.insert(std::move(name));
  }
  if (error) return failed("reading " + folder.string(), error.value());
  return {};
}

Result<bool> removed(const fs::path& file) {
  if (::unlink(file.c_str()) == 0) return true;
  if (errno == ENOENT) return false;
  return failed("removing " + file.string(), errno);
}

}  // namespace

Result<std::vector<std::string>> stored_names(const fs::path& folder) {
  // Files move from `arriving` to the folder, never back: in this order none is overlooked.
  std::set<std::string> names;
  TRY(add_names(folder / kArrivingFolder, names));
  TRY(add_names(folder, names));
  return std::vector<std::string>(names.begin(), names.end());
}

fs::path find_stored(const fs::path& folder, std::string_view name) {
  DEALOG_ASSERT(is_stored_name(name));
  // The last place is looked at twice: the file may be moved between the first two looks.
  for (const fs::path& place : {folder / name, folder / kArrivingFolder / name, folder / name}) {
    struct stat found{};
    if (::lstat(place.c_str(), &found) == 0 && S_ISREG(found.st_mode)) return place;
  }
  return {};
}

Result<std::string> read_stored(const fs::path& file, std::size_t max_bytes) {
  const Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!in.is_open()) {
    if (errno != ENOENT) return failed("opening " + file.string(), errno);
    return fail(ErrorKind::kNotFound, "file_missing", file.string() + " is not there");
  }
  struct stat known{};
  if (::fstat(in.get(), &known) != 0) return failed("reading " + file.string(), errno);
  std::string bytes(std::min(static_cast<std::size_t>(known.st_size), max_bytes), '\0');
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t got = ::read(in.get(), bytes.data() + at, bytes.size() - at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("reading " + file.string(), errno);
    if (got == 0) bytes.resize(at);
    at += static_cast<std::size_t>(got);
  }
  return bytes;
}

Result<FileHealth> inspect_stored(const fs::path& folder, const StoredFile& stored) {
  if (!is_stored_name(stored.name)) return FileHealth::kMissing;
  const fs::path place = find_stored(folder, stored.name);
  if (place.empty()) return FileHealth::kMissing;
  const auto bytes = read_stored(place, kSealedBytes);
  if (!bytes && bytes.error().kind == ErrorKind::kNotFound) return FileHealth::kMissing;
  // What the disk does not give is no fault of the caller's: the file is not whole.
  if (!bytes || to_hex(sha256(*bytes)) != stored.sealed_sha256) return FileHealth::kDamaged;
  return FileHealth::kSound;
}

Result<void> write_durably(const fs::path& folder, const std::string& temporary,
                           const std::string& name, std::string_view bytes) {
  const fs::path fresh = folder / temporary;
  const fs::path place = folder / name;
  const auto write = [&]() -> Result<void> {
    const Descriptor out(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!out.is_open()) return failed("creating " + fresh.string(), errno);
    TRY(write_all(out.get(), bytes, fresh));
    if (::fsync(out.get()) != 0) return failed("syncing " + fresh.string(), errno);
    if (::rename(fresh.c_str(), place.c_str()) != 0) {
      return failed("renaming " + fresh.string(), errno);
    }
    return sync_folder(folder);
  };
  auto written = write();
  if (!written) static_cast<void>(::unlink(fresh.c_str()));
  return written;
}

Result<void> remove_stored(const fs::path& folder, std::string_view name) {
  DEALOG_ASSERT(is_stored_name(name));
  for (const fs::path& place : {folder / kArrivingFolder, folder}) {
    if (TRY(removed(place / name))) TRY(sync_folder(place));
  }
  return {};
}

}  // namespace dealog
