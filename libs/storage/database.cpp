#include "libs/storage/database.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <vector>

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/perf_level.h>
#include <rocksdb/sst_file_reader.h>
#include <rocksdb/utilities/checkpoint.h>

#include "libs/base/assert.hpp"
#include "libs/storage/family_options.hpp"
#include "libs/storage/iterator_bounds.hpp"
#include "libs/storage/key_codec.hpp"
#include "libs/storage/status.hpp"

namespace dealog::storage {
namespace {

rocksdb::Slice slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

rocksdb::ReadOptions read_options(const Snapshot* snapshot) {
  rocksdb::ReadOptions read;
  if (snapshot != nullptr) read.snapshot = snapshot->handle();
  return read;
}

// The prefix of a key, or "" when it has none.
std::string_view prefix_of(KeyPrefix kind, std::string_view key) {
  switch (kind) {
    case KeyPrefix::kNone:
      return {};
    case KeyPrefix::kThroughNul:
      return key.substr(0, key.find('\0') + 1);
    case KeyPrefix::kFixed16:
      return key.size() < 16 ? std::string_view() : key.substr(0, 16);
  }
  return {};
}

// Whether every key of the range has the same prefix, so that filters may skip files. A backward
// scan starts by looking for the range's end, which then must have the prefix too.
bool within_one_prefix(KeyPrefix kind, const KeyRange& range, ScanOrder order) {
  const auto prefix = prefix_of(kind, range.from);
  if (prefix.empty()) return false;
  return range.to.starts_with(prefix) ||
         (order == ScanOrder::kForward && range.to == after_prefix(prefix));
}

// RocksDB counts every comparison of keys in a thread-local record that nobody reads here.
void count_nothing() { rocksdb::SetPerfLevel(rocksdb::PerfLevel::kDisable); }

// Opens although some files are damaged or gone: those are met when their rows are read.
rocksdb::DBOptions lenient(rocksdb::DBOptions options) {
  options.paranoid_checks = false;
  options.skip_stats_update_on_db_open = true;
  options.max_open_files =
      20;  // the least there is: two files are opened at once, all others later
  return options;
}

Result<std::vector<std::string>> families_in(const DatabaseOptions& options) {
  rocksdb::DBOptions db;
  if (options.environment != nullptr) db.env = options.environment;
  std::vector<std::string> names;
  const auto status = rocksdb::DB::ListColumnFamilies(db, options.folder.string(), &names);
  if (status.ok()) return names;
  return Failures(options.if_damaged).error(status, "opening " + options.folder.string());
}

Result<void> check_table(const DatabaseOptions& options, const std::vector<std::string>& existing) {
  for (const auto& name : existing) {
    const bool known =
        name == rocksdb::kDefaultColumnFamilyName ||
        std::ranges::any_of(options.families, [&](const auto& spec) { return spec.name == name; });
    if (!known) {
      return fail(ErrorKind::kInternal, "storage_unknown_family",
                  "opening " + options.folder.string() + ": it holds the column family '" + name +
                      "', which this version does not know. Use the version that wrote the folder, "
                      "or point to the right folder");
    }
  }
  return {};
}

// Families are made one after the other when the folder is, by whoever opens it to write.
Result<void> require_all(const DatabaseOptions& options, const std::vector<std::string>& existing) {
  for (const auto& spec : options.families) {
    if (std::ranges::find(existing, spec.name) != existing.end()) continue;
    return fail(ErrorKind::kInternal, "storage_incomplete",
                "opening " + options.folder.string() + ": it has no column family '" + spec.name +
                    "', so it was never made to the end, or the file that names them is damaged. " +
                    options.if_damaged);
  }
  return {};
}

}  // namespace

// The open database and its handles.
class Database::Files {
 public:
  Files(const DatabaseOptions& options, std::shared_ptr<rocksdb::Cache> cache)
      : options(options), cache(std::move(cache)), failures(options.if_damaged) {}
  ~Files() {
    for (auto& [name, family] : families) {
      static_cast<void>(db->DestroyColumnFamilyHandle(family.handle_));
    }
    if (db) static_cast<void>(db->Close());
  }
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;

  std::vector<rocksdb::ColumnFamilyHandle*> all_handles() const {
    const std::shared_lock lock(mutex);
    std::vector<rocksdb::ColumnFamilyHandle*> all;
    for (const auto& [name, family] : families) all.push_back(family.handle_);
    return all;
  }

