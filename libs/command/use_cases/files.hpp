// Files of deals: attached, found again, gone with whom they are about.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libs/command/unit.hpp"
#include "libs/command/use_cases/erasure.hpp"
#include "libs/domain/file/file.hpp"

namespace dealog::use_cases {

// Attaches a file that is durable already. Errors: those of file::decide; kNotFound
// "deal_not_found", "person_not_found".
Result<void> attach_file(Unit& unit, const file::AttachFile& command);

// The files of a mail whose touch has just been emitted on the deal; it is their cause. What no
// longer fits the deal is left out: the mail counts all the same. Says of each whether it was
// attached. Mails that arrive at the same moment may pass the limit of a deal by what they bring.
Result<std::vector<bool>> attach_arrived(Unit& unit, const DealId& deal, const TouchId& touch,
                                         const std::optional<PersonId>& person,
                                         std::vector<file::AttachFile> files);

struct KnownFile {
  FileId id;
  std::string name;  // "" when it was erased
  std::string media_type;
  std::uint64_t bytes = 0;
  StoredFile stored;
  DealId deal;
};
// Nothing when there is none. Errors: those of the log.
Result<std::optional<KnownFile>> find_file(const Folds& folds, const FileId& id);

struct Deletion {
  Timestamp at;
  Actor by;
  std::string reason;
};
// Of a file that somebody has deleted; nothing for one that is there, or went with its person.
Result<std::optional<Deletion>> find_deletion(const Folds& folds, const FileId& id);

// Whether the log names that file: FileStore::IsNamed.
Result<bool> is_named(const Folds& folds, std::string_view subject, std::string_view stored_name);

// Appends the deletion and then destroys the file's key, with which name and content go. Blocking;
// not on a thread of the bus. Deleting what somebody is deleting finishes it. When it fails after
// the append, `finish_deletions` completes it.
// Errors: those of file::decide; kNotFound "file_not_found", "file_erased".
Result<Outcome> delete_file(CommandBus& bus, const DestroyKey& destroy_key, CommandRequest request,
                            const FileId& id, std::string reason);

// At start: completes deletions that a crash interrupted, or whose keys a restore brought back.
Result<void> finish_deletions(CommandBus& bus, const DestroyKey& destroy_key);

// Destroys the keys of the files that `tag` names.
Result<void> erase_files(CommandBus& bus, const DestroyKey& destroy_key, const Tag& tag);

}  // namespace dealog::use_cases
