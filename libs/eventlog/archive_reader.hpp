// Reading single records, or long runs of them, out of an archive: those that were dropped from the
// log. Inside libs/eventlog only.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <mutex>

#include "libs/eventlog/archive.hpp"
#include "libs/eventlog/tree_reader.hpp"

namespace dealog {

namespace limits {
// Blocks kept unpacked, about 1 MB each.
inline constexpr std::size_t kArchiveBlocks = 16;
}  // namespace limits

// The records of one block of a segment; consecutive positions from `first` on.
struct ArchiveBlock {
  Position first;
  std::vector<std::string_view> records;  // into content
  std::string content;

  bool holds(Position position) const {
    return position >= first && position.value - first.value < records.size();
  }
  std::string_view at(Position position) const { return records[position.value - first.value]; }
};

// Opens nothing before the first read, and tries anew at each read while it fails, so that a folder
// that was not mounted may come later. Every record is compared with the log's own tree before it
// is given out. Thread: any.
class ArchiveReader {
 public:
  // `tables` must outlive it. `folder` may be empty: then every read says what to set.
  ArchiveReader(const LogTables& tables, std::filesystem::path folder)
      : tables_(tables), folder_(std::move(folder)) {}

  // Errors: kUnavailable "archive_absent" naming position and folder; kInternal "archive_broken".
  Result<std::shared_ptr<const ArchiveBlock>> block_with(Position position);
  // What block_with() would say of this position if the folder is not there or is empty, as a
  // place is where nothing is mounted; nothing else is looked at.
  std::optional<Error> absence(Position position) const;

 private:
  struct BlockPlace {
    Position first;
    std::uint64_t offset = 0;  // in the file
  };
  // What is known of a segment's blocks: those before `next` and `offset`.
  struct Index {
    std::vector<BlockPlace> blocks;
    Position next;
    std::uint64_t offset = 0;
  };
  using Block = std::shared_ptr<const ArchiveBlock>;

  Result<Block> find(Position position);
  Result<const ArchiveSegment*> segment_with(Position position);
  Result<Block> load(const ArchiveSegment& segment, Position position);
  // The block at `offset`, and where the next one begins.
  Result<Block> unpack(const ArchiveSegment& segment, std::uint64_t offset, Position first,
                       std::uint64_t& end) const;
  Result<void> check(const ArchiveSegment& segment, const ArchiveBlock& block) const;
  void keep(Block block);

  const LogTables& tables_;
  const std::filesystem::path folder_;
  std::mutex mutex_;
  std::vector<ArchiveSegment> segments_;    // guarded by mutex_
  std::map<std::uint64_t, Index> indexes_;  // guarded by mutex_; by the segment's first
  std::list<Block> recent_;                 // guarded by mutex_; newest first
};

// Record after record, holding on to the block it is in. Thread: one.
class ArchiveCursor {
 public:
  explicit ArchiveCursor(ArchiveReader& reader) : reader_(reader) {}
  // The view lives until the next call.
  Result<std::string_view> at(Position position) {
    if (!block_ || !block_->holds(position)) block_ = TRY(reader_.block_with(position));
    return block_->at(position);
  }

 private:
  ArchiveReader& reader_;
  std::shared_ptr<const ArchiveBlock> block_;
};

}  // namespace dealog
