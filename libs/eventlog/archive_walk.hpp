// Reading an archive with every check. Inside libs/eventlog only.
#pragma once

#include "libs/base/crypto.hpp"
#include "libs/eventlog/append_checks.hpp"
#include "libs/eventlog/archive.hpp"

namespace dealog {

inline constexpr const char* kPersonalTagsFile = "personal_tags";

// A commit with its records, checked; the views live during the call.
struct ArchivedCommit {
  std::string_view row;
  CommitEntry entry;
  const std::vector<std::string>& records;
};
using CommitVisitor = std::function<Result<void>(const ArchivedCommit&)>;

// Reads a segment's file: its hash, its positions, each record against its leaf, each commit's
// frontier. `frontier` is that before the segment and becomes that behind it. `visit` may be empty.
// Errors: kInternal "archive_broken", "backup_damaged".
Result<void> walk_segment(const std::filesystem::path& archive, const ArchiveSegment& segment,
                          merkle::Frontier& frontier, const CommitVisitor& visit);

// Keys of personal_tags, one behind the other.
Result<std::string> read_personal_tags(const std::filesystem::path& archive);

}  // namespace dealog