  DatabaseOptions options;
  std::shared_ptr<rocksdb::Cache> cache;
  Failures failures;
  std::unique_ptr<rocksdb::DB> db;
  std::atomic<bool> failed = false;  // a write was not taken
  mutable std::shared_mutex mutex;
  std::map<std::string, Family, std::less<>> families;  // guarded by mutex
};

Database::Database(std::filesystem::path folder, std::unique_ptr<Files> files)
    : folder_(std::move(folder)), files_(std::move(files)) {}

namespace {

// Files that readers let go of are removed by the one thread of this pool, in turn; stopping the
// background work does not wait for it.
void wait_for_removals(rocksdb::Env& environment) {
  using Done = std::shared_ptr<std::promise<void>>;
  const auto done = std::make_shared<std::promise<void>>();
  environment.Schedule(
      [](void* held) { (*std::unique_ptr<Done>(static_cast<Done*>(held)))->set_value(); },
      new Done(done), rocksdb::Env::HIGH);
  done->get_future().wait();
}

}  // namespace

Database::~Database() {
  if (!files_->failed) return;
  // RocksDB 7.8 loses a reference to a family when it cannot make the next write-ahead file for
  // several of them at once, and closing then fails an assertion. Nothing more can become durable,
  // so the database is only made to rest; the process is about to end.
  rocksdb::CancelAllBackgroundWork(files_->db.get(), true);
  wait_for_removals(*files_->db->GetEnv());
  static auto* const resting = new std::vector<std::unique_ptr<Files>>;
  static std::mutex mutex;
  const std::scoped_lock lock(mutex);
  resting->push_back(std::move(files_));
}

bool Database::has_lost_current(const std::filesystem::path& folder) {
  std::error_code error;
  if (std::filesystem::exists(folder / "CURRENT", error)) return false;
  for (const auto& file : std::filesystem::directory_iterator(folder, error)) {
    const auto extension = file.path().extension();
    if (extension == ".sst" || (extension == ".log" && file.file_size(error) > 0)) return true;
  }
  return false;
}

Result<std::vector<std::string>> Database::list_families(const std::filesystem::path& folder,
                                                         rocksdb::Env* environment) {
  return families_in({.folder = folder, .environment = environment});
}

Result<std::unique_ptr<Database>> Database::open(const DatabaseOptions& options) {
  const std::string where = options.folder.string();
  const auto db_options = database_options(options);
  const bool exists = db_options.env->FileExists(where + "/CURRENT").ok();
  if (!exists && (!options.create_if_missing || options.read_only)) {
    return fail(ErrorKind::kNotFound, "storage_absent",
                "opening " + where + ": there is no database. Check the path");
  }
  if (!exists) {
    std::error_code error;
    std::filesystem::create_directories(options.folder, error);
    if (error) {
      return fail(
          ErrorKind::kInternal, "storage_failed",
          "creating " + where + ": " + error.message() + ". Check the rights of its parent");
    }
  } else {
    const auto existing = TRY(families_in(options));
    TRY(check_table(options, existing));
    if (options.read_only) TRY(require_all(options, existing));
  }

  auto cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  descriptors.emplace_back(
      rocksdb::kDefaultColumnFamilyName,
      family_options({rocksdb::kDefaultColumnFamilyName, FamilyProfile::kIndex}, options, cache));
  for (const auto& spec : options.families) {
    descriptors.emplace_back(spec.name, family_options(spec, options, cache));
  }
  auto files = std::make_unique<Files>(options, cache);
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* raw = nullptr;
  auto status = options.read_only
                    ? rocksdb::DB::OpenForReadOnly(db_options, where, descriptors, &handles, &raw)
                    : rocksdb::DB::Open(db_options, where, descriptors, &handles, &raw);
  if (!status.ok() && options.read_only) {
    // Whoever only looks shall see what can still be read: what is in a damaged file fails then.
    status = rocksdb::DB::OpenForReadOnly(lenient(db_options), where, descriptors, &handles, &raw);
  }
  if (!status.ok()) return files->failures.error(status, "opening " + where);
  files->db.reset(raw);
  for (std::size_t i = 0; i < handles.size(); ++i) {
    const auto prefix = i == 0 ? KeyPrefix::kNone : options.families[i - 1].prefix;
    files->families[descriptors[i].name] = Family(handles[i], prefix);
  }
  return std::unique_ptr<Database>(new Database(options.folder, std::move(files)));
}

Family Database::family(std::string_view name) const {
  const std::shared_lock lock(files_->mutex);
  const auto found = files_->families.find(name);
  DEALOG_ASSERT(found != files_->families.end());
  return found->second;
}

std::vector<std::string> Database::family_names() const {
  const std::shared_lock lock(files_->mutex);
  std::vector<std::string> names;
  for (const auto& [name, family] : files_->families) names.push_back(name);
  return names;
}

Result<Family> Database::create_family(const FamilySpec& spec) {
  const std::unique_lock lock(files_->mutex);
  rocksdb::ColumnFamilyHandle* handle = nullptr;
  const auto status = files_->db->CreateColumnFamily(
      family_options(spec, files_->options, files_->cache), spec.name, &handle);
  if (!status.ok()) {
    return files_->failures.error(status,
                                  "creating family '" + spec.name + "' in " + folder_.string());
  }
  const Family family(handle, spec.prefix);
  files_->families[spec.name] = family;
  return family;
}

Result<void> Database::drop_family(std::string_view name) {
  const std::unique_lock lock(files_->mutex);
  const auto found = files_->families.find(name);
  DEALOG_ASSERT(found != files_->families.end());
  auto* handle = found->second.handle_;
  const auto status = files_->db->DropColumnFamily(handle);
  if (!status.ok()) {
    return files_->failures.error(
        status, "dropping family '" + std::string(name) + "' of " + folder_.string());
  }
  static_cast<void>(files_->db->DestroyColumnFamilyHandle(handle));
  files_->families.erase(found);
  return {};
}

Result<void> Database::write(WriteBatch& batch, Sync sync, Wal wal) {
  count_nothing();
  rocksdb::WriteOptions write;
  write.sync = sync == Sync::kYes;
  write.disableWAL = wal == Wal::kNo;
  const auto status = files_->db->Write(write, batch.batch_.get());
  if (!status.ok()) {
    files_->failed = true;
    return files_->failures.error(status, "writing to " + folder_.string());
  }
  return {};
}

Result<std::optional<std::string>> Database::get(Family family, std::string_view key,
                                                 const Snapshot* snapshot) const {
  PinnedValue value;
  if (!TRY(get(family, key, value, snapshot))) return std::nullopt;
  return std::string(value.view());
}

Result<bool> Database::get(Family family, std::string_view key, PinnedValue& value,
                           const Snapshot* snapshot) const {
  count_nothing();
  value.slice_->Reset();
  const auto status =
      files_->db->Get(read_options(snapshot), family.handle_, slice(key), value.slice_.get());
  if (status.ok()) return true;
  if (status.IsNotFound()) return false;
  return files_->failures.error(
      status, "reading family '" + family.handle_->GetName() + "' of " + folder_.string());
}

Result<bool> Database::contains(Family family, std::string_view key) const {
  rocksdb::PinnableSlice value;
  const auto status = files_->db->Get(rocksdb::ReadOptions(), family.handle_, slice(key), &value);
  if (status.ok()) return true;
  if (status.IsNotFound()) return false;
  return files_->failures.error(
      status, "reading family '" + family.handle_->GetName() + "' of " + folder_.string());
}

Result<std::vector<std::optional<std::string>>> Database::get_many(
    Family family, std::span<const std::string> keys, const Snapshot* snapshot) const {
  std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
  std::vector<rocksdb::PinnableSlice> values(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  files_->db->MultiGet(read_options(snapshot), family.handle_, keys.size(), slices.data(),
                       values.data(), statuses.data());
  std::vector<std::optional<std::string>> found(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].ok()) {
      found[i] = values[i].ToString();
    } else if (!statuses[i].IsNotFound()) {
      return files_->failures.error(
          statuses[i], "reading family '" + family.handle_->GetName() + "' of " + folder_.string());
    }
  }
  return found;
}

