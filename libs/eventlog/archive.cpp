#include "libs/eventlog/archive.hpp"

#include <algorithm>
#include <cerrno>
#include <set>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>

#include "libs/eventlog/archive_segment.hpp"
#include "libs/eventlog/archive_walk.hpp"
#include "libs/eventlog/log_identity.hpp"
#include "libs/eventlog/open_file.hpp"
#include "libs/eventlog/tree_reader.hpp"

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

// The segment from `first` on, and its bytes; nothing at the log's end.
Result<std::optional<std::string>> make_segment(const LogTables& tables, ArchiveSegment& segment,
                                                const ArchiveOptions& options) {
  SegmentWriter writer;
  auto commits = tables.db().scan(tables.commits, {.from = key_of(segment.first), .to = ""});
  auto records = tables.db().scan(tables.events, {.from = key_of(segment.first), .to = ""});
  Position next = segment.first;
  for (; commits.valid() && next.value - segment.first.value < options.segment_events;
       commits.next()) {
    const auto commit = TRY(parse_commit(commits.key(), commits.value()));
    if (commit.last > options.until) break;
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

// What a run that was interrupted wrote and never counted.
void remove_half_done(const fs::path& archive, const std::vector<ArchiveSegment>& segments) {
  std::set<std::string> counted;
  for (const auto& segment : segments) counted.insert(segment.file.path);
  std::vector<fs::path> remainders;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(archive, ignored)) {
    const auto& path = entry.path();
    const bool orphan =
        path.extension() == ".segment" && !counted.contains(path.filename().string());
    if (orphan || path.extension() == ".new") remainders.push_back(path);
  }
  for (const auto& path : remainders) fs::remove(path, ignored);
}

// A log whose tree is no longer what was signed must not reach the archive.
Result<void> require_heads(const LogTables& tables, const std::vector<TreeHead>& heads) {
  const auto commits = tables.db().scan(tables.commits, {}, storage::ScanOrder::kBackward);
  TRY(commits.status());
  const std::uint64_t end = commits.valid() ? parse_u64(commits.key()).value_or(0) : 0;
  TreeReader tree(tables);
  for (const auto& head : heads) {
    if (head.position.value <= end && TRY(tree.root(head.position.value)) == head.root) continue;
    return fail(ErrorKind::kInternal, "log_broken",
                "the log is not what its signed head of position " +
                    std::to_string(head.position.value) +
                    " says, so nothing of it is archived. Look at it with `dealog verify`");
  }
  return {};
}

// Writes a segment's file, reads it back with every check, and only then says that it is there.
// `frontier`: before it, and behind it afterwards.
Result<void> put_segment(const fs::path& archive, ArchiveSegment& segment, const std::string& bytes,
                         std::optional<merkle::Frontier>& frontier) {
  segment.file.path = name_of(segment) + ".segment";
  TRY(write_whole_file(archive / segment.file.path, bytes));
  segment.file.bytes = bytes.size();
  segment.file.sha256 = sha256(bytes);
  TRY(walk_segment(archive, segment, frontier, {}));
  return write_whole_file(archive / (name_of(segment) + ".json"), to_json(segment));
}

// Segments whose file is gone or was cut: a look at each, no reading.
Result<void> mend_segments(const LogTables& tables, const fs::path& archive,
                           const std::vector<ArchiveSegment>& there,
                           const ArchiveOptions& options) {
  const Position dropped = TRY(dropped_until(tables));
  for (std::size_t i = 0; i < there.size(); ++i) {
    const auto& known = there[i];
    std::error_code error;
    const auto bytes = fs::file_size(archive / known.file.path, error);
    if (!error && bytes == known.file.bytes) continue;
    if (known.first <= dropped) {
      return archive_broken(known.file.path,
                            (error ? "is missing" : "has another size than it was written with") +
                                std::string(", and the log no longer has its records. Put back a "
                                            "copy of that file"));
    }
    std::optional<merkle::Frontier> frontier(std::in_place);
    if (i > 0) frontier = TRY(tree_of_log_at(tables, there[i - 1]));
    ArchiveSegment segment{
        .log_id = known.log_id, .first = known.first, .root_before = known.root_before};
    const auto again = TRY(make_segment(
        tables, segment,
        {.segment_events = known.last.value - known.first.value + 1, .until = known.last}));
    if (!again || segment.last != known.last) return log_gap(known.first);
    TRY(put_segment(archive, segment, *again, frontier));
    if (options.mended) options.mended(segment);
  }
  return {};
}

}  // namespace

Result<merkle::Frontier> tree_of_log_at(const LogTables& tables, const ArchiveSegment& last) {
  const auto log_id = TRY(tables.db().get(tables.meta, kLogIdKey));
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

Result<std::unique_ptr<OpenFile>> lock_archive(const fs::path& archive) {
  const fs::path file = archive / "LOCK";
  auto lock = std::make_unique<OpenFile>(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock->is_open()) {
    return fail(ErrorKind::kInternal, "archive_unusable",
                "opening " + file.string() + ": " + std::generic_category().message(errno));
  }
  if (::flock(lock->get(), LOCK_EX | LOCK_NB) == 0) return lock;
  return fail(
      ErrorKind::kConflict, "archive_busy",
      "something else is writing to the archive " + archive.string() + "; wait for its end");
}

Result<std::vector<ArchiveSegment>> list_segments(const fs::path& archive) {
  const auto segments = TRY(load_segments(archive, nullptr));
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
                                                const ArchiveOptions& options) {
  std::error_code error;
  const bool fresh = fs::create_directories(archive, error);
  // Personal data, sealed or not: nobody else on the machine needs to look.
  if (fresh) fs::permissions(archive, fs::perms::owner_all, error);
  const auto lock = TRY(lock_archive(archive));
  const auto there = TRY(list_segments(archive));
  remove_half_done(archive, there);
  const std::string log_id = TRY(tables.db().get(tables.meta, kLogIdKey)).value_or("");
  TRY(require_heads(tables, options.heads));
  std::optional<merkle::Frontier> frontier(std::in_place);
  Position last;
  if (!there.empty()) {
    frontier = TRY(tree_of_log_at(tables, there.back()));
    last = there.back().last;
  }
  if (const Position dropped = TRY(dropped_until(tables)); last < dropped) {
    return fail(ErrorKind::kConflict, "archive_incomplete",
                "this log was dropped up to position " + std::to_string(dropped.value) +
                    ", and the archive ends at " + std::to_string(last.value) +
                    ". Use the archive that holds it, or copy its files here");
  }
  TRY(mend_segments(tables, archive, there, options));
  std::vector<ArchiveSegment> made;
  for (;;) {
    ArchiveSegment segment{.log_id = log_id, .first = last.next(), .root_before = frontier->root()};
    const auto bytes = TRY(make_segment(tables, segment, options));
    if (!bytes) break;
    TRY(put_segment(archive, segment, *bytes, frontier));
    last = segment.last;
    made.push_back(std::move(segment));
    if (options.progress) options.progress(last);
  }
  TRY(write_personal_tags(tables, archive, last));
  return made;
}

}  // namespace dealog
