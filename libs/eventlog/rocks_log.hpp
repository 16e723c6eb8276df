// The log on a disk: one RocksDB database, one committer, one synced write a group.
// FORMAT.md describes every byte, README.md how it performs.
#pragma once

#include <filesystem>
#include <span>

#include "libs/eventlog/archive_reader.hpp"
#include "libs/eventlog/committer.hpp"
#include "libs/eventlog/event_log.hpp"
#include "libs/eventlog/log_identity.hpp"
#include "libs/eventlog/tree_reader.hpp"
#include "libs/eventlog/watermark_writer.hpp"

namespace dealog {

struct RocksLogOptions {
  std::filesystem::path folder;
  const Clock* clock = nullptr;  // not owned, never null
  LogObserver observer = {};
  CommitterLimits bounds = {};
  // Stream versions that are kept in memory, 92 bytes each.
  std::size_t cached_streams = 128 << 10;
  std::size_t block_cache_bytes = 64 << 20;
  std::size_t memtable_bytes = 8 << 20;
  // 16 bytes, for a new folder; "": random.
  std::string log_id = {};
  WatermarkOptions watermark = {};
  // Where the records lie that were dropped from the log; empty: where they did when they were.
  std::filesystem::path archive = {};
  // For tests of the disk's failures; not owned.
  rocksdb::Env* environment = nullptr;
};

// Thread: any. Destroying it answers what is queued first; subscriptions may outlive it.
class RocksLog final : public EventLog {
 public:
  // Errors: those of Database::open; kInternal "log_broken" when the end of the log does not fit
  // together or it is shorter than its watermark, naming the position; "watermark_broken",
  // "watermark_failed"; "log_format_unknown" for a folder of a newer version.
  static Result<std::unique_ptr<RocksLog>> open(const RocksLogOptions& options);
  ~RocksLog() override;

  void append(AppendRequest request, AppendCallback done) override;

  Position head() const override { return committer_->head(); }
  Timestamp head_time() const override { return committer_->head_time(); }
  std::string log_id() const override { return identity_.log_id; }
  // See Database::damage. Nothing is accepted from the moment that it is met.
  std::optional<Error> damage() const { return tables_.db().damage(); }
  // Told apart by restores: LogIdentity.
  const std::string& epoch() const { return identity_.epoch; }
  std::optional<Error> stop_reason() const override { return committer_->stop_reason(); }
  // Accepts nothing more, for a reason outside the log: what is acknowledged while the views or
  // the keys cannot be written would be seen by nobody before a restart. The first reason stays.
  void stop_accepting(const Error& reason) { committer_->stop(reason); }

  Result<void> read(Position from, Direction direction, std::size_t limit,
                    const EventVisitor& visit) const override;
  Result<void> read_stream(std::string_view stream, StreamVersion from, Direction direction,
                           std::size_t limit, const EventVisitor& visit) const override;
  Result<void> read_tag(bool personal, std::string_view tag, Position from, Direction direction,
                        std::size_t limit, const EventVisitor& visit) const override;

  Result<StreamVersion> stream_version(std::string_view stream) const override;
  Result<std::optional<Position>> find_event(const Uuid& id) const override;
  Result<Position> position_at(Timestamp at) const override;
  Result<std::optional<KeyId>> subject_key(std::string_view subject) const override;
  Result<KeyId> highest_key() const override;
  Result<std::optional<std::string>> raw_body(const Uuid& event_id) const override;

  Result<void> erase_personal_tags(const std::vector<std::string>& tag_hashes) override;
  Result<void> erase_raw_body(const Uuid& event_id) override;

  // Every raw body there is, in no order: the event's id and the body's size.
  using RawBodyVisitor = std::function<void(const Uuid& event_id, std::size_t bytes)>;
  Result<void> visit_raw_bodies(const RawBodyVisitor& visit) const;
  // Many, with one sync.
  Result<void> erase_raw_bodies(std::span<const Uuid> event_ids);
  // Rewrites their files, so that what was erased is gone from the disk as well.
  Result<void> purge_raw_bodies();

  std::unique_ptr<Subscription> subscribe(std::function<void(Position)> wake) override;

  // Roots and proofs up to the head that was published when this is called.
  TreeReader tree() const { return TreeReader(tables_); }

  // Records up to here may lie in the archive alone, and are read from there; 0: none.
  Position dropped() const { return identity_.dropped; }
  // Why they cannot be read now, as far as the archive's folder tells; nothing when all are here.
  std::optional<Error> archive_problem() const;

  // Positions up to here are known to be missing if they are.
  Position watermark() const { return watermark_->written(); }

  // See Database::checkpoint. Holds every append that was answered before the call.
  Result<void> checkpoint(const std::filesystem::path& folder) {
    return tables_.db().checkpoint(folder);
  }

  // For metrics.
  std::uint64_t file_bytes() const { return tables_.db().file_bytes(); }
  std::uint64_t memory_bytes() const { return tables_.db().memory_bytes(); }

 private:
  RocksLog(LogTables tables, LogIdentity identity, LogEnd end, WatermarkFile watermark,
           const RocksLogOptions& options);
  Result<merkle::Hash> root_at(Position position) const;
  // Visits the event at `position`; false when the visitor wants no more.
  Result<bool> visit_at(Position position, const EventVisitor& visit) const;
  Result<void> write_erasure(storage::WriteBatch& batch);

  LogTables tables_;
  const LogIdentity identity_;
  const std::unique_ptr<ArchiveReader> archive_;  // reads on behalf of any thread
  std::unique_ptr<Committer> committer_;          // its thread uses the tables
  std::unique_ptr<WatermarkWriter> watermark_;    // its thread uses both
  std::unique_ptr<Subscription> watermark_news_;
};

}  // namespace dealog
