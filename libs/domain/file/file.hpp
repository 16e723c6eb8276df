// A file of a deal: what is decided before its event is appended. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "libs/base/id.hpp"
#include "libs/base/language.hpp"
#include "libs/base/result.hpp"
#include "libs/event/event.hpp"
#include "libs/files/sealed_file.hpp"

namespace dealog {

DEALOG_ID(FileId, "fil");

namespace limits {
inline constexpr std::size_t kFileNameBytes = 255;   // as in a file system
inline constexpr std::size_t kMediaTypeBytes = 127;  // RFC 6838, 4.2: 63 + 1 + 63
inline constexpr std::size_t kFilesOfDeal = 1000;    // all of them are shown with the deal
}  // namespace limits

namespace file {

struct AttachFile {
  FileId id;
  DealId deal;
  std::string name;        // as tidy_name() leaves it
  std::string media_type;  // as plain_media_type() leaves it
  std::uint64_t bytes = 0;
  StoredFile stored;
  std::optional<TouchId> touch = {};
  std::optional<PersonId> person = {};
};

// `others`: how many files the deal has. Errors: kInvalid "invalid_input" (/name); kConflict
// "too_many_files".
Result<NewEvent> decide(const AttachFile& command, std::size_t others,
                        Language language = Language::kEn);

struct DeleteFile {
  FileId id;
  std::string reason;
};
// Errors: kInvalid "invalid_input" (/reason).
Result<NewEvent> decide(const DeleteFile& command, Language language = Language::kEn);

// "recording" and "audio/mpeg" as "recording.mp3"; a name that has an ending keeps it, and so does
// one of a type that is none of the usual.
std::string with_ending(std::string name, std::string_view media_type);

// "audio/mpeg" of "a.mp3"; "application/octet-stream" where the ending tells nothing.
std::string media_type_of(std::string_view name);

// The last part of a path ("C:\scans\a.pdf"), without control characters and blanks at its ends;
// "" when nothing is left or it is no UTF-8.
std::string tidy_name(std::string_view name);

// "text/html; charset=x" as "text/html"; "application/octet-stream" for what is no media type.
std::string plain_media_type(std::string_view type);

// By these tags the files of a deal, or those that go with a person, are found.
Tag files_of(const DealId& deal);
Tag files_of(const PersonId& person);
// And every file there is.
inline constexpr std::string_view kAllFiles = "files";
// The event by which a file was deleted, and all such events.
Tag deletion_of(const FileId& file);
inline constexpr std::string_view kDeletions = "deleted files";

}  // namespace file
}  // namespace dealog
