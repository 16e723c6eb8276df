// Making a data folder out of an archive.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "libs/base/clock.hpp"
#include "libs/eventlog/archive.hpp"

namespace dealog {

struct DataOfArchiveOptions {
  std::filesystem::path archive;
  std::filesystem::path target;  // absent or empty
  // Whose folder `keys` and list of erasures are copied: a data folder or a backup. Empty: the log
  // alone is made, and what is sealed cannot be read until keys lie beside it.
  std::filesystem::path keys_of = {};
  // A position or an RFC 3339 time: nothing that comes later. Empty: all of the archive.
  std::string until = {};
  const Clock* clock = nullptr;  // never null
  std::function<void(std::string_view step)> on_step = {};
};

struct DataOfArchiveDone {
  Position head;
  std::string epoch;         // a new one: two lives of one log are told apart
  std::size_t erased = 0;    // subjects of whom the archive would have brought rows back
  bool views_built = false;  // with keys
};

// Imports every segment, begins a new epoch, checks the archive's signed head, and with keys erases
// what was erased since and builds the views. The folder appears when all of that has succeeded.
// What is not archived is not there: raw bodies, and what the log had after the archive's end.
// Errors: kConflict "data_folder_not_empty", "other_log" when the archive's head is not signed
// under the keys that were given; kInvalid "invalid_position", "position_out_of_range"; kNotFound
// "archive_absent", "keys_absent"; kInternal "archive_broken"; those of the disk.
Result<DataOfArchiveDone> make_data_of_archive(const DataOfArchiveOptions& options);

}  // namespace dealog
