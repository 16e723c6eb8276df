// What a backup says about itself: manifest.json, and keys.json beside it. FORMAT.md has the keys.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libs/base/timestamp.hpp"
#include "libs/event/position.hpp"
#include "libs/eventlog/backup_files.hpp"
#include "libs/eventlog/merkle.hpp"

namespace dealog {

struct BackupManifest {
  std::string id;  // the name of its folder; ids sort by time
  Timestamp created;
  std::string log_id;  // 16 bytes
  std::string epoch;   // of the log: another one after each restore
  Position head;
  Timestamp head_recorded;
  merkle::Hash root{};      // of the tree over positions 1 … head
  std::string signed_head;  // of the same head, where the service signs heads; else ""
  std::vector<BackedUpFile> log;
  std::vector<BackedUpFile> files;  // sealed attachments and uploads; none in older backups
};

std::string to_json(const BackupManifest& manifest);
// Errors: kInternal "manifest_broken" naming the key that is missing or wrong.
Result<BackupManifest> parse_manifest(std::string_view json, std::string_view file_name);

// The files of the keys, apart from the manifest: they go before the rest of a backup does.
std::string files_to_json(const std::vector<BackedUpFile>& files);
Result<std::vector<BackedUpFile>> parse_files(std::string_view json, std::string_view file_name);

}  // namespace dealog
