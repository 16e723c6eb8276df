#include "tests/support/simulated_disk.hpp"

#include <fstream>
#include <mutex>

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/system_clock.h>

namespace dealog::testing {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

// Everything behind one lock.
class SimulatedDisk::State {
 public:
  explicit State(std::uint64_t seed) : random(seed) {}

  // Whether the call may happen. With the lock held.
  IOStatus enter(DiskCall kind, std::string_view path) {
    if (!powered) return IOStatus::IOError("the power is off");
    const bool changes_something = kind != DiskCall::kOpen && kind != DiskCall::kRead;
    if (changes_something && ++changes > power_ends_after) {
      powered = false;
      return IOStatus::IOError("the power is off");
    }
    ++calls[static_cast<std::size_t>(kind)];
    if (!fault || fault->call != kind || !path.ends_with(fault->suffix)) return IOStatus::OK();
    if (fault->n > 1) {
      --fault->n;
      return IOStatus::OK();
    }
    if (struck && !fault->for_good) return IOStatus::OK();
    struck = true;
    if (fault->error == DiskError::kIo) return IOStatus::IOError("injected EIO");
    auto no_space = IOStatus::NoSpace("injected ENOSPC");
    no_space.SetRetryable(true);  // as RocksDB's own file system says
    return no_space;
  }

  std::mutex mutex;
  DiskFiles files;
  std::mt19937_64 random;
  DiskLie lie = DiskLie::kNone;
  bool powered = true;
  std::uint64_t power_ends_after = UINT64_MAX;
  std::uint64_t changes = 0;
  std::array<std::uint64_t, kDiskCalls> calls{};
  std::optional<DiskFault> fault;
  bool struck = false;
};

namespace {

using StatePtr = std::shared_ptr<SimulatedDisk::State>;

IOStatus not_found(const std::string& path) { return IOStatus::PathNotFound(path); }

// `size` bytes of the file from `offset` on, fewer at its end.
Slice read_into(const DiskFile& file, std::uint64_t offset, std::size_t size, char* scratch) {
  if (offset >= file.now.size()) return {scratch, 0};
  const std::size_t count = std::min(size, file.now.size() - offset);
  file.now.copy(scratch, count, offset);
  return {scratch, count};
}

class Writable final : public rocksdb::FSWritableFile {
 public:
  Writable(StatePtr state, std::string path, DiskFiles::FilePtr file, std::uint64_t at)
      : state_(std::move(state)), path_(std::move(path)), file_(std::move(file)), at_(at) {}

  using FSWritableFile::Append;
  IOStatus Append(const Slice& data, const IOOptions&, IODebugContext*) override {
    const std::scoped_lock lock(state_->mutex);
    const IOStatus status = state_->enter(DiskCall::kWrite, path_);
    std::string_view bytes(data.data(), data.size());
    if (!status.ok()) {
      if (!state_->powered) return status;
      bytes = bytes.substr(0, state_->random() % (bytes.size() + 1));
    }
    DiskFiles::write(*file_, at_, bytes);
    at_ += bytes.size();
    return status;
  }
  IOStatus Truncate(std::uint64_t size, const IOOptions&, IODebugContext*) override {
    const std::scoped_lock lock(state_->mutex);
    const IOStatus status = state_->enter(DiskCall::kWrite, path_);
    if (!status.ok()) return status;
    DiskFiles::truncate(*file_, size);
    at_ = size;
    return status;
  }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Flush(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Sync(const IOOptions&, IODebugContext*) override {
    const std::scoped_lock lock(state_->mutex);
    const IOStatus status = state_->enter(DiskCall::kSync, path_);
    if (status.ok()) {
      DiskFiles::sync(*file_, state_->lie);
    } else if (state_->powered) {
      DiskFiles::fail_sync(*file_, state_->random);
    }
    return status;
  }
  std::uint64_t GetFileSize(const IOOptions&, IODebugContext*) override {
    const std::scoped_lock lock(state_->mutex);
    return at_;
  }

 private:
  StatePtr state_;
  std::string path_;
  DiskFiles::FilePtr file_;
  std::uint64_t at_;
};

class Sequential final : public rocksdb::FSSequentialFile {
 public:
  Sequential(StatePtr state, std::string path, DiskFiles::FilePtr file)
      : state_(std::move(state)), path_(std::move(path)), file_(std::move(file)) {}
  IOStatus Read(std::size_t n, const IOOptions&, Slice* result, char* scratch,
                IODebugContext*) override {
    const std::scoped_lock lock(state_->mutex);
    const IOStatus status = state_->enter(DiskCall::kRead, path_);
    if (!status.ok()) return status;
    *result = read_into(*file_, at_, n, scratch);
    at_ += result->size();
    return status;
  }
  IOStatus Skip(std::uint64_t n) override {
    at_ += n;
    return IOStatus::OK();
  }

