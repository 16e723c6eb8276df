#include "libs/eventlog/archive.hpp"

#include <algorithm>

#include "libs/eventlog/archive_segment.hpp"
#include "libs/eventlog/archive_walk.hpp"

namespace dealog {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlockBytes = 1 << 20;

std::string numbered(Position position) {
  const std::string digits = std::to_string(position.value);
  return std::string(20 - digits.size(), '0') + digits;
}

std::string name_of(const ArchiveSegment& segment) {
  return numbered(segment.first) + "-" + numbered(segment.last);
}

std::string key_of(Position position) {
  storage::KeyWriter key;
  return std::string(position_key(key, position));
}

// Collects blocks of one segment.
class SegmentWriter {
 public:
  void add(SegmentEntry kind, std::string_view bytes) {
    put_entry(block_, kind, bytes);
    if (block_.size() >= kBlockBytes) end_block();
  }
  std::string take(const ArchiveSegment& segment) {
    end_block();
    return segment_header(segment) + blocks_;
  }

 private:
  void end_block() {
    if (block_.empty()) return;
    blocks_ += compressed_block(block_);
    block_.clear();
  }
  std::string block_;
  std::string blocks_;
};

// Tree and position behind the last segment, from the log itself, which must agree with it.
Result<merkle::Frontier> frontier_at(const LogTables& tables, const ArchiveSegment& last,
                                     std::string_view log_id) {
  const auto row = TRY(tables.db().get(tables.commits, key_of(last.last)));
  if (last.log_id != log_id || !row) {
    return fail(ErrorKind::kConflict, "other_log",
                "the archive holds another log, or another life of this one: it knows position " +
                    std::to_string(last.last.value) +
                    " as the end of a commit. Begin a new archive in another folder");
  }
  const auto commit = TRY(parse_commit(key_of(last.last), *row));
  if (commit.frontier.root() == last.root) return commit.frontier;
  return fail(ErrorKind::kConflict, "other_log",
              "the archive holds another life of this log: their trees part before position " +
                  std::to_string(last.last.value) + ". Begin a new archive in another folder");
}

// The segment from `first` on, and its bytes; nothing at the log's end.
Result<std::optional<std::string>> make_segment(const LogTables& tables, ArchiveSegment& segment,
                                                std::uint64_t events) {
  SegmentWriter writer;
  auto commits = tables.db().scan(tables.commits, {.from = key_of(segment.first), .to = ""});
  auto records = tables.db().scan(tables.events, {.from = key_of(segment.first), .to = ""});
  Position next = segment.first;
  for (; commits.valid() && next.value - segment.first.value < events; commits.next()) {
    const auto commit = TRY(parse_commit(commits.key(), commits.value()));
    for (; next <= commit.last; next = next.next(), records.next()) {
      if (!records.valid() || parse_u64(records.key()) != next.value) return log_gap(next);
      writer.add(SegmentEntry::kRecord, records.value());
    }
    writer.add(SegmentEntry::kCommit, commits.value());
    segment.last = commit.last;
    segment.last_recorded = commit.recorded;
    segment.root = commit.frontier.root();
  }
  TRY(commits.status());
  TRY(records.status());
  if (next == segment.first) return std::nullopt;
  return writer.take(segment);
}

Result<void> write_personal_tags(const LogTables& tables, const fs::path& archive, Position last) {
  std::string content;
  auto rows = tables.db().scan(tables.personal_tags, {});
  for (; rows.valid(); rows.next()) {
    storage::KeyReader key(rows.key());
    if (key.raw(kTagHashBytes) && key.u64().value_or(UINT64_MAX) <= last.value) {
      content += rows.key();
    }
  }
  TRY(rows.status());
  return write_whole_file(archive / kPersonalTagsFile, compressed_block(content));
}

}  // namespace

Result<std::vector<ArchiveSegment>> list_segments(const fs::path& archive) {
  std::error_code error;
  if (!fs::is_directory(archive, error)) {
    return fail(ErrorKind::kNotFound, "archive_absent",
                archive.string() + " is no folder of an archive. Check the path");
  }
  std::vector<ArchiveSegment> segments;
  for (const auto& entry : fs::directory_iterator(archive, error)) {
    if (entry.path().extension() != ".json") continue;
    const std::string text = TRY(read_whole_file(entry.path()));
    segments.push_back(TRY(parse_segment(text, entry.path().string())));
  }
  std::ranges::sort(segments, {}, &ArchiveSegment::first);
  Position next{1};
  merkle::Hash root = merkle::Frontier().root();
  for (const auto& segment : segments) {
    if (segment.first != next || segment.log_id != segments.front().log_id) {
      return archive_broken("segment with position " + std::to_string(next.value), "is missing");
    }
    if (segment.root_before != root) {
      return archive_broken(segment.file.path, "does not join the one before it");
    }
    next = segment.last.next();
    root = segment.root;
  }
  return segments;
}

Result<std::vector<ArchiveSegment>> archive_log(const LogTables& tables, const fs::path& archive,
                                                std::uint64_t segment_events) {
  std::error_code error;
  fs::create_directories(archive, error);
  const auto there = TRY(list_segments(archive));
  const std::string log_id = TRY(tables.db().get(tables.meta, kLogIdKey)).value_or("");
  merkle::Frontier frontier;
  Position last;
  if (!there.empty()) {
    frontier = TRY(frontier_at(tables, there.back(), log_id));
    last = there.back().last;
  }
  std::vector<ArchiveSegment> made;
  for (;;) {
    ArchiveSegment segment{.log_id = log_id, .first = last.next(), .root_before = frontier.root()};
    const auto bytes = TRY(make_segment(tables, segment, segment_events));
    if (!bytes) break;
    segment.file.path = name_of(segment) + ".segment";
    TRY(write_whole_file(archive / segment.file.path, *bytes));
    segment.file.bytes = bytes->size();
    segment.file.sha256 = sha256(*bytes);
    TRY(walk_segment(archive, segment, frontier, {}));
    TRY(write_whole_file(archive / (name_of(segment) + ".json"), to_json(segment)));
    last = segment.last;
    made.push_back(std::move(segment));
  }
  TRY(write_personal_tags(tables, archive, last));
  return made;
}

Result<ArchiveEnd> check_archive(const fs::path& archive,
                                 const std::function<void(Position)>& progress) {
  ArchiveEnd end;
  for (const auto& segment : TRY(list_segments(archive))) {
    TRY(walk_segment(archive, segment, end.frontier, {}));
    end.last = segment.last;
    if (progress) progress(end.last);
  }
  TRY(read_personal_tags(archive));
  return end;
}

}  // namespace dealog
