// The machine's file system without syncs: for a folder that counts only once it is complete, such
// as demo data, which is synced as a whole at its end. What a crash leaves behind is thrown away.
#pragma once

#include <filesystem>
#include <memory>

#include "libs/base/result.hpp"

namespace rocksdb {
class Env;
}

namespace dealog::storage {

// For DatabaseOptions::environment; must outlive the databases opened with it. Thread: any.
class UnsyncedEnvironment {
 public:
  UnsyncedEnvironment();
  ~UnsyncedEnvironment();
  UnsyncedEnvironment(const UnsyncedEnvironment&) = delete;
  UnsyncedEnvironment& operator=(const UnsyncedEnvironment&) = delete;

  rocksdb::Env* get() const { return environment_.get(); }

 private:
  std::unique_ptr<rocksdb::Env> environment_;
};

// Every file and folder below `folder`, and the folder itself, survives a crash from here on.
// Errors: kInternal "storage_failed" naming the path.
Result<void> sync_folder(const std::filesystem::path& folder);

}  // namespace dealog::storage