Iterator Database::scan(Family family, KeyRange range, ScanOrder order,
                        const Snapshot* snapshot) const {
  auto bounds = std::make_unique<Iterator::Bounds>();
  bounds->range = std::move(range);
  bounds->lower = bounds->range.from;
  bounds->upper = bounds->range.to;
  auto read = read_options(snapshot);
  if (!bounds->range.from.empty()) read.iterate_lower_bound = &bounds->lower;
  if (!bounds->range.to.empty()) read.iterate_upper_bound = &bounds->upper;
  read.prefix_same_as_start = within_one_prefix(family.prefix_, bounds->range, order);
  read.total_order_seek = !read.prefix_same_as_start;
  auto* rows = files_->db->NewIterator(read, family.handle_);
  return Iterator(std::move(bounds), std::unique_ptr<rocksdb::Iterator>(rows), order,
                  "family '" + family.handle_->GetName() + "' of " + folder_.string(),
                  files_->failures);
}

std::unique_ptr<Snapshot> Database::snapshot() const {
  return std::unique_ptr<Snapshot>(new Snapshot(files_->db.get(), files_->db->GetSnapshot()));
}
Snapshot::~Snapshot() { database_->ReleaseSnapshot(snapshot_); }

Result<void> Database::flush(Family family) {
  const auto status = files_->db->Flush(rocksdb::FlushOptions(), family.handle_);
  if (!status.ok()) return files_->failures.error(status, "flushing " + folder_.string());
  return {};
}

Result<void> Database::flush_all() {
  const auto status = files_->db->Flush(rocksdb::FlushOptions(), files_->all_handles());
  if (!status.ok()) return files_->failures.error(status, "flushing " + folder_.string());
  return {};
}

