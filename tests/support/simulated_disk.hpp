// A disk for RocksDB that loses power, fails at a chosen call, or lies. Everything is in memory.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>

#include "tests/support/disk_files.hpp"

namespace rocksdb {
class Env;
}

namespace dealog::testing {

// What a call does, as far as faults tell calls apart.
enum class DiskCall { kCreate, kOpen, kRead, kWrite, kSync, kSyncFolder, kRename, kRemove };
inline constexpr std::size_t kDiskCalls = 8;

enum class DiskError { kIo, kNoSpace };

// A call that fails: the n-th of its kind from now on, counted from 1; with `for_good` also every
// later call of the kind. A failed write has written a part; a failed sync loses what it should
// have made durable, as DiskFiles::fail_sync says.
struct DiskFault {
  DiskCall call = DiskCall::kSync;
  std::uint64_t n = 1;
  DiskError error = DiskError::kIo;
  bool for_good = false;
  std::string suffix = {};  // only of paths that end so: ".sst"
};

// Outlives what is opened on it. Thread: any; restore_power() only when nothing is open.
class SimulatedDisk {
 public:
  explicit SimulatedDisk(std::uint64_t seed);
  ~SimulatedDisk();
  SimulatedDisk(const SimulatedDisk&) = delete;
  SimulatedDisk& operator=(const SimulatedDisk&) = delete;

  rocksdb::Env* environment() const { return environment_.get(); }

  void lie(DiskLie lie);

  // After so many calls that change something; 0: now. From then on every call fails.
  void cut_power_after(std::uint64_t changes);
  bool has_power() const;
  // What survived is there, as DiskFiles::lose_power says; lies and faults are over.
  void restore_power();

  void fail(DiskFault fault);
  // Whether the fault has struck.
  bool has_failed() const;
  // Faults are over; what they did to files stays.
  void mend();
  // Calls of a kind since the disk exists.
  std::uint64_t calls(DiskCall kind) const;
  std::uint64_t changes() const;

  // Every file as programs see it now, into a folder of the machine, whatever its path was here.
  void copy_to(const std::filesystem::path& folder) const;

  class State;

 private:
  std::shared_ptr<State> state_;
  std::unique_ptr<rocksdb::Env> environment_;
};

}  // namespace dealog::testing
