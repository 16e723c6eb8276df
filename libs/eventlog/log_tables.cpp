#include "libs/eventlog/log_tables.hpp"

#include "dealog/v1/record.pb.h"
#include "libs/base/encoding.hpp"
#include "libs/eventlog/record_fields.hpp"

namespace dealog {
namespace {

using storage::FamilyProfile;
using storage::KeyPrefix;

// Every family of the log; opening refuses a folder that holds others.
const std::vector<storage::FamilySpec> kFamilies = {
    {"events", FamilyProfile::kEvents, KeyPrefix::kNone},
    {"commits", FamilyProfile::kEvents, KeyPrefix::kNone},
    {"streams", FamilyProfile::kIndex, KeyPrefix::kThroughNul},
    {"ids", FamilyProfile::kIndex, KeyPrefix::kNone},
    {"tags", FamilyProfile::kIndex, KeyPrefix::kThroughNul},
    {"personal_tags", FamilyProfile::kIndex, KeyPrefix::kFixed16},
    {"raw", FamilyProfile::kBlob, KeyPrefix::kNone},
    {"subject_keys", FamilyProfile::kIndex, KeyPrefix::kNone},
};

std::unexpected<Error> broken_commit(std::string_view key) {
  const auto position = parse_u64(key);
  return fail(ErrorKind::kInternal, "commit_broken",
              "the commit row of position " +
                  (position ? std::to_string(*position) : "?" + to_hex(key.substr(0, 16))) +
                  " is damaged. Run `dealog verify` and restore from a backup");
}

}  // namespace

Result<CommitEntry> parse_commit(std::string_view key, std::string_view value) {
  v1::CommitRow row;
  const auto last = parse_u64(key);
  if (!last || !row.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
    return broken_commit(key);
  }
  const std::uint64_t count = row.last_position() - row.first_position() + 1;
  if (row.last_position() != *last || row.first_position() == 0 ||
      row.first_position() > row.last_position() ||
      row.leaf_hashes().size() != count * sizeof(merkle::Hash)) {
    return broken_commit(key);
  }
  const std::vector<std::string_view> roots(row.frontier().begin(), row.frontier().end());
  auto frontier = merkle::Frontier::from_roots(*last, roots);
  if (!frontier) return broken_commit(key);
  return CommitEntry{.first = {row.first_position()},
                     .last = {*last},
                     .recorded = {row.recorded_us()},
                     .leaf_hashes = std::move(*row.mutable_leaf_hashes()),
                     .frontier = *frontier};
}

std::string_view position_key(storage::KeyWriter& key, Position position) {
  return key.clear().u64(position.value).view();
}

std::string_view stream_key(storage::KeyWriter& key, std::string_view stream,
                            StreamVersion version) {
  return key.clear().text(stream).u64(version.value).view();
}

std::string_view tag_key(storage::KeyWriter& key, bool personal, std::string_view tag,
                         Position position) {
  key.clear();
  if (personal) {
    key.raw(tag);
  } else {
    key.text(tag);
  }
  return key.u64(position.value).view();
}

std::optional<std::uint64_t> parse_u64(std::string_view value) {
  if (value.size() != sizeof(std::uint64_t)) return std::nullopt;
  return get_u64(value);
}

std::string to_bytes(const IdRow& row) {
  std::string bytes;
  put_u64(bytes, row.position.value);
  if (!row.answer) return bytes;
  put_u64(bytes, static_cast<std::uint64_t>(row.answer->recorded.us));
  put_u64(bytes, row.answer->append_index);
  put_u64(bytes, row.answer->append_count);
  return bytes + row.answer->fingerprint;
}

std::optional<IdRow> parse_id_row(std::string_view value) {
  constexpr std::size_t kU64 = sizeof(std::uint64_t);
  if (value.size() != kU64 && value.size() < 4 * kU64) return std::nullopt;
  IdRow row{.position = {get_u64(value)}};
  if (row.position.value == 0) return std::nullopt;
  if (value.size() == kU64) return row;
  row.answer = {.recorded = {static_cast<std::int64_t>(get_u64(value.substr(kU64)))},
                .append_index = get_u64(value.substr(2 * kU64)),
                .append_count = get_u64(value.substr(3 * kU64)),
                .fingerprint = std::string(value.substr(4 * kU64))};
  return row;
}

IdRow::Answer answer_of(const RecordFields& fields) {
  return {.recorded = fields.recorded,
          .append_index = fields.append_index,
          .append_count = fields.append_count,
          .fingerprint = std::string(fields.fingerprint)};
}

LogTables::LogTables(std::unique_ptr<storage::Database> db)
    : meta(db->family("default")),
      events(db->family("events")),
      commits(db->family("commits")),
      streams(db->family("streams")),
      ids(db->family("ids")),
      tags(db->family("tags")),
      personal_tags(db->family("personal_tags")),
      raw(db->family("raw")),
      subject_keys(db->family("subject_keys")),
      db_(std::move(db)) {}

Result<LogTables> LogTables::open(const Options& options) {
  return LogTables(TRY(storage::Database::open({.folder = options.folder,
                                                .families = kFamilies,
                                                .read_only = options.read_only,
                                                .block_cache_bytes = options.block_cache_bytes,
                                                .memtable_bytes = options.memtable_bytes,
                                                .if_damaged = std::string(kIfLogIsDamaged),
                                                .environment = options.environment})));
}

Result<std::optional<IdRow>> LogTables::id_row(const Uuid& id) const {
  storage::PinnedValue value;
  if (!TRY(db_->get(ids, id.view(), value))) return std::nullopt;
  auto row = parse_id_row(value.view());
  if (!row) {
    return fail(ErrorKind::kInternal, "log_broken",
                "the index row of event id " + id.hex() + " is damaged. Run `dealog verify`");
  }
  return row;
}

Result<std::optional<Position>> LogTables::find_id(const Uuid& id) const {
  const auto row = TRY(id_row(id));
  return row ? std::optional(row->position) : std::nullopt;
}

Result<bool> LogTables::record_at(Position position, storage::PinnedValue& record) const {
  storage::KeyWriter key;
  return db_->get(events, position_key(key, position), record);
}

Result<StreamVersion> LogTables::last_version(std::string_view stream) const {
  storage::KeyWriter key;
  // New streams are common: a filter answers for their first version without a scan.
  if (!TRY(db_->contains(streams, stream_key(key, stream, {1})))) return StreamVersion{};
  storage::KeyRange range{std::string(stream_key(key, stream, {0})),
                          std::string(stream_key(key, stream, {UINT64_MAX}))};
  const auto last = db_->scan(streams, std::move(range), storage::ScanOrder::kBackward);
  TRY(last.status());
  if (!last.valid()) return StreamVersion{};
  return StreamVersion{get_u64(last.key().substr(last.key().size() - sizeof(std::uint64_t)))};
}

Result<std::optional<Position>> LogTables::tagged_after(bool personal, std::string_view tag,
                                                        Position after) const {
  if (after.value >= UINT64_MAX - 1) return std::nullopt;
  storage::KeyWriter key;
  storage::KeyRange range{std::string(tag_key(key, personal, tag, after.next())),
                          std::string(tag_key(key, personal, tag, {UINT64_MAX}))};
  const auto last =
      db_->scan(tag_family(personal), std::move(range), storage::ScanOrder::kBackward);
  TRY(last.status());
  if (!last.valid()) return std::nullopt;
  return Position{get_u64(last.key().substr(last.key().size() - sizeof(std::uint64_t)))};
}

Result<std::optional<KeyId>> LogTables::subject_key(std::string_view subject) const {
  storage::PinnedValue value;
  if (!TRY(db_->get(subject_keys, subject, value))) return std::nullopt;
  const auto id = parse_u64(value.view());
  if (!id) {
    return fail(ErrorKind::kInternal, "log_broken",
                "the row of subject '" + std::string(subject) +
                    "' in subject_keys is damaged. Run `dealog verify`");
  }
  return KeyId{*id};
}

Result<KeyId> LogTables::highest_key() const {
  storage::PinnedValue value;
  if (!TRY(db_->get(meta, kHighestKeyKey, value))) return KeyId{0};
  const auto id = parse_u64(value.view());
  if (!id) {
    return fail(ErrorKind::kInternal, "log_broken",
                "the log's row of the highest key id is damaged. Run `dealog verify`");
  }
  return KeyId{*id};
}

}  // namespace dealog
