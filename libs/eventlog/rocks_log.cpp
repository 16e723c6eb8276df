#include "libs/eventlog/rocks_log.hpp"

#include "libs/base/assert.hpp"
#include "libs/eventlog/start_check.hpp"

namespace dealog {

Result<std::unique_ptr<RocksLog>> RocksLog::open(const RocksLogOptions& options) {
  DEALOG_ASSERT(options.clock != nullptr);
  auto log = TRY(open_checked_log({.folder = options.folder,
                                   .environment = options.environment,
                                   .block_cache_bytes = options.block_cache_bytes,
                                   .memtable_bytes = options.memtable_bytes},
                                  options.log_id));
  return std::unique_ptr<RocksLog>(new RocksLog(std::move(log.tables), std::move(log.identity),
                                                std::move(log.end), std::move(log.watermark),
                                                options));
}

RocksLog::RocksLog(LogTables tables, LogIdentity identity, LogEnd end, WatermarkFile watermark,
                   const RocksLogOptions& options)
    : tables_(std::move(tables)),
      identity_(std::move(identity)),
      archive_(std::make_unique<ArchiveReader>(
          tables_, options.archive.empty() ? identity_.archive : options.archive)) {
  const Position head = end.head;
  committer_ = std::make_unique<Committer>(
      std::make_unique<GroupCommit>(tables_, identity_.log_id, std::move(end),
                                    options.cached_streams),
      *options.clock, options.observer, options.bounds);
  watermark_ = std::make_unique<WatermarkWriter>(
      std::move(watermark), options.watermark, [this](Position at) { return root_at(at); },
      [this](const Error& error) { committer_->stop(error); });
  watermark_news_ = subscribe([this](Position now) { watermark_->news(now); });
  watermark_->news(head);
  // Whoever meets damage, nothing is accepted from that moment on.
  tables_.db().on_damage([this](const Error& damage) { committer_->stop(damage); });
}

RocksLog::~RocksLog() {
  tables_.db().on_damage({});
  // The last group's head is marked too; a mark that fails stops a committer that is still there.
  committer_->close();
  watermark_news_.reset();
  watermark_.reset();
}

Result<merkle::Hash> RocksLog::root_at(Position position) const {
  return TreeReader(tables_).root(position.value);
}

void RocksLog::append(AppendRequest request, AppendCallback done) {
  committer_->append(std::move(request), std::move(done));
}

std::optional<Error> RocksLog::archive_problem() const {
  if (dropped().value == 0) return std::nullopt;
  return archive_->absence(dropped());
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

Result<void> RocksLog::erase_raw_bodies(std::span<const Uuid> event_ids) {
  storage::WriteBatch batch;
  for (const auto& id : event_ids) batch.erase(tables_.raw, id.view());
  return write_erasure(batch);
}

Result<void> RocksLog::purge_raw_bodies() { return tables_.db().compact(tables_.raw, {}); }

Result<void> RocksLog::write_erasure(storage::WriteBatch& batch) {
  if (auto refused = committer_->refusal()) return fail(std::move(*refused));
  if (batch.empty()) return {};
  auto written = tables_.db().write(batch, storage::Sync::kYes);
  if (!written) committer_->stop(written.error());
  return written;
}

}  // namespace dealog