 private:
  StatePtr state_;
  std::string path_;
  DiskFiles::FilePtr file_;
  std::uint64_t at_ = 0;
};

class RandomAccess final : public rocksdb::FSRandomAccessFile {
 public:
  RandomAccess(StatePtr state, std::string path, DiskFiles::FilePtr file)
      : state_(std::move(state)), path_(std::move(path)), file_(std::move(file)) {}
  IOStatus Read(std::uint64_t offset, std::size_t n, const IOOptions&, Slice* result, char* scratch,
                IODebugContext*) const override {
    const std::scoped_lock lock(state_->mutex);
    const IOStatus status = state_->enter(DiskCall::kRead, path_);
    if (status.ok()) *result = read_into(*file_, offset, n, scratch);
    return status;
  }

 private:
  StatePtr state_;
  std::string path_;
  DiskFiles::FilePtr file_;
};

class Folder final : public rocksdb::FSDirectory {
 public:
  Folder(StatePtr state, std::string path) : state_(std::move(state)), path_(std::move(path)) {}
  IOStatus Fsync(const IOOptions&, IODebugContext*) override {
    const std::scoped_lock lock(state_->mutex);
    IOStatus status = state_->enter(DiskCall::kSyncFolder, path_);
    if (status.ok()) state_->files.sync_folder(path_, state_->lie);
    return status;
  }

