#include "libs/storage/family_options.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

namespace dealog::storage {
namespace {

// Bits a key: one absent key in a hundred costs a block read.
constexpr double kFilterBits = 10;
// Write-ahead files beyond this make the family that holds the oldest one flush, so that a restart
// never replays more.
constexpr std::uint64_t kWalBytes = 64 << 20;
// Write-ahead files kept for reuse.
constexpr std::size_t kRecycledWals = 4;
// Background writes are handed to the disk in steps of this, so that a sync of the log never
// waits behind a whole file.
constexpr std::uint64_t kBackgroundSyncBytes = 512 << 10;
// Files of the first level that are merged into the next. Rows of views are written again and
// again; merging twice as many at once takes half a microsecond of CPU an event from a rebuild.
constexpr int kFilesAtTheTop = 4;
constexpr int kViewFilesAtTheTop = 8;

// The part of a key up to and including its first 0x00.
class ThroughNul final : public rocksdb::SliceTransform {
 public:
  const char* Name() const override { return "dealog.through_nul"; }
  rocksdb::Slice Transform(const rocksdb::Slice& key) const override {
    return {key.data(), key.ToStringView().find('\0') + 1};
  }
  bool InDomain(const rocksdb::Slice& key) const override {
    return key.ToStringView().find('\0') != std::string_view::npos;
  }
};

std::shared_ptr<const rocksdb::SliceTransform> prefix_extractor(KeyPrefix prefix) {
  switch (prefix) {
    case KeyPrefix::kNone:
      return nullptr;
    case KeyPrefix::kThroughNul:
      return std::make_shared<ThroughNul>();
    case KeyPrefix::kFixed16:
      return std::shared_ptr<const rocksdb::SliceTransform>(rocksdb::NewFixedPrefixTransform(16));
  }
  return nullptr;
}

rocksdb::BlockBasedTableOptions table_options(FamilyProfile profile,
                                              const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.format_version = 5;
  table.block_cache = cache;
  table.block_size =
      profile == FamilyProfile::kEvents || profile == FamilyProfile::kBlob ? 16 << 10 : 4 << 10;
  if (profile != FamilyProfile::kEvents) {
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kFilterBits));
    table.whole_key_filtering = true;
  }
  return table;
}

// What failed stays failed until the folder is opened again. After ENOSPC RocksDB would watch the
// free space from a thread of its own and go on by itself.
class StaysFailed final : public rocksdb::EventListener {
 public:
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status,
                            bool* auto_recovery) override {
    *auto_recovery = false;
  }
};

}  // namespace

rocksdb::DBOptions database_options(const DatabaseOptions& options) {
  rocksdb::DBOptions db;
  if (options.environment != nullptr) db.env = options.environment;
  db.create_if_missing = options.create_if_missing;
  db.create_missing_column_families = !options.read_only;
  db.atomic_flush = options.atomic_flush;
  db.recycle_log_file_num = options.recycle_wal ? kRecycledWals : 0;
  db.max_total_wal_size = kWalBytes;
  db.max_background_jobs = 2;
  db.bytes_per_sync = kBackgroundSyncBytes;
  // There is one writer a database; the lock-free memtable insert only costs it.
  db.allow_concurrent_memtable_write = false;
  db.enable_write_thread_adaptive_yield = false;
  // Files that are not needed any more are removed in the background, not by whoever lets go last.
  db.avoid_unnecessary_blocking_io = true;
  db.paranoid_checks = true;
  db.max_bgerror_resume_count = 0;
  db.listeners.push_back(std::make_shared<StaysFailed>());
  db.info_log_level = rocksdb::WARN_LEVEL;
  db.keep_log_file_num = 5;
  db.max_log_file_size = 4 << 20;
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  return db;
}

rocksdb::ColumnFamilyOptions family_options(const FamilySpec& spec, const DatabaseOptions& options,
                                            const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions family;
  const bool large = spec.profile == FamilyProfile::kEvents || spec.profile == FamilyProfile::kView;
  family.write_buffer_size = large ? options.memtable_bytes : options.memtable_bytes / 2;
  family.max_write_buffer_number = 4;
  family.level0_file_num_compaction_trigger =
      spec.profile == FamilyProfile::kView ? kViewFilesAtTheTop : kFilesAtTheTop;
  family.target_file_size_base = 16 << 20;
  family.max_bytes_for_level_base = 128 << 20;
  family.level_compaction_dynamic_level_bytes = true;
  // Ciphertext does not shrink; what stands open around it does. What has just been flushed is
  // written again soon, and zstd took 2 % of the processor under load for a few per cent of space.
  const auto settled =
      spec.profile == FamilyProfile::kBlob ? rocksdb::kNoCompression : rocksdb::kLZ4Compression;
  family.compression = settled;
  family.compression_per_level = {rocksdb::kNoCompression, settled};
  // Keys that are not there are asked for all the time: ids that must be new, rows of new things.
  if (spec.profile == FamilyProfile::kIndex || spec.profile == FamilyProfile::kView) {
    family.memtable_prefix_bloom_size_ratio = 0.05;
    family.memtable_whole_key_filtering = true;
  }
  family.prefix_extractor = prefix_extractor(spec.prefix);
  family.table_factory.reset(
      rocksdb::NewBlockBasedTableFactory(table_options(spec.profile, cache)));
  return family;
}

}  // namespace dealog::storage
