// Copies of folders of files that are checked by what is in them: the bytes of a backup.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "libs/base/result.hpp"

namespace dealog {

struct BackedUpFile {
  std::string path;  // below its folder
  std::uint64_t bytes = 0;
  std::string sha256;  // 32 bytes

  bool operator==(const BackedUpFile&) const = default;
};

// Files of an earlier backup by their hash, to be linked instead of copied.
using KnownFiles = std::map<std::string, std::filesystem::path>;
// Called with the bytes that were read since the last call. May be empty.
using BytesRead = std::function<void(std::uint64_t bytes)>;

struct CopiedFolder {
  std::vector<BackedUpFile> files;  // in the order of their paths
  std::uint64_t copied_bytes = 0;   // of files that were not linked
  // Those that were not linked: they have to be read back. What was linked was read meanwhile.
  std::vector<BackedUpFile> copied;
  // Files of the earlier backup that no longer hold what it says, and were copied anew.
  std::vector<std::filesystem::path> damaged;
};

// Copies the files that lie directly in `source` into `target`, which is made, and syncs them. A
// table file (.sst: never written to again) whose hash `known` holds is linked from there when that
// file, read again, still has this hash; else, and where links are impossible, it is copied.
// Errors: kInternal "backup_failed" naming the file and what the system said.
Result<CopiedFolder> copy_folder(const std::filesystem::path& source,
                                 const std::filesystem::path& target, const KnownFiles& known,
                                 const BytesRead& on_bytes = {});

// Copies one file and syncs it; its name is the target's. Errors: as of copy_folder.
Result<BackedUpFile> copy_one_file(const std::filesystem::path& source,
                                   const std::filesystem::path& target,
                                   const BytesRead& on_bytes = {});

// Reads every file again, past the system's cache where that is possible.
// Errors: kInternal "backup_damaged" naming the first file that is missing, is longer or shorter,
// or has other bytes.
Result<void> check_folder(const std::filesystem::path& folder,
                          const std::vector<BackedUpFile>& files, const BytesRead& on_bytes = {});

// Writes a small file beside its place, syncs it and renames it: whole or not there.
Result<void> write_whole_file(const std::filesystem::path& file, std::string_view bytes);
// Errors: kNotFound "file_absent"; kInternal "backup_failed".
Result<std::string> read_whole_file(const std::filesystem::path& file);
// Makes the names in a folder durable.
Result<void> sync_names(const std::filesystem::path& folder);

}  // namespace dealog
