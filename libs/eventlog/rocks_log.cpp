#include "libs/eventlog/rocks_log.hpp"

#include "libs/base/assert.hpp"
#include "libs/base/crypto.hpp"
#include "libs/eventlog/start_check.hpp"

namespace dealog {
namespace {

// The id of the log in an opened folder; a new folder gets one.
Result<std::string> load_log_id(const LogTables& tables, const std::string& wanted) {
  const auto format = TRY(tables.db().get(tables.meta, kFormatKey));
  if (format && *format != kLogFormat) {
    return fail(ErrorKind::kInternal, "log_format_unknown",
                "the log in " + tables.db().folder().string() + " has format " + *format +
                    ", this version of dealog knows " + std::string(kLogFormat) +
                    ". Start the newer version that wrote it");
  }
  const auto stored = TRY(tables.db().get(tables.meta, kLogIdKey));
  if (format && stored && stored->size() == kLogIdBytes) return *stored;
  const auto events = tables.db().scan(tables.events, {});
  TRY(events.status());
  if (format || stored || events.valid()) {
    return fail(ErrorKind::kInternal, "log_broken",
                "the log in " + tables.db().folder().string() +
                    " has lost its id. Restore it from a backup");
  }
  const std::string fresh = wanted.empty() ? random_bytes(kLogIdBytes) : wanted;
  DEALOG_ASSERT(fresh.size() == kLogIdBytes);
  storage::WriteBatch batch;
  batch.put(tables.meta, kFormatKey, kLogFormat);
  batch.put(tables.meta, kLogIdKey, fresh);
  TRY(tables.db().write(batch, storage::Sync::kYes));
  return fresh;
}

}  // namespace

Result<std::unique_ptr<RocksLog>> RocksLog::open(const RocksLogOptions& options) {
  DEALOG_ASSERT(options.clock != nullptr);
  auto tables = TRY(LogTables::open({.folder = options.folder,
                                     .environment = options.environment,
                                     .block_cache_bytes = options.block_cache_bytes,
                                     .memtable_bytes = options.memtable_bytes}));
  auto log_id = TRY(load_log_id(tables, options.log_id));
  auto end = TRY(check_log_end(tables, log_id));
  return std::unique_ptr<RocksLog>(
      new RocksLog(std::move(tables), std::move(log_id), std::move(end), options));
}

RocksLog::RocksLog(LogTables tables, std::string log_id, LogEnd end, const RocksLogOptions& options)
    : tables_(std::move(tables)), log_id_(std::move(log_id)) {
  committer_ = std::make_unique<Committer>(
      std::make_unique<GroupCommit>(tables_, log_id_, std::move(end), options.cached_streams),
      *options.clock, options.observer, options.bounds);
}

RocksLog::~RocksLog() = default;

void RocksLog::append(AppendRequest request, AppendCallback done) {
  committer_->append(std::move(request), std::move(done));
}

std::unique_ptr<EventLog::Subscription> RocksLog::subscribe(std::function<void(Position)> wake) {
  return committer_->subscribers().add(std::move(wake));
}

Result<void> RocksLog::erase_personal_tags(const std::vector<std::string>& tag_hashes) {
  storage::WriteBatch batch;
  for (const auto& hash : tag_hashes) {
    auto rows = tables_.db().scan(tables_.personal_tags, storage::prefix_range(hash));
    for (; rows.valid(); rows.next()) batch.erase(tables_.personal_tags, rows.key());
    TRY(rows.status());
  }
  return write_erasure(batch);
}

Result<void> RocksLog::erase_raw_body(const Uuid& event_id) {
  storage::WriteBatch batch;
  batch.erase(tables_.raw, event_id.view());
  return write_erasure(batch);
}

Result<void> RocksLog::write_erasure(storage::WriteBatch& batch) {
  if (auto refused = committer_->refusal()) return fail(std::move(*refused));
  if (batch.empty()) return {};
  auto written = tables_.db().write(batch, storage::Sync::kYes);
  if (!written) committer_->stop(written.error());
  return written;
}

}  // namespace dealog
