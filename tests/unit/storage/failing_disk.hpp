// A disk on which the write-ahead log fails when told to.
#pragma once

#include <memory>

namespace rocksdb {
class Env;
}

namespace dealog::testing {

enum class DiskFault {
  kNone,
  kSyncFails,    // EIO from fdatasync; whether the bytes are there is unknown
  kWriteFails,   // EIO from write
  kNoSpaceLeft,  // ENOSPC from write
};

// Everything but files of the write-ahead log behaves as usual. Thread: any.
class FailingDisk {
 public:
  FailingDisk();
  ~FailingDisk();
  // From now on, until it is told otherwise.
  void fail(DiskFault fault);
  // Syncs of the write-ahead log so far, failed ones included.
  int syncs() const;
  rocksdb::Env* environment() const { return environment_.get(); }

  struct State;

 private:
  std::shared_ptr<State> state_;
  std::unique_ptr<rocksdb::Env> environment_;
};

}  // namespace dealog::testing
