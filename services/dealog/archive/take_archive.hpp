// Writing the log of a data folder into an archive, whether a service has it open or not.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "libs/base/clock.hpp"
#include "libs/eventlog/archive.hpp"

namespace dealog {

struct TakeArchiveOptions {
  std::filesystem::path data;
  std::filesystem::path archive;
  std::string until;  // a position or an RFC 3339 time; empty: all there is
  std::uint64_t segment_events = limits::kSegmentEvents;
  // What is being done, and how far it is. May be empty.
  std::function<void(std::string_view step)> on_step = {};
  std::function<void(Position done)> on_progress = {};
  // A segment whose file was gone or cut was written anew. May be empty.
  std::function<void(const ArchiveSegment& segment)> on_mended = {};
};

struct ArchiveDone {
  ArchiveManifest manifest;  // of the whole archive
  std::size_t segments = 0;  // that are new
  std::uint64_t events = 0;  // in them
  std::uint64_t bytes = 0;
  bool online = false;  // through the service
};

// From a copy made of links, so that the service goes on. The newest head that the service signed
// must still hold; the archive's end is signed with the log's key.
// Errors: kNotFound "data_folder_absent"; kInvalid "invalid_position", "nothing_to_archive"; those
// of archive_log.
Result<ArchiveDone> take_archive(const TakeArchiveOptions& options);

}  // namespace dealog
