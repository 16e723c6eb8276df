#include "dealog/v1/options.pb.h"
#include "dealog/v1/record.pb.h"
#include "libs/base/encoding.hpp"
#include "libs/eventlog/archive_segment.hpp"
#include "libs/eventlog/archive_walk.hpp"
#include "libs/eventlog/bulk_writes.hpp"
#include "libs/eventlog/log_identity.hpp"

namespace dealog {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPersonalKeyBytes = kTagHashBytes + sizeof(std::uint64_t);

std::string bytes_of(std::uint64_t value) {
  std::string bytes;
  put_u64(bytes, value);
  return bytes;
}

// Writes the rows that the committer wrote, out of the records alone.
class LogMaker {
 public:
  explicit LogMaker(const LogTables& tables) : tables_(tables) {}

  Result<void> add(const ArchivedCommit& commit) {
    Position position = commit.entry.first;
    for (const auto& record : commit.records) {
      TRY(add_record(position, record));
      position = position.next();
    }
    writes_->put(tables_.commits, bytes_of(commit.entry.last.value), commit.row);
    return writes_.write_when_full();
  }

  Result<void> finish(const std::string& log_id, Position last, std::string_view personal_keys) {
    for (; !personal_keys.empty(); personal_keys.remove_prefix(kPersonalKeyBytes)) {
      const auto key = personal_keys.substr(0, kPersonalKeyBytes);
      if (get_u64(key.substr(kTagHashBytes)) > last.value) continue;
      writes_->put(tables_.personal_tags, key, "");
    }
    writes_->put(tables_.meta, kFormatKey, kLogFormat);
    writes_->put(tables_.meta, kLogIdKey, log_id);
    writes_->put(tables_.meta, kNoBodiesKey, bytes_of(last.value));
    if (highest_key_ > 0) writes_->put(tables_.meta, kHighestKeyKey, bytes_of(highest_key_));
    return writes_.finish();
  }

 private:
  Result<void> add_record(Position position, const std::string& bytes) {
    if (!record_.ParseFromString(bytes)) {
      return archive_broken("position " + std::to_string(position.value), "is no record");
    }
    const std::string place = bytes_of(position.value);
    writes_->put(tables_.events, place, bytes);
    writes_->put(tables_.streams, stream_key(key_, record_.stream(), {record_.version()}), place);
    writes_->put(tables_.ids, record_.event_id(), place);
    for (const auto& tag : record_.tags()) {
      writes_->put(tables_.tags, tag_key(key_, false, tag, position), "");
    }
    for (const auto& box : record_.boxes()) {
      const bool named = box.privacy() == v1::PERSON && !record_.subject().empty();
      writes_->put(tables_.subject_keys, named ? record_.subject() : record_.stream(),
                   bytes_of(box.key_id()));
      highest_key_ = std::max<KeyId>(highest_key_, box.key_id());
    }
    return {};
  }

  const LogTables& tables_;
  BulkWrites writes_{tables_.db()};
  storage::KeyWriter key_;
  v1::StoredRecord record_;
  KeyId highest_key_ = 0;
};

}  // namespace

Result<ArchiveEnd> import_archive(const fs::path& archive, const fs::path& log_folder,
                                  const ArchiveUntil& until) {
  const auto segments = TRY(list_segments(archive));
  if (segments.empty()) return archive_broken("folder", "holds no segment");
  const std::string personal = TRY(read_personal_tags(archive));
  std::error_code error;
  if (fs::exists(log_folder, error) && !fs::is_empty(log_folder, error)) {
    return fail(ErrorKind::kConflict, "log_not_empty",
                log_folder.string() + " is not empty; give the path of a new folder");
  }
  const auto tables = TRY(LogTables::open({.folder = log_folder}));
  LogMaker maker(tables);
  std::optional<merkle::Frontier> frontier(std::in_place);
  ArchiveEnd made;
  bool wanted = true;
  for (const auto& segment : segments) {
    if (!wanted) break;
    TRY(walk_segment(archive, segment, frontier, [&](const ArchivedCommit& commit) -> Result<void> {
      wanted =
          wanted && commit.entry.last <= until.position && commit.entry.recorded <= until.recorded;
      if (!wanted) return {};
      made = {commit.entry.last, commit.entry.frontier};
      return maker.add(commit);
    }));
  }
  if (made.last.value == 0) {
    return fail(ErrorKind::kInvalid, "position_out_of_range",
                "nothing of the archive was recorded until there. Give a later --until");
  }
  TRY(maker.finish(segments.front().log_id, made.last, personal));
  return made;
}

}  // namespace dealog
