// Rows in RocksDB: one database, one family, so that rows and their checkpoint are flushed
// together and neither can outlive the other. No write-ahead log: what a crash takes is projected
// again.
#pragma once

#include <filesystem>
#include <memory>

#include "libs/projection/view_store.hpp"
#include "libs/storage/database.hpp"

namespace dealog {

class RocksViewStore final : public ViewStore {
 public:
  struct Options {
    std::filesystem::path folder;
    std::size_t memtable_bytes = 16 << 20;
    std::size_t block_cache_bytes = 64 << 20;
    bool read_only = false;
    rocksdb::Env* environment = nullptr;  // for tests; not owned
  };
  static Result<std::unique_ptr<RocksViewStore>> open(const Options& options);

  Result<std::optional<std::string>> get(std::string_view key) const override;
  Result<void> scan(std::string_view begin, std::string_view end, ScanOrder order,
                    const RowVisitor& visit) const override;
  Result<std::unique_ptr<ViewSnapshot>> snapshot() const override;
  Result<void> write(std::vector<RowWrite> rows) override;
  Result<void> make_durable() override;
  Result<void> purge_deleted(std::string_view prefix) override;

  storage::Database& database() { return *database_; }

 private:
  explicit RocksViewStore(std::unique_ptr<storage::Database> database);
  std::unique_ptr<storage::Database> database_;
  storage::Family rows_;
  storage::WriteBatch batch_;
};

}  // namespace dealog
