// The families of the log's database, their keys, and single lookups. FORMAT.md gives the grammar.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "libs/eventlog/event_log.hpp"
#include "libs/eventlog/merkle.hpp"
#include "libs/storage/database.hpp"
#include "libs/storage/key_codec.hpp"

namespace dealog {

inline constexpr std::string_view kLogFormat = "1";
// Of a log from which archived records were dropped: older versions must not open it.
inline constexpr std::string_view kDroppedLogFormat = "2";
inline constexpr std::string_view kFormatKey = "format";
inline constexpr std::string_view kLogIdKey = "log_id";
inline constexpr std::string_view kHighestKeyKey = "highest_key";
inline constexpr std::size_t kLogIdBytes = 16;

// A commits row, taken apart.
struct CommitEntry {
  Position first;
  Position last;
  Timestamp recorded;
  std::string leaf_hashes;  // 32 bytes an event
  merkle::Frontier frontier;
};
// Errors: kInternal "commit_broken" for bytes that are no commits row, or whose parts disagree.
Result<CommitEntry> parse_commit(std::string_view key, std::string_view value);

// Keys are written into `key`, which is cleared first; the view lives until its next use.
std::string_view position_key(storage::KeyWriter& key, Position position);
std::string_view stream_key(storage::KeyWriter& key, std::string_view stream,
                            StreamVersion version);
std::string_view tag_key(storage::KeyWriter& key, bool personal, std::string_view tag,
                         Position position);
// A stored position or key id: 8 bytes, big endian. Nothing for another length.
std::optional<std::uint64_t> parse_u64(std::string_view value);

// A row of `ids`. What answers a repeated request stays there when its record is dropped.
struct IdRow {
  struct Answer {
    Timestamp recorded;
    std::uint64_t append_index = 0;
    std::uint64_t append_count = 0;
    std::string fingerprint;
    bool operator==(const Answer&) const = default;
  };
  Position position;
  std::optional<Answer> answer = {};
};
std::string to_bytes(const IdRow& row);
// Nothing for bytes that are no such row.
std::optional<IdRow> parse_id_row(std::string_view value);

struct RecordFields;
IdRow::Answer answer_of(const RecordFields& fields);

// What a person does about a log whose bytes are damaged.
inline constexpr std::string_view kIfLogIsDamaged =
    "Keep the folder as it is, look at it with `dealog verify`, and restore a backup into another "
    "folder with `dealog restore`";

// Thread: any.
class LogTables {
 public:
  struct Options {
    std::filesystem::path folder;
    bool read_only = false;
    rocksdb::Env* environment = nullptr;
    std::size_t block_cache_bytes = 64 << 20;
    std::size_t memtable_bytes = 8 << 20;
  };
  // Errors: those of Database::open.
  static Result<LogTables> open(const Options& options);

  Result<std::optional<IdRow>> id_row(const Uuid& id) const;
  Result<std::optional<Position>> find_id(const Uuid& id) const;
  Result<bool> record_at(Position position, storage::PinnedValue& record) const;
  Result<StreamVersion> last_version(std::string_view stream) const;
  // Position of the last event with the tag, when it is after `after`.
  Result<std::optional<Position>> tagged_after(bool personal, std::string_view tag,
                                               Position after) const;
  Result<std::optional<KeyId>> subject_key(std::string_view subject) const;

  // 0 when no key was ever recorded.
  Result<KeyId> highest_key() const;

  storage::Database& db() const { return *db_; }
  storage::Family tag_family(bool personal) const { return personal ? personal_tags : tags; }

  storage::Family meta;           // "format", "log_id", "highest_key", those of LogIdentity
  storage::Family events;         // position → record
  storage::Family commits;        // last position → CommitRow
  storage::Family streams;        // stream 00 version → position
  storage::Family ids;            // event id → IdRow
  storage::Family tags;           // tag 00 position → ""
  storage::Family personal_tags;  // hash position → ""
  storage::Family raw;            // event id → sealed body
  storage::Family subject_keys;   // subject → key id

 private:
  explicit LogTables(std::unique_ptr<storage::Database> db);
  std::unique_ptr<storage::Database> db_;
};

}  // namespace dealog
