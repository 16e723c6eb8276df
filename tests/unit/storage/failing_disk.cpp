#include "tests/unit/storage/failing_disk.hpp"

#include <atomic>

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

namespace dealog::testing {

struct FailingDisk::State {
  std::atomic<DiskFault> fault = DiskFault::kNone;
  std::atomic<int> syncs = 0;
};

namespace {

using rocksdb::FileOptions;
using rocksdb::FSWritableFile;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

class FailingFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FailingFile(std::unique_ptr<FSWritableFile> file, std::shared_ptr<FailingDisk::State> state)
      : FSWritableFileOwnerWrapper(std::move(file)), state_(std::move(state)) {}

  using FSWritableFileOwnerWrapper::Append;
  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    if (state_->fault == DiskFault::kWriteFails) return IOStatus::IOError("injected EIO");
    if (state_->fault == DiskFault::kNoSpaceLeft) return IOStatus::NoSpace("injected ENOSPC");
    return FSWritableFileOwnerWrapper::Append(data, options, debug);
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    ++state_->syncs;
    if (state_->fault == DiskFault::kSyncFails) return IOStatus::IOError("injected EIO");
    return FSWritableFileOwnerWrapper::Sync(options, debug);
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return Sync(options, debug);
  }

 private:
  std::shared_ptr<FailingDisk::State> state_;
};

struct NoLock final : rocksdb::FileLock {};

class FailingFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  explicit FailingFileSystem(std::shared_ptr<FailingDisk::State> state)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), state_(std::move(state)) {}
  const char* Name() const override { return "FailingFileSystem"; }

  IOStatus NewWritableFile(const std::string& name, const FileOptions& options,
                           std::unique_ptr<FSWritableFile>* file, IODebugContext* debug) override {
    return wrap(name, FileSystemWrapper::NewWritableFile(name, options, file, debug), file);
  }
  IOStatus ReuseWritableFile(const std::string& name, const std::string& old_name,
                             const FileOptions& options, std::unique_ptr<FSWritableFile>* file,
                             IODebugContext* debug) override {
    return wrap(name, FileSystemWrapper::ReuseWritableFile(name, old_name, options, file, debug),
                file);
  }
  // A lock lasts as long as its process, and whoever opens again here plays the next one.
  IOStatus LockFile(const std::string&, const IOOptions&, rocksdb::FileLock** lock,
                    IODebugContext*) override {
    *lock = new NoLock;
    return IOStatus::OK();
  }
  IOStatus UnlockFile(rocksdb::FileLock* lock, const IOOptions&, IODebugContext*) override {
    delete static_cast<NoLock*>(lock);
    return IOStatus::OK();
  }

 private:
  IOStatus wrap(const std::string& name, IOStatus status, std::unique_ptr<FSWritableFile>* file) {
    if (status.ok() && name.ends_with(".log")) {
      *file = std::make_unique<FailingFile>(std::move(*file), state_);
    }
    return status;
  }
  std::shared_ptr<FailingDisk::State> state_;
};

}  // namespace

FailingDisk::FailingDisk()
    : state_(std::make_shared<State>()),
      environment_(rocksdb::NewCompositeEnv(std::make_shared<FailingFileSystem>(state_))) {}
FailingDisk::~FailingDisk() = default;
void FailingDisk::fail(DiskFault fault) { state_->fault = fault; }
int FailingDisk::syncs() const { return state_->syncs; }

}  // namespace dealog::testing
