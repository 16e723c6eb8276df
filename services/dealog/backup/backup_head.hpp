// Signed heads and copies of the log: what a copy must hold, and by what a backup is told apart
// that somebody changed who could write its folder.
#pragma once

#include <optional>

#include "libs/eventlog/backup_manifest.hpp"
#include "libs/eventlog/log_identity.hpp"
#include "libs/eventlog/log_tables.hpp"
#include "libs/eventlog/signed_head.hpp"

namespace dealog {

// The note that the service of a data folder has signed last; "" when there is none.
Result<std::string> newest_signed_head(const std::filesystem::path& data);
// The head in it when it is of this life of the log; any other note says nothing about it.
std::optional<TreeHead> own_head_in(std::string_view note, const LogIdentity& identity,
                                    std::string_view public_key);

// The head that the backup's log must hold. `keys`: the folder of keys that came with the backup;
// `verifier_key`: the key as GET /v1/log/head gave it, or "" to take the one among `keys`. Nothing
// where the service signed no head or there is no key to check it by.
// Errors: kInvalid "key_unreadable"; kInternal "backup_damaged" when the head is not signed by the
// key, is another log's, or is missing although a key was given.
Result<std::optional<TreeHead>> signed_head_of(const BackupManifest& manifest,
                                               const std::filesystem::path& keys,
                                               const std::string& verifier_key);

// Errors: kInternal "backup_damaged" when the log is not the continuation of that head; those of
// TreeReader.
Result<void> require_head(const LogTables& tables, Position end, const TreeHead& head);

}  // namespace dealog
