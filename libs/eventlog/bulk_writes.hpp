// Many rows written in batches of bounded size.
#pragma once

#include "libs/storage/database.hpp"

namespace dealog {

// Nothing is durable before finish(), and a crash may leave any number of whole batches behind:
// for work that is done again from its beginning. Errors: those of Database::write. Thread: one.
class BulkWrites {
 public:
  static constexpr std::size_t kBatchBytes = 4 << 20;

  explicit BulkWrites(storage::Database& database) : database_(database) {}

  storage::WriteBatch* operator->() { return &batch_; }
  Result<void> write_when_full() {
    return batch_.bytes() < kBatchBytes ? Result<void>() : write(storage::Sync::kNo);
  }
  // Writes the rest; all is synced and out of the memtables then.
  Result<void> finish() {
    TRY(write(storage::Sync::kYes));
    return database_.flush_all();
  }

 private:
  Result<void> write(storage::Sync sync) {
    TRY(database_.write(batch_, sync));
    batch_.clear();
    return {};
  }

  storage::Database& database_;
  storage::WriteBatch batch_;
};

}  // namespace dealog
