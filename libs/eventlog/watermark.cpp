#include "libs/eventlog/watermark.hpp"

#include <cerrno>
#include <cstring>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include "libs/base/assert.hpp"
#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/eventlog/open_file.hpp"

namespace dealog {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMagic = "DLGMARK1";
constexpr std::size_t kSlots = 2;
// Apart by more than a sector, so that a torn write never reaches the other slot.
constexpr std::size_t kSlotBytes = 4096;
constexpr std::size_t kLogIdSize = 16;
constexpr std::size_t kHashSize = sizeof(merkle::Hash);
// Magic, sequence, position, root, log id; then the checksum over them.
constexpr std::size_t kBodySize = 8 + 8 + 8 + kHashSize + kLogIdSize;
constexpr std::size_t kUsedSize = kBodySize + 32;

std::unexpected<Error> failed(std::string_view doing, const fs::path& file) {
  return fail(ErrorKind::kInternal, "watermark_failed",
              std::string(doing) + " the head watermark " + file.string() + ": " +
                  std::generic_category().message(errno) +
                  ". Look into the system's log for errors of the disk, then restart the service");
}

std::string slot_bytes(const Watermark& mark) {
  DEALOG_ASSERT(mark.log_id.size() == kLogIdSize);
  std::string bytes(kMagic);
  put_u64(bytes, mark.sequence);
  put_u64(bytes, mark.position.value);
  bytes += merkle::view(mark.root);
  bytes += mark.log_id;
  bytes += sha256(bytes);
  DEALOG_ASSERT(bytes.size() == kUsedSize);
  return bytes;
}

// Nothing for a slot that was never written or is not whole.
std::optional<Watermark> parse_slot(std::string_view slot) {
  if (slot.size() < kUsedSize || !slot.starts_with(kMagic)) return std::nullopt;
  const auto body = slot.substr(0, kBodySize);
  if (sha256(body) != slot.substr(kBodySize, kUsedSize - kBodySize)) return std::nullopt;
  Watermark mark;
  mark.sequence = get_u64(body.substr(8));
  mark.position.value = get_u64(body.substr(16));
  std::memcpy(mark.root.data(), body.data() + 24, kHashSize);
  mark.log_id = body.substr(24 + kHashSize);
  return mark;
}

bool write_at(int fd, std::string_view bytes, std::size_t offset) {
  while (!bytes.empty()) {
    const auto written = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += static_cast<std::size_t>(written);
  }
  return true;
}

std::size_t slot_of(std::uint64_t sequence) { return sequence % kSlots * kSlotBytes; }

}  // namespace

fs::path watermark_path(const fs::path& log_folder) {
  // A folder given with a slash at its end has no file name.
  const fs::path folder = log_folder.has_filename() ? log_folder : log_folder.parent_path();
  return folder.string() + ".watermark";
}

Result<std::optional<Watermark>> read_watermark(const fs::path& file) {
  const OpenFile in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (in.get() < 0 && errno == ENOENT) return std::nullopt;
  if (in.get() < 0) return failed("opening", file);
  std::string bytes(kSlots * kSlotBytes, '\0');
  std::size_t size = 0;
  while (size < bytes.size()) {
    const auto got =
        ::pread(in.get(), bytes.data() + size, bytes.size() - size, static_cast<off_t>(size));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("reading", file);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  bytes.resize(size);
  std::optional<Watermark> newest;
  for (std::size_t offset = 0; offset < bytes.size(); offset += kSlotBytes) {
    auto mark = parse_slot(std::string_view(bytes).substr(offset, kSlotBytes));
    if (mark && slot_of(mark->sequence) == offset &&
        (!newest || mark->sequence > newest->sequence)) {
      newest = std::move(mark);
    }
  }
  if (newest) return newest;
  return fail(ErrorKind::kInternal, "watermark_broken",
              "neither slot of the head watermark " + file.string() +
                  " is whole, so nothing says how far the log had come. Restore the data folder "
                  "from a backup with `dealog restore`; or, when you know from elsewhere that the "
                  "log's end is right, record it with `dealog verify --accept-end`");
}

WatermarkFile::WatermarkFile(fs::path file, int fd, Watermark newest)
    : file_(std::move(file)), fd_(fd), newest_(std::move(newest)) {}

WatermarkFile::WatermarkFile(WatermarkFile&& other) noexcept
    : file_(std::move(other.file_)),
      fd_(std::exchange(other.fd_, -1)),
      newest_(std::move(other.newest_)) {}

WatermarkFile::~WatermarkFile() {
  if (fd_ >= 0) ::close(fd_);
}

Result<WatermarkFile> WatermarkFile::create(const fs::path& file, const Watermark& first) {
  // Written beside and renamed, so that there is never a file without a whole slot.
  const fs::path beside = file.string() + ".new";
  OpenFile out(::open(beside.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (out.get() < 0) return failed("creating", beside);
  // All blocks are allocated now: what is written later must not need space.
  const std::string empty(kSlots * kSlotBytes, '\0');
  if (!write_at(out.get(), empty, 0) ||
      !write_at(out.get(), slot_bytes(first), slot_of(first.sequence)) || ::fsync(out.get()) != 0) {
    return failed("writing", beside);
  }
  if (::rename(beside.c_str(), file.c_str()) != 0) return failed("renaming", beside);
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  const OpenFile directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0 || ::fsync(directory.get()) != 0) return failed("syncing", folder);
  return WatermarkFile(file, out.release(), first);
}

Result<WatermarkFile> WatermarkFile::open(const fs::path& file, const Watermark& newest) {
  const int fd = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) return failed("opening", file);
  return WatermarkFile(file, fd, newest);
}

Result<void> WatermarkFile::write(Position position, const merkle::Hash& root,
                                  const std::function<int(int fd)>& sync) {
  DEALOG_ASSERT(position >= newest_.position);
  Watermark next{newest_.sequence + 1, position, root, newest_.log_id};
  if (!write_at(fd_, slot_bytes(next), slot_of(next.sequence))) return failed("writing", file_);
  if ((sync ? sync(fd_) : ::fdatasync(fd_)) != 0) return failed("syncing", file_);
  newest_ = std::move(next);
  return {};
}

}  // namespace dealog
