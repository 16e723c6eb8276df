// A folder of sealed files as it lies on the disk, whether a FileStore has it open or not.
//
//   files/<name>            the log names it
//   files/arriving/<name>   durable; the log is about to name it, or names it already
//   files/arriving/*.part   being written
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/result.hpp"
#include "libs/files/sealed_file.hpp"

namespace dealog {

inline constexpr const char* kFilesFolder = "files";  // in a data folder and in a backup
inline constexpr const char* kArrivingFolder = "arriving";

// Errors of all of these: kUnavailable "files_unusable" naming the file and what the system said,
// with "storage_full" as its code when there is no space.

// Every file in either place, in the order of their names. An absent folder has none.
Result<std::vector<std::string>> stored_names(const std::filesystem::path& folder);

// Where a file lies now; "" when it is in neither place. `name` must be a stored name.
std::filesystem::path find_stored(const std::filesystem::path& folder, std::string_view name);

enum class FileHealth { kSound, kMissing, kDamaged };
// Reads the whole file and compares it with what the log says; needs no key.
Result<FileHealth> inspect_stored(const std::filesystem::path& folder, const StoredFile& stored);

// Durable under its name when this returns, or not there: written beside under `temporary`, synced,
// renamed, and the folder synced.
Result<void> write_durably(const std::filesystem::path& folder, const std::string& temporary,
                           const std::string& name, std::string_view bytes);
// Removes it from both places and makes that durable. One that is not there is no error.
Result<void> remove_stored(const std::filesystem::path& folder, std::string_view name);

// All bytes of a file, which may have at most `max_bytes`. Errors: kNotFound "file_missing".
Result<std::string> read_stored(const std::filesystem::path& file, std::size_t max_bytes);

}  // namespace dealog