Result<void> Database::compact(Family family, KeyRange range) {
  rocksdb::CompactRangeOptions compact;
  compact.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  const rocksdb::Slice from = range.from;
  const rocksdb::Slice to = range.to;
  const auto status =
      files_->db->CompactRange(compact, family.handle_, range.from.empty() ? nullptr : &from,
                               range.to.empty() ? nullptr : &to);
  if (!status.ok()) return files_->failures.error(status, "compacting " + folder_.string());
  return {};
}

Result<void> Database::checkpoint(const std::filesystem::path& folder) {
  const std::string doing = "copying " + folder_.string() + " to " + folder.string();
  rocksdb::Checkpoint* raw = nullptr;
  const auto made = rocksdb::Checkpoint::Create(files_->db.get(), &raw);
  if (!made.ok()) return files_->failures.error(made, doing);
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(raw);
  const auto status = checkpoint->CreateCheckpoint(folder.string());
  if (!status.ok()) return files_->failures.error(status, doing);
  return {};
}

std::uint64_t Database::memory_bytes() const {
  std::uint64_t sum = files_->cache->GetUsage();
  for (auto* handle : files_->all_handles()) {
    for (const auto* property :
         {"rocksdb.cur-size-all-mem-tables", "rocksdb.estimate-table-readers-mem"}) {
      std::uint64_t value = 0;
      if (files_->db->GetIntProperty(handle, property, &value)) sum += value;
    }
  }
  return sum;
}

std::uint64_t Database::file_bytes() const {
  std::uint64_t sum = 0;
  for (auto* handle : files_->all_handles()) {
    std::uint64_t value = 0;
    if (files_->db->GetIntProperty(handle, "rocksdb.total-sst-files-size", &value)) sum += value;
  }
  return sum;
}

Result<std::vector<TableFile>> Database::table_files(Family family) const {
  rocksdb::TablePropertiesCollection properties;
  const auto status = files_->db->GetPropertiesOfAllTables(family.handle_, &properties);
  if (!status.ok()) {
    return files_->failures.error(status,
                                  "reading what the files of " + folder_.string() + " hold");
  }
  rocksdb::ColumnFamilyMetaData family_now;
  files_->db->GetColumnFamilyMetaData(family.handle_, &family_now);
  std::vector<TableFile> all;
  for (const auto& level : family_now.levels) {
    for (const auto& file : level.files) {
      const auto own = properties.find(file.db_path + file.name);
      // One that was compacted away between the two questions: nobody can tell what it held.
      const bool known = own != properties.end();
      all.push_back({.first_key = file.smallestkey,
                     .last_key = file.largestkey,
                     .rows = known ? own->second->num_entries : 0,
                     .erases = !known || own->second->num_deletions > 0 ||
                               own->second->num_range_deletions > 0});
    }
  }
  std::ranges::sort(all, {}, &TableFile::first_key);
  return all;
}

bool Database::erases_in_memory(Family family) const {
  for (const auto* property :
       {"rocksdb.num-deletes-active-mem-table", "rocksdb.num-deletes-imm-mem-tables"}) {
    std::uint64_t erased = 0;
    if (files_->db->GetIntProperty(family.handle_, property, &erased) && erased > 0) return true;
  }
  return false;
}

Result<std::uint64_t> Database::rows_at_most(Family family) const {
  std::uint64_t rows = 0;
  // Memtables first: what is flushed meanwhile is counted twice and not missed.
  for (const auto* property :
       {"rocksdb.num-entries-active-mem-table", "rocksdb.num-entries-imm-mem-tables"}) {
    std::uint64_t entries = 0;
    if (files_->db->GetIntProperty(family.handle_, property, &entries)) rows += entries;
  }
  for (const auto& file : TRY(table_files(family))) rows += file.rows;
  return rows;
}

std::optional<Error> Database::damage() const { return files_->failures.damage(); }

void Database::on_damage(std::function<void(const Error&)> tell) {
  files_->failures.on_damage(std::move(tell));
}

Result<void> Database::verify_checksums() const {
  // Not DB::VerifyChecksum(): of a database that was opened to be read it ends the process.
  rocksdb::Options options;
  options.env = files_->db->GetEnv();
  std::vector<rocksdb::LiveFileMetaData> tables;
  files_->db->GetLiveFilesMetaData(&tables);
  for (const auto& table : tables) {
    const std::string path = table.db_path + table.name;
    rocksdb::SstFileReader reader(options);
    auto status = reader.Open(path);
    if (status.ok()) status = reader.VerifyChecksum();
    if (!status.ok()) return files_->failures.error(status, "reading " + path);
  }
  return {};
}

}  // namespace dealog::storage
