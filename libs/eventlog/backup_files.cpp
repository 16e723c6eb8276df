#include "libs/eventlog/backup_files.hpp"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libs/base/assert.hpp"
#include "libs/eventlog/open_file.hpp"

namespace dealog {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPieceBytes = 1 << 20;

std::unexpected<Error> failed(const std::string& doing, int error) {
  return fail(ErrorKind::kInternal, "backup_failed",
              doing + ": " + std::generic_category().message(error) +
                  ". Nothing was put in force; mend that and run the command again");
}

std::unexpected<Error> damaged(const fs::path& file, const std::string& what) {
  return fail(ErrorKind::kInternal, "backup_damaged",
              file.string() + " " + what + ". Use another backup");
}

// SHA-256 of what comes in pieces.
class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    DEALOG_ASSERT(context_ != nullptr);
    DEALOG_ASSERT(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1);
  }
  void add(std::string_view bytes) {
    DEALOG_ASSERT(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
  }
  std::string take() {
    std::string hash(32, '\0');
    DEALOG_ASSERT(EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(hash.data()),
                                     nullptr) == 1);
    return hash;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
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

// Reads a file from its start in pieces.
template <class Use>
Result<void> each_piece(int fd, const fs::path& file, Use use) {
  std::string piece(kPieceBytes, '\0');
  for (;;) {
    const ssize_t got = ::read(fd, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("reading " + file.string(), errno);
    if (got == 0) return {};
    if (auto used = use(std::string_view(piece).substr(0, static_cast<std::size_t>(got))); !used) {
      return used;
    }
  }
}

Result<BackedUpFile> hash_file(const fs::path& file, const BytesRead& on_bytes) {
  const OpenFile in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!in.is_open()) return failed("opening " + file.string(), errno);
  // What was just written would otherwise be read from memory, not from the disk.
  static_cast<void>(::posix_fadvise(in.get(), 0, 0, POSIX_FADV_DONTNEED));
  BackedUpFile read{.path = file.filename().string(), .bytes = 0, .sha256 = {}};
  Sha256 hash;
  TRY(each_piece(in.get(), file, [&](std::string_view piece) -> Result<void> {
    hash.add(piece);
    read.bytes += piece.size();
    if (on_bytes) on_bytes(piece.size());
    return {};
  }));
  read.sha256 = hash.take();
  return read;
}

Result<BackedUpFile> copy_file(const fs::path& source, const fs::path& target,
                               const BytesRead& on_bytes) {
  const OpenFile in(::open(source.c_str(), O_RDONLY | O_CLOEXEC));
  if (!in.is_open()) return failed("opening " + source.string(), errno);
  const OpenFile out(::open(target.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!out.is_open()) return failed("creating " + target.string(), errno);
  BackedUpFile copied{.path = source.filename().string(), .bytes = 0, .sha256 = {}};
  Sha256 hash;
  TRY(each_piece(in.get(), source, [&](std::string_view piece) -> Result<void> {
    hash.add(piece);
    copied.bytes += piece.size();
    if (on_bytes) on_bytes(piece.size());
    return write_all(out.get(), piece, target);
  }));
  if (::fsync(out.get()) != 0) return failed("syncing " + target.string(), errno);
  copied.sha256 = hash.take();
  return copied;
}

// The file as it stands in `known`, linked into its place; nothing when it has to be copied.
// `damaged` takes up what does not hold what is known of it any more.
Result<std::optional<BackedUpFile>> link_known(const fs::path& source, const fs::path& target,
                                               const KnownFiles& known, const BytesRead& on_bytes,
                                               std::vector<fs::path>& damaged) {
  if (known.empty() || source.extension() != ".sst") return std::nullopt;
  BackedUpFile file = TRY(hash_file(source, on_bytes));
  const auto found = known.find(file.sha256);
  if (found == known.end()) return std::nullopt;
  const auto earlier = hash_file(found->second, on_bytes);
  if (!earlier || earlier->sha256 != file.sha256) {
    damaged.push_back(found->second);
    return std::nullopt;
  }
  std::error_code error;
  fs::create_hard_link(found->second, target, error);
  if (error) return std::nullopt;  // no links there: copying will do
  return file;
}

}  // namespace

Result<BackedUpFile> copy_one_file(const fs::path& source, const fs::path& target,
                                   const BytesRead& on_bytes) {
  return copy_file(source, target, on_bytes);
}

Result<CopiedFolder> copy_folder(const fs::path& source, const fs::path& target,
                                 const KnownFiles& known, const BytesRead& on_bytes) {
  std::error_code error;
  fs::create_directories(target, error);
  if (error) return failed("creating " + target.string(), error.value());
  std::vector<fs::path> paths;
  for (fs::directory_iterator it(source, error), end; !error && it != end; it.increment(error)) {
    if (it->is_regular_file()) paths.push_back(it->path());
  }
  if (error) return failed("reading " + source.string(), error.value());
  std::ranges::sort(paths);
  CopiedFolder copied;
  for (const auto& path : paths) {
    const fs::path place = target / path.filename();
    if (auto linked = TRY(link_known(path, place, known, on_bytes, copied.damaged))) {
      copied.files.push_back(std::move(*linked));
      continue;
    }
    copied.files.push_back(TRY(copy_file(path, place, on_bytes)));
    copied.copied_bytes += copied.files.back().bytes;
    copied.copied.push_back(copied.files.back());
  }
  TRY(sync_names(target));
  return copied;
}

Result<void> check_folder(const fs::path& folder, const std::vector<BackedUpFile>& files,
                          const BytesRead& on_bytes) {
  for (const auto& file : files) {
    const fs::path path = folder / file.path;
    std::error_code error;
    if (!fs::is_regular_file(path, error)) return damaged(path, "is missing");
    const auto read = TRY(hash_file(path, on_bytes));
    if (read.bytes != file.bytes) {
      return damaged(path, "has " + std::to_string(read.bytes) + " bytes instead of " +
                               std::to_string(file.bytes));
    }
    if (read.sha256 != file.sha256) return damaged(path, "has other bytes than were backed up");
  }
  return {};
}

Result<void> sync_names(const fs::path& folder) {
  const OpenFile in(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!in.is_open() || ::fsync(in.get()) != 0) return failed("syncing " + folder.string(), errno);
  return {};
}

Result<void> write_whole_file(const fs::path& file, std::string_view bytes) {
  const fs::path fresh = file.string() + ".new";
  {
    const OpenFile out(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!out.is_open()) return failed("creating " + fresh.string(), errno);
    TRY(write_all(out.get(), bytes, fresh));
    if (::fsync(out.get()) != 0) return failed("syncing " + fresh.string(), errno);
  }
  std::error_code error;
  fs::rename(fresh, file, error);
  if (error) return failed("renaming " + fresh.string(), error.value());
  return sync_names(file.parent_path());
}

Result<std::string> read_whole_file(const fs::path& file) {
  const OpenFile in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!in.is_open() && errno == ENOENT) {
    return fail(ErrorKind::kNotFound, "file_absent", file.string() + " is not there");
  }
  if (!in.is_open()) return failed("opening " + file.string(), errno);
  std::string all;
  TRY(each_piece(in.get(), file, [&](std::string_view piece) -> Result<void> {
    all.append(piece);
    return {};
  }));
  return all;
}

}  // namespace dealog
