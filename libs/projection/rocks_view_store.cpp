#include "libs/projection/rocks_view_store.hpp"

namespace dealog {
namespace {

constexpr std::string_view kFamily = "rows";

storage::ScanOrder storage_order(ScanOrder order) {
  return order == ScanOrder::kForward ? storage::ScanOrder::kForward
                                      : storage::ScanOrder::kBackward;
}

Result<void> walk(const storage::Database& database, storage::Family rows, std::string_view begin,
                  std::string_view end, ScanOrder order, const RowVisitor& visit,
                  const storage::Snapshot* snapshot) {
  if (!end.empty() && end <= begin) return {};
  auto it =
      database.scan(rows, {std::string(begin), std::string(end)}, storage_order(order), snapshot);
  for (; it.valid(); it.next()) {
    if (!visit(it.key(), it.value())) return {};
  }
  return it.status();
}

class RocksSnapshot final : public ViewSnapshot {
 public:
  RocksSnapshot(const storage::Database& database, storage::Family rows)
      : database_(database), rows_(rows), snapshot_(database.snapshot()) {}

  static Result<std::unique_ptr<ViewSnapshot>> make(const storage::Database& database,
                                                    storage::Family rows) {
    auto made = std::make_unique<RocksSnapshot>(database, rows);
    if (auto read = made->read_checkpoint(); !read) return fail(std::move(read).error());
    return std::unique_ptr<ViewSnapshot>(std::move(made));
  }
  Result<std::optional<std::string>> get(std::string_view key) const override {
    return database_.get(rows_, key, snapshot_.get());
  }
  Result<void> scan(std::string_view begin, std::string_view end, ScanOrder order,
                    const RowVisitor& visit) const override {
    return walk(database_, rows_, begin, end, order, visit, snapshot_.get());
  }

 private:
  const storage::Database& database_;
  storage::Family rows_;
  std::unique_ptr<storage::Snapshot> snapshot_;
};

}  // namespace

RocksViewStore::RocksViewStore(std::unique_ptr<storage::Database> database)
    : database_(std::move(database)), rows_(database_->family(kFamily)) {}

Result<std::unique_ptr<RocksViewStore>> RocksViewStore::open(const Options& options) {
  storage::DatabaseOptions database;
  database.folder = options.folder;
  database.families = {{.name = std::string(kFamily), .profile = storage::FamilyProfile::kView}};
  database.create_if_missing = !options.read_only;
  database.read_only = options.read_only;
  database.block_cache_bytes = options.block_cache_bytes;
  database.memtable_bytes = options.memtable_bytes;
  database.if_damaged = "Stop the service and make the views anew with `dealog rebuild`";
  database.environment = options.environment;
  auto opened = TRY(storage::Database::open(database));
  return std::unique_ptr<RocksViewStore>(new RocksViewStore(std::move(opened)));
}

Result<std::optional<std::string>> RocksViewStore::get(std::string_view key) const {
  return database_->get(rows_, key);
}

Result<void> RocksViewStore::scan(std::string_view begin, std::string_view end, ScanOrder order,
                                  const RowVisitor& visit) const {
  return walk(*database_, rows_, begin, end, order, visit, nullptr);
}

Result<std::unique_ptr<ViewSnapshot>> RocksViewStore::snapshot() const {
  return RocksSnapshot::make(*database_, rows_);
}

Result<void> RocksViewStore::write(std::vector<RowWrite> rows) {
  batch_.clear();
  for (const auto& row : rows) {
    if (row.value) {
      batch_.put(rows_, row.key, *row.value);
    } else {
      batch_.erase(rows_, row.key);
    }
  }
  return database_->write(batch_, storage::Sync::kNo, storage::Wal::kNo);
}

Result<void> RocksViewStore::make_durable() { return database_->flush(rows_); }

Result<void> RocksViewStore::purge_deleted(std::string_view prefix) {
  return database_->compact(rows_, storage::prefix_range(prefix));
}

}  // namespace dealog
