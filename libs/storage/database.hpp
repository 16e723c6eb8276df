// One RocksDB database: its families, atomic batches, point reads, snapshots and ordered scans.
// The only folder that includes RocksDB's headers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/result.hpp"
#include "libs/storage/iterator.hpp"
#include "libs/storage/write_batch.hpp"

namespace rocksdb {
class DB;
class Env;
class Snapshot;
}  // namespace rocksdb

namespace dealog::storage {

// What a family's rows are like; chooses memtable, block and filter settings (family_options.cpp).
enum class FamilyProfile {
  kEvents,  // hundreds of bytes, ascending keys, never deleted, read in order
  kIndex,   // small rows, point lookups that mostly find nothing, short scans
  kBlob,    // kilobytes of ciphertext, read one at a time, deleted some day
  kView,    // rows that are overwritten often
};

struct FamilySpec {
  std::string name;
  FamilyProfile profile = FamilyProfile::kIndex;
  KeyPrefix prefix = KeyPrefix::kNone;
};

struct DatabaseOptions {
  std::filesystem::path folder;
  // Every family but "default", which always exists and takes the kIndex profile.
  std::vector<FamilySpec> families;
  bool create_if_missing = true;
  bool read_only = false;
  // Families are flushed together: needed where rows are written without the write-ahead log and
  // one family's rows must not outlive another's.
  bool atomic_flush = false;
  // Reuse of write-ahead files: no new blocks are allocated under a sync. Off where old bytes must
  // go (keys).
  bool recycle_wal = true;
  std::size_t block_cache_bytes = 64 << 20;
  // Memtable of a kEvents or kView family; the others take a half. Small ones flush in small
  // steady steps.
  std::size_t memtable_bytes = 8 << 20;
  // What a person does about damaged bytes: the end of that error's message.
  std::string if_damaged = "Restore a backup with `dealog restore`";
  // A file system that loses power or answers EIO, for tests. Not owned; null: the machine's.
  rocksdb::Env* environment = nullptr;
};

// One file of a family.
struct TableFile {
  std::string first_key;
  std::string last_key;
  std::uint64_t rows = 0;  // written into it, each erasure counted as one more
  bool erases = false;     // takes away rows, of its own or of older files
};

enum class Sync { kNo, kYes };
// Without the write-ahead log a row is durable only after its family was flushed.
enum class Wal { kNo, kYes };

class Snapshot;

// Thread: any. `Family` handles stay valid until their family is dropped or the database closed.
//
// Every failure of RocksDB is an Error: kInternal "storage_corrupted" (bytes that do not fit their
// checksum), "storage_full" (no space), "storage_failed" (the rest), naming database, action and
// family and what to do.
class Database {
 public:
  // Errors beside those of the class: kInternal "storage_unknown_family" when the folder holds a
  // family that is not in the table (another version's or another kind of folder), "storage_locked"
  // when another process has it open, kNotFound "storage_absent" without create_if_missing.
  static Result<std::unique_ptr<Database>> open(const DatabaseOptions& options);
  // After a failed write the folder stays locked until the process ends.
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Whether the folder has tables or write-ahead files and no CURRENT, which names the parts of the
  // database: opening it to write would begin a new one there and remove those.
  static bool has_lost_current(const std::filesystem::path& folder);
  // The names in a folder, without opening it.
  static Result<std::vector<std::string>> list_families(const std::filesystem::path& folder,
                                                        rocksdb::Env* environment = nullptr);

  // `name` must be in the table (or created since).
  Family family(std::string_view name) const;
  std::vector<std::string> family_names() const;
  // A family beside the running ones, for a view that is being built, and its end.
  Result<Family> create_family(const FamilySpec& spec);
  Result<void> drop_family(std::string_view name);

  // All of the batch or nothing, visible at once. With Sync::kYes it is durable when this returns.
  // After an error the batch may or may not be there when the database is opened again.
  Result<void> write(WriteBatch& batch, Sync sync, Wal wal = Wal::kYes);

  Result<std::optional<std::string>> get(Family family, std::string_view key,
                                         const Snapshot* snapshot = nullptr) const;
  // The same into a buffer that is used again; false: no such row.
  Result<bool> get(Family family, std::string_view key, PinnedValue& value,
                   const Snapshot* snapshot = nullptr) const;
  // Whether the row exists; cheapest when it does not.
  Result<bool> contains(Family family, std::string_view key) const;
  // One value per key in order; nothing where there is no row.
  Result<std::vector<std::optional<std::string>>> get_many(
      Family family, std::span<const std::string> keys, const Snapshot* snapshot = nullptr) const;

  // A scan over [range.from, range.to), standing on its first row in that direction (or at its
  // end). It sees the database as it is now, or as `snapshot` does.
  Iterator scan(Family family, KeyRange range, ScanOrder order = ScanOrder::kForward,
                const Snapshot* snapshot = nullptr) const;

  std::unique_ptr<Snapshot> snapshot() const;

  // Writes memtables to files: one family, or all (together with atomic_flush).
  Result<void> flush(Family family);
  Result<void> flush_all();
  // Rewrites the range so that overwritten and deleted bytes are gone from the files.
  Result<void> compact(Family family, KeyRange range);

  // A copy of the database as it is now in `folder`, which must not exist and must lie on the same
  // file system: files that never change are linked, not copied. Memtables are flushed first.
  // Others may write meanwhile.
  Result<void> checkpoint(const std::filesystem::path& folder);

  // Sums over all families.
  std::uint64_t memory_bytes() const;
  std::uint64_t file_bytes() const;
  // What a family's files say of themselves, in the order of their first keys; rows that are only
  // in memtables are in none of them. Reads the end of each file and no row.
  Result<std::vector<TableFile>> table_files(Family family) const;
  // Whether a row was taken out of the family since its files were written, as none of them says.
  bool erases_in_memory(Family family) const;
  // Rows of files and memtables: as many as there are, or more where rows were written again or
  // erased and not yet compacted.
  Result<std::uint64_t> rows_at_most(Family family) const;

  // The first "storage_corrupted" that any call met: what lies on the disk can no longer be trusted
  // as a whole, though other rows may be read.
  std::optional<Error> damage() const;
  // Called once, by whoever meets that first damage and before it has its error; at once when it
  // was met already. Must not read from this database. Empty: nobody is told any more.
  void on_damage(std::function<void(const Error&)> tell);

  // Reads every block of every file against its checksum. Errors: those of the class.
  Result<void> verify_checksums() const;

  const std::filesystem::path& folder() const { return folder_; }

 private:
  class Files;
  Database(std::filesystem::path folder, std::unique_ptr<Files> files);

  std::filesystem::path folder_;
  std::unique_ptr<Files> files_;
};

// The database as it was at one moment; reads through it agree with each other. Must go before
// its database. Thread: any.
class Snapshot {
 public:
  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;
  const rocksdb::Snapshot* handle() const { return snapshot_; }

 private:
  friend class Database;
  Snapshot(rocksdb::DB* database, const rocksdb::Snapshot* snapshot)
      : database_(database), snapshot_(snapshot) {}

  rocksdb::DB* database_;
  const rocksdb::Snapshot* snapshot_;
};

}  // namespace dealog::storage
