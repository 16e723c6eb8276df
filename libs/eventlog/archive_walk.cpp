#include "libs/eventlog/archive_walk.hpp"

#include <algorithm>

#include "libs/base/encoding.hpp"
#include "libs/eventlog/archive_segment.hpp"
#include "libs/eventlog/record_fields.hpp"

namespace dealog {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPersonalKeyBytes = kTagHashBytes + sizeof(std::uint64_t);

class SegmentWalk {
 public:
  SegmentWalk(const ArchiveSegment& segment, std::optional<merkle::Frontier>& frontier,
              const CommitVisitor& visit)
      : segment_(segment), frontier_(frontier), visit_(visit), next_(segment.first) {}

  Result<void> entry(SegmentEntry kind, std::string_view bytes) {
    return kind == SegmentEntry::kRecord ? record(bytes) : commit(bytes);
  }
  Result<void> end() const {
    const bool complete = next_ == segment_.last.next() && records_.empty();
    if (complete && frontier_ && frontier_->root() == segment_.root) return {};
    return archive_broken(segment_.file.path, "does not end as it should");
  }
  // Everything before it was found whole.
  Position reached() const { return {next_.value - records_.size()}; }

 private:
  Result<void> record(std::string_view bytes) {
    const auto fields = parse_record_fields(bytes);
    if (!fields || fields->position != next_ || fields->log_id != segment_.log_id) {
      return broken(next_, "holds another record");
    }
    const auto leaf = merkle::leaf_hash(bytes);
    leaves_ += merkle::view(leaf);
    if (frontier_) frontier_->push(leaf);
    records_.emplace_back(bytes);
    next_ = next_.next();
    return {};
  }

  Result<void> commit(std::string_view bytes) {
    std::string key;
    put_u64(key, next_.value - 1);
    auto entry = TRY(parse_commit(key, bytes));
    const bool whole = entry.last.value - entry.first.value + 1 == records_.size();
    const bool joins = !frontier_ || entry.frontier == *frontier_;
    if (!whole || entry.leaf_hashes != leaves_ || !joins) {
      return broken(entry.first, "or one behind it does not match its commit");
    }
    if (!frontier_) frontier_ = entry.frontier;
    if (visit_) TRY(visit_({bytes, std::move(entry), records_}));
    records_.clear();
    leaves_.clear();
    return {};
  }

  std::unexpected<Error> broken(Position position, const std::string& what) const {
    return archive_broken(segment_.file.path,
                          "is damaged: position " + std::to_string(position.value) + " " + what);
  }

  const ArchiveSegment& segment_;
  std::optional<merkle::Frontier>& frontier_;  // unknown until a commit row has told it
  const CommitVisitor& visit_;
  Position next_;
  std::vector<std::string> records_;  // of the commit that is being read
  std::string leaves_;
};

}  // namespace

Result<void> walk_segment(const fs::path& archive, const ArchiveSegment& segment,
                          std::optional<merkle::Frontier>& frontier, const CommitVisitor& visit,
                          Position* reached) {
  if (reached != nullptr) *reached = segment.first;
  if (frontier &&
      (frontier->root() != segment.root_before || frontier->leaves() + 1 != segment.first.value)) {
    return archive_broken(segment.file.path, "does not join what is before it");
  }
  // Whoever wants to know where the damage is reads on behind a wrong hash.
  const auto hashed = check_folder(archive, {segment.file});
  if (!hashed && reached == nullptr) return hashed;
  const std::string bytes = TRY(read_whole_file(archive / segment.file.path));
  SegmentWalk walk(segment, frontier, visit);
  const auto walked = each_entry(bytes, segment, [&](SegmentEntry kind, std::string_view entry) {
    return walk.entry(kind, entry);
  });
  if (reached != nullptr) *reached = walk.reached();
  TRY(walked);
  TRY(walk.end());
  return hashed;
}

Result<std::vector<ArchiveSegment>> load_segments(const fs::path& archive,
                                                  std::vector<std::string>* unreadable) {
  std::error_code error;
  if (!fs::is_directory(archive, error)) {
    return fail(ErrorKind::kNotFound, "archive_absent",
                archive.string() + " is no folder of an archive. Check the path");
  }
  std::vector<ArchiveSegment> segments;
  for (const auto& entry : fs::directory_iterator(archive, error)) {
    const auto& path = entry.path();
    if (path.extension() != ".json" || path.filename() == kArchiveManifestFile) continue;
    const auto text = read_whole_file(path);
    auto segment = text ? parse_segment(*text, path.string())
                        : Result<ArchiveSegment>(std::unexpected(text.error()));
    if (segment) {
      segments.push_back(std::move(*segment));
    } else if (unreadable == nullptr) {
      return std::unexpected(segment.error());
    } else {
      unreadable->push_back(segment.error().message);
    }
  }
  std::ranges::sort(segments, {}, &ArchiveSegment::first);
  return segments;
}

Result<std::string> read_personal_tags(const fs::path& archive) {
  const std::string bytes = TRY(read_whole_file(archive / kPersonalTagsFile));
  std::string_view rest = bytes;
  auto keys = TRY(next_block(rest, kPersonalTagsFile));
  if (rest.empty() && keys.size() % kPersonalKeyBytes == 0) return keys;
  return archive_broken(kPersonalTagsFile, "is damaged");
}

}  // namespace dealog
