#include "libs/eventlog/archive_walk.hpp"

#include "libs/base/encoding.hpp"
#include "libs/eventlog/archive_segment.hpp"
#include "libs/eventlog/record_fields.hpp"

namespace dealog {
namespace {

constexpr std::size_t kPersonalKeyBytes = kTagHashBytes + sizeof(std::uint64_t);

class SegmentWalk {
 public:
  SegmentWalk(const ArchiveSegment& segment, merkle::Frontier& frontier, const CommitVisitor& visit)
      : segment_(segment), frontier_(frontier), visit_(visit), next_(segment.first) {}

  Result<void> entry(SegmentEntry kind, std::string_view bytes) {
    return kind == SegmentEntry::kRecord ? record(bytes) : commit(bytes);
  }
  Result<void> end() const {
    if (next_ == segment_.last.next() && records_.empty() && frontier_.root() == segment_.root) {
      return {};
    }
    return archive_broken(segment_.file.path, "does not end as it should");
  }

 private:
  Result<void> record(std::string_view bytes) {
    const auto fields = parse_record_fields(bytes);
    if (!fields || fields->position != next_ || fields->log_id != segment_.log_id) {
      return broken(next_, "holds another record");
    }
    const auto leaf = merkle::leaf_hash(bytes);
    leaves_ += merkle::view(leaf);
    frontier_.push(leaf);
    records_.emplace_back(bytes);
    next_ = next_.next();
    return {};
  }

  Result<void> commit(std::string_view bytes) {
    std::string key;
    put_u64(key, next_.value - 1);
    auto entry = TRY(parse_commit(key, bytes));
    const bool whole = entry.last.value - entry.first.value + 1 == records_.size();
    if (!whole || entry.leaf_hashes != leaves_ || !(entry.frontier == frontier_)) {
      return broken(entry.first, "or one behind it does not match its commit");
    }
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
  merkle::Frontier& frontier_;
  const CommitVisitor& visit_;
  Position next_;
  std::vector<std::string> records_;  // of the commit that is being read
  std::string leaves_;
};

}  // namespace

Result<void> walk_segment(const std::filesystem::path& archive, const ArchiveSegment& segment,
                          merkle::Frontier& frontier, const CommitVisitor& visit) {
  TRY(check_folder(archive, {segment.file}));
  if (frontier.root() != segment.root_before || frontier.leaves() + 1 != segment.first.value) {
    return archive_broken(segment.file.path, "does not join what is before it");
  }
  const std::string bytes = TRY(read_whole_file(archive / segment.file.path));
  SegmentWalk walk(segment, frontier, visit);
  TRY(each_entry(bytes, segment, [&](SegmentEntry kind, std::string_view entry) {
    return walk.entry(kind, entry);
  }));
  return walk.end();
}

Result<std::string> read_personal_tags(const std::filesystem::path& archive) {
  const std::string bytes = TRY(read_whole_file(archive / kPersonalTagsFile));
  std::string_view rest = bytes;
  auto keys = TRY(next_block(rest, kPersonalTagsFile));
  if (rest.empty() && keys.size() % kPersonalKeyBytes == 0) return keys;
  return archive_broken(kPersonalTagsFile, "is damaged");
}

}  // namespace dealog
