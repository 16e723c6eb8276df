// The bytes of one sealed file, and its name. FORMAT.md has the grammar.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "libs/base/result.hpp"
#include "libs/event/key_ring.hpp"

namespace dealog {

namespace limits {
// Of one file, before it is sealed: as large as the largest mail (40 MB). It is held in memory
// while it is sealed and while it is opened.
inline constexpr std::size_t kFileBytes = 40 << 20;
inline constexpr std::size_t kFileSubjectBytes = 64;  // as a stream's name
}  // namespace limits

// What the log says about a file, so that it is found, checked and opened again.
struct StoredFile {
  std::string name;           // in the folder: 64 hex digits
  std::string sealed_sha256;  // hex, of the bytes in the folder
  KeyId key = 0;

  bool operator==(const StoredFile&) const = default;
};

struct SealedFile {
  StoredFile stored;
  std::string bytes;  // as they lie in the folder
};

// The same content under the same key gives the same name and the same bytes, so that writing it
// twice is writing it once. The name is a hash under a key derived from `key`: who has not got the
// key cannot even ask whether a content that he guesses is the one. `subject`: whose key it is.
// Thread: any.
SealedFile seal_file(std::string_view subject, const SealKey& key, std::string_view content);

// Errors: kInternal "file_broken" for bytes that are no sealed file, or that were changed, or that
// do not belong to this subject.
Result<std::string> open_file(std::string_view subject, std::string_view key,
                              std::string_view sealed);

// Whose file it is, as its header says; nothing proves that without the key.
struct SealedFileHeader {
  std::string subject;
  KeyId key = 0;
};
// Errors: kInternal "file_broken".
Result<SealedFileHeader> header_of_sealed(std::string_view sealed);
// As many bytes from the start are enough for header_of_sealed.
inline constexpr std::size_t kSealedHeaderBytes = 4 + 1 + 8 + 1 + limits::kFileSubjectBytes;

// 64 of [0-9a-f]: nothing else is ever looked for in the folder, so no path leads out of it.
bool is_stored_name(std::string_view name);

}  // namespace dealog