 private:
  StatePtr state_;
  std::string path_;
};

class NoLogger final : public rocksdb::Logger {
 public:
  using Logger::Logv;
  void Logv(const char*, va_list) override {}
  std::size_t GetLogFileSize() const override { return 0; }
};

struct Lock final : rocksdb::FileLock {};

std::string clean(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

class SimulatedFileSystem final : public rocksdb::FileSystem {
 public:
  explicit SimulatedFileSystem(StatePtr state) : state_(std::move(state)) {}
  const char* Name() const override { return "SimulatedFileSystem"; }

  IOStatus NewSequentialFile(const std::string& path, const FileOptions&,
                             std::unique_ptr<rocksdb::FSSequentialFile>* result,
                             IODebugContext*) override {
    return open<Sequential>(path, result);
  }
  IOStatus NewRandomAccessFile(const std::string& path, const FileOptions&,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                               IODebugContext*) override {
    return open<RandomAccess>(path, result);
  }
  IOStatus NewWritableFile(const std::string& path, const FileOptions&,
                           std::unique_ptr<rocksdb::FSWritableFile>* result,
                           IODebugContext*) override {
    const std::scoped_lock lock(state_->mutex);
    IOStatus status = state_->enter(DiskCall::kCreate, path);
    if (status.ok())
      *result = std::make_unique<Writable>(state_, path, state_->files.create(path), 0);
    return status;
  }
  IOStatus ReopenWritableFile(const std::string& path, const FileOptions& options,
                              std::unique_ptr<rocksdb::FSWritableFile>* result,
                              IODebugContext* debug) override {
    {
      const std::scoped_lock lock(state_->mutex);
      if (const auto file = state_->files.find(path)) {
        IOStatus status = state_->enter(DiskCall::kOpen, path);
        if (status.ok()) *result = std::make_unique<Writable>(state_, path, file, file->now.size());
        return status;
      }
    }
    return NewWritableFile(path, options, result, debug);
  }
  IOStatus ReuseWritableFile(const std::string& path, const std::string& old_path,
                             const FileOptions&, std::unique_ptr<rocksdb::FSWritableFile>* result,
                             IODebugContext*) override {
    const std::scoped_lock lock(state_->mutex);
    const auto file = state_->files.find(old_path);
    if (!file) return not_found(old_path);
    IOStatus status = state_->enter(DiskCall::kRename, path);
    if (!status.ok()) return status;
    state_->files.rename(old_path, path);
    *result = std::make_unique<Writable>(state_, path, file, 0);
    return status;
  }
  IOStatus NewDirectory(const std::string& path, const IOOptions&,
                        std::unique_ptr<rocksdb::FSDirectory>* result, IODebugContext*) override {
    *result = std::make_unique<Folder>(state_, clean(path));
    return IOStatus::OK();
  }
  IOStatus FileExists(const std::string& path, const IOOptions&, IODebugContext*) override {
    const std::scoped_lock lock(state_->mutex);
    if (!state_->powered) return IOStatus::IOError("the power is off");
    const bool exists =
        state_->files.find(clean(path)) || !state_->files.children(clean(path)).empty();
    return exists ? IOStatus::OK() : IOStatus::NotFound(path);
  }
  IOStatus GetChildren(const std::string& path, const IOOptions&, std::vector<std::string>* result,
                       IODebugContext*) override {
    const std::scoped_lock lock(state_->mutex);
    IOStatus status = state_->enter(DiskCall::kOpen, path);
    if (status.ok()) *result = state_->files.children(clean(path));
    return status;
  }
  IOStatus DeleteFile(const std::string& path, const IOOptions&, IODebugContext*) override {
    const std::scoped_lock lock(state_->mutex);
    if (!state_->files.find(path)) return not_found(path);
    IOStatus status = state_->enter(DiskCall::kRemove, path);
    if (status.ok()) state_->files.remove(path);
    return status;
  }
  IOStatus Truncate(const std::string& path, std::size_t size, const IOOptions&,
                    IODebugContext*) override {
    const std::scoped_lock lock(state_->mutex);
    const auto file = state_->files.find(path);
    if (!file) return not_found(path);
    IOStatus status = state_->enter(DiskCall::kWrite, path);
    if (status.ok()) DiskFiles::truncate(*file, size);
    return status;
  }
  IOStatus CreateDir(const std::string&, const IOOptions&, IODebugContext*) override {
    return IOStatus::OK();
  }
  IOStatus CreateDirIfMissing(const std::string&, const IOOptions&, IODebugContext*) override {
    return IOStatus::OK();
  }
  IOStatus DeleteDir(const std::string&, const IOOptions&, IODebugContext*) override {
    return IOStatus::OK();
  }
  IOStatus GetFileSize(const std::string& path, const IOOptions&, std::uint64_t* size,
                       IODebugContext*) override {
    const std::scoped_lock lock(state_->mutex);
    const auto file = state_->files.find(path);
    if (!file) return not_found(path);
    *size = file->now.size();
    return IOStatus::OK();
  }
  IOStatus GetFileModificationTime(const std::string&, const IOOptions&, std::uint64_t* time,
                                   IODebugContext*) override {
    *time = 0;
    return IOStatus::OK();
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions&,
                      IODebugContext*) override {
    const std::scoped_lock lock(state_->mutex);
    if (!state_->files.find(from)) return not_found(from);
    IOStatus status = state_->enter(DiskCall::kRename, to);
    if (status.ok()) state_->files.rename(from, to);
    return status;
  }
  IOStatus LinkFile(const std::string& path, const std::string& to, const IOOptions&,
                    IODebugContext*) override {
    const std::scoped_lock lock(state_->mutex);
    if (!state_->files.find(path)) return not_found(path);
    IOStatus status = state_->enter(DiskCall::kRename, to);
    if (status.ok()) state_->files.link(path, to);
    return status;
  }
  // A lock lasts as long as its process, and whoever opens again here plays the next one.
  IOStatus LockFile(const std::string&, const IOOptions&, rocksdb::FileLock** result,
                    IODebugContext*) override {
    *result = new Lock;
    return IOStatus::OK();
  }
  IOStatus UnlockFile(rocksdb::FileLock* held, const IOOptions&, IODebugContext*) override {
    delete static_cast<Lock*>(held);
    return IOStatus::OK();
  }
  IOStatus GetTestDirectory(const IOOptions&, std::string* path, IODebugContext*) override {
    *path = "/test";
    return IOStatus::OK();
  }
  IOStatus NewLogger(const std::string&, const IOOptions&, std::shared_ptr<rocksdb::Logger>* result,
                     IODebugContext*) override {
    *result = std::make_shared<NoLogger>();
    return IOStatus::OK();
  }
  IOStatus GetAbsolutePath(const std::string& path, const IOOptions&, std::string* result,
                           IODebugContext*) override {
    *result = path;
    return IOStatus::OK();
  }
  IOStatus IsDirectory(const std::string& path, const IOOptions&, bool* is_folder,
                       IODebugContext*) override {
    const std::scoped_lock lock(state_->mutex);
    *is_folder = !state_->files.find(clean(path));
    return IOStatus::OK();
  }

 private:
  template <class File, class Base>
  IOStatus open(const std::string& path, std::unique_ptr<Base>* result) {
    const std::scoped_lock lock(state_->mutex);
    const auto file = state_->files.find(path);
    if (!file) return not_found(path);
    IOStatus status = state_->enter(DiskCall::kOpen, path);
    if (status.ok()) *result = std::make_unique<File>(state_, path, file);
    return status;
  }

  StatePtr state_;
};

// RocksDB waits a second after a background error, closing included; here it waits no longer than a
// flush takes.
class ShortSleeps final : public rocksdb::SystemClockWrapper {
 public:
  using SystemClockWrapper::SystemClockWrapper;
  const char* Name() const override { return "ShortSleeps"; }
  void SleepForMicroseconds(int us) override { target_->SleepForMicroseconds(std::min(us, 500)); }
};

class SimulatedEnvironment final : public rocksdb::EnvWrapper {
 public:
  explicit SimulatedEnvironment(std::shared_ptr<rocksdb::FileSystem> files)
      : EnvWrapper(rocksdb::NewCompositeEnv(files)) {
    file_system_ = std::move(files);
    system_clock_ = std::make_shared<ShortSleeps>(rocksdb::SystemClock::Default());
  }
};

}  // namespace

SimulatedDisk::SimulatedDisk(std::uint64_t seed)
    : state_(std::make_shared<State>(seed)),
      environment_(
          std::make_unique<SimulatedEnvironment>(std::make_shared<SimulatedFileSystem>(state_))) {}
SimulatedDisk::~SimulatedDisk() = default;

void SimulatedDisk::lie(DiskLie lie) {
  const std::scoped_lock lock(state_->mutex);
  state_->lie = lie;
}

void SimulatedDisk::cut_power_after(std::uint64_t changes) {
  const std::scoped_lock lock(state_->mutex);
  state_->power_ends_after = state_->changes + changes;
  if (changes == 0) state_->powered = false;
}

bool SimulatedDisk::has_power() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->powered;
}

void SimulatedDisk::restore_power() {
  const std::scoped_lock lock(state_->mutex);
  state_->files.lose_power(state_->random);
  state_->powered = true;
  state_->power_ends_after = UINT64_MAX;
  state_->lie = DiskLie::kNone;
  state_->fault.reset();
}

void SimulatedDisk::fail(DiskFault fault) {
  const std::scoped_lock lock(state_->mutex);
  state_->fault = fault;
  state_->struck = false;
}

bool SimulatedDisk::has_failed() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->struck;
}

void SimulatedDisk::mend() {
  const std::scoped_lock lock(state_->mutex);
  state_->fault.reset();
}

std::uint64_t SimulatedDisk::calls(DiskCall kind) const {
  const std::scoped_lock lock(state_->mutex);
  return state_->calls[static_cast<std::size_t>(kind)];
}

std::uint64_t SimulatedDisk::changes() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->changes;
}

void SimulatedDisk::copy_to(const std::filesystem::path& folder) const {
  const std::scoped_lock lock(state_->mutex);
  std::filesystem::create_directories(folder);
  for (const auto& [path, file] : state_->files.all()) {
    std::ofstream out(folder / std::filesystem::path(path).filename(), std::ios::binary);
    out.write(file->now.data(), static_cast<std::streamsize>(file->now.size()));
  }
}

}  // namespace dealog::testing
