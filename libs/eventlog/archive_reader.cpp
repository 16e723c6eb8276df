#include "libs/eventlog/archive_reader.hpp"

#include <algorithm>

#include <fcntl.h>
#include <unistd.h>

#include "libs/base/encoding.hpp"
#include "libs/eventlog/archive_segment.hpp"
#include "libs/eventlog/archive_walk.hpp"
#include "libs/eventlog/open_file.hpp"

namespace dealog {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLengthBytes = 8;

Result<std::string> read_piece(const fs::path& file, std::uint64_t offset, std::uint64_t size) {
  const OpenFile in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!in.is_open()) {
    return fail(ErrorKind::kUnavailable, "archive_absent", file.string() + " cannot be opened");
  }
  std::string bytes(size, '\0');
  std::size_t got = 0;
  while (got < size) {
    const ssize_t read =
        ::pread(in.get(), bytes.data() + got, size - got, static_cast<off_t>(offset + got));
    if (read < 0 && errno == EINTR) continue;
    if (read <= 0) return archive_broken(file.filename().string(), "ends too early");
    got += static_cast<std::size_t>(read);
  }
  return bytes;
}

Error nothing_in(const fs::path& folder) {
  return {ErrorKind::kNotFound, "archive_absent", folder.string() + " holds no archive"};
}

// The error with what the caller wanted and what to do.
std::unexpected<Error> unreadable(Position position, const fs::path& folder, const Error& error) {
  const std::string where = "position " + std::to_string(position.value) +
                            " was dropped from the log and lies in its archive";
  if (folder.empty()) {
    return fail(
        ErrorKind::kUnavailable, "archive_absent",
        where + ", and it is not known where that is. Set [archive] folder in the settings");
  }
  if (error.kind == ErrorKind::kNotFound || error.kind == ErrorKind::kUnavailable) {
    return fail(ErrorKind::kUnavailable, "archive_absent",
                where + " " + folder.string() + ", which is not there (" + error.message +
                    "). Mount it or put it back, or set [archive] folder to where it is");
  }
  return fail(error.kind, error.code, where + " " + folder.string() + ": " + error.message);
}

}  // namespace

Result<std::shared_ptr<const ArchiveBlock>> ArchiveReader::block_with(Position position) {
  const std::scoped_lock lock(mutex_);
  auto found = find(position);
  if (found) return found;
  // What was remembered may be of a folder that is no longer there, or that was exchanged.
  segments_.clear();
  indexes_.clear();
  return unreadable(position, folder_, found.error());
}

std::optional<Error> ArchiveReader::absence(Position position) const {
  std::error_code error;
  if (fs::exists(folder_ / kArchiveManifestFile, error)) return std::nullopt;
  return unreadable(position, folder_, nothing_in(folder_)).error();
}

Result<ArchiveReader::Block> ArchiveReader::find(Position position) {
  for (auto it = recent_.begin(); it != recent_.end(); ++it) {
    if (!(*it)->holds(position)) continue;
    recent_.splice(recent_.begin(), recent_, it);
    return recent_.front();
  }
  const ArchiveSegment* segment = TRY(segment_with(position));
  auto block = TRY(load(*segment, position));
  TRY(check(*segment, *block));
  keep(block);
  return block;
}

Result<const ArchiveSegment*> ArchiveReader::segment_with(Position position) {
  if (folder_.empty()) return fail(ErrorKind::kNotFound, "archive_absent", "no folder is set");
  if (segments_.empty() || segments_.back().last < position)
    segments_ = TRY(list_segments(folder_));
  if (segments_.empty()) return fail(nothing_in(folder_));
  const auto after = std::ranges::upper_bound(segments_, position, {}, &ArchiveSegment::first);
  if (after == segments_.begin() || std::prev(after)->last < position) {
    return archive_broken("segment with position " + std::to_string(position.value), "is missing");
  }
  return &*std::prev(after);
}

// Blocks say their positions only when they are unpacked, so a segment is walked once, as far as it
// is asked for, and what was learned is kept.
Result<ArchiveReader::Block> ArchiveReader::load(const ArchiveSegment& segment, Position position) {
  auto [found, fresh] = indexes_.try_emplace(segment.first.value);
  Index& index = found->second;
  if (fresh) {
    const std::string header = segment_header(segment);
    if (TRY(read_piece(folder_ / segment.file.path, 0, header.size())) != header) {
      return archive_broken(segment.file.path, "does not begin as it should");
    }
    index.next = segment.first;
    index.offset = header.size();
  }
  std::uint64_t end = 0;
  if (position < index.next) {
    const auto after = std::ranges::upper_bound(index.blocks, position, {}, &BlockPlace::first);
    const BlockPlace& place = *std::prev(after);
    return unpack(segment, place.offset, place.first, end);
  }
  while (index.offset < segment.file.bytes) {
    const BlockPlace place{index.next, index.offset};
    auto block = TRY(unpack(segment, place.offset, place.first, end));
    index.offset = end;
    if (block->records.empty()) continue;  // commit rows alone
    index.blocks.push_back(place);
    index.next = {place.first.value + block->records.size()};
    if (block->holds(position)) return block;
  }
  return archive_broken(segment.file.path, "does not hold the position that it should");
}

Result<ArchiveReader::Block> ArchiveReader::unpack(const ArchiveSegment& segment,
                                                   std::uint64_t offset, Position first,
                                                   std::uint64_t& end) const {
  const fs::path file = folder_ / segment.file.path;
  const std::uint64_t size = get_u64(TRY(read_piece(file, offset, kLengthBytes)));
  if (size > segment.file.bytes)
    return archive_broken(segment.file.path, "has a block that is none");
  const std::string frame = TRY(read_piece(file, offset, kLengthBytes + size));
  end = offset + frame.size();
  std::string_view rest = frame;
  auto block = std::make_shared<ArchiveBlock>();
  block->first = first;
  block->content = TRY(next_block(rest, segment.file.path));
  TRY(each_entry_of(block->content, segment.file.path,
                    [&](SegmentEntry kind, std::string_view bytes) -> Result<void> {
                      if (kind == SegmentEntry::kRecord) block->records.push_back(bytes);
                      return {};
                    }));
  return block;
}

Result<void> ArchiveReader::check(const ArchiveSegment& segment, const ArchiveBlock& block) const {
  TreeReader tree(tables_);
  Position position = block.first;
  for (const auto record : block.records) {
    if (merkle::leaf_hash(record) != TRY(tree.leaf(position))) {
      return archive_broken(segment.file.path, "holds another record at position " +
                                                   std::to_string(position.value) +
                                                   " than the log's tree says");
    }
    position = position.next();
  }
  return {};
}

void ArchiveReader::keep(Block block) {
  recent_.push_front(std::move(block));
  if (recent_.size() > limits::kArchiveBlocks) recent_.pop_back();
}

}  // namespace dealog
