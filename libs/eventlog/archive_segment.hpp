// The bytes of one segment. Inside libs/eventlog only.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "libs/eventlog/archive.hpp"

namespace dealog {

enum class SegmentEntry : std::uint8_t { kRecord = 1, kCommit = 2 };
using EntryVisitor = std::function<Result<void>(SegmentEntry kind, std::string_view bytes)>;

std::string segment_header(const ArchiveSegment& segment);

// One zstd frame with a checksum, and its length before it.
std::string compressed_block(std::string_view content);
// The frame at the start of `bytes`, which is taken away from them.
// Errors: kInternal "archive_broken" for anything else.
Result<std::string> next_block(std::string_view& bytes, const std::string& where);

void put_entry(std::string& block, SegmentEntry kind, std::string_view bytes);

// Every entry of an unpacked block, in order. Errors: kInternal "archive_broken".
Result<void> each_entry_of(std::string_view content, const std::string& where,
                           const EntryVisitor& visit);
// Every entry of a segment's bytes, in order. Errors: kInternal "archive_broken".
Result<void> each_entry(std::string_view segment, const ArchiveSegment& expected,
                        const EntryVisitor& visit);

std::string to_json(const ArchiveSegment& segment);
Result<ArchiveSegment> parse_segment(std::string_view json, const std::string& where);

std::unexpected<Error> archive_broken(const std::string& where, const std::string& what);

}  // namespace dealog
