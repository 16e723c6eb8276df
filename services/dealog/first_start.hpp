// What an empty data folder is given: a regulation, an owner, a token.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "services/dealog/core.hpp"

namespace dealog {

struct PublishedFile {
  std::string pipeline;
  std::uint64_t version = 0;
  bool published = false;  // else the same file was in force already
};
enum class Publish {
  kAlways,           // unless the same file is in force already
  kWhenThereIsNone,  // what was published over the API since stays in force
};
// Errors: kInvalid "regulation_unsound" with every issue as `fields`; "file_unreadable".
Result<PublishedFile> publish_regulation_file(Core& core, const std::filesystem::path& file,
                                              Publish when = Publish::kAlways);

// Whether the file can be published, as far as itself tells. Errors: as above.
Result<void> check_regulation_file(const std::filesystem::path& file);

// The same of a text; `name` is what its mistakes are told of.
Result<PublishedFile> publish_regulation_text(Core& core, const std::string& name,
                                              const std::string& yaml,
                                              Publish when = Publish::kAlways);

// Registers the owner with every right and writes the token to `owner-token` (mode 0600) in the
// data folder, when the company has no user yet. Returns that file's path when it did.
Result<std::optional<std::filesystem::path>> ensure_owner(Core& core,
                                                          const std::filesystem::path& data,
                                                          const std::string& time_zone);

// Reads a whole text file. Errors: kInvalid "file_unreadable".
Result<std::string> read_text_file(const std::filesystem::path& file);

}  // namespace dealog
