#include "services/dealog/backup/backup_head.hpp"

#include <fmt/format.h>

#include "libs/eventlog/tree_reader.hpp"
#include "libs/keys/key_store.hpp"

namespace dealog {
namespace {

std::unexpected<Error> damaged(const std::string& what) {
  return fail(ErrorKind::kInternal, "backup_damaged", what + ". Use another backup");
}

}  // namespace

Result<std::string> newest_signed_head(const std::filesystem::path& data) {
  auto note = read_whole_file(data / "signed-head");
  if (!note && note.error().kind == ErrorKind::kNotFound) return std::string();
  return note;
}

std::optional<TreeHead> own_head_in(std::string_view note, const LogIdentity& identity,
                                    std::string_view public_key) {
  auto head = open_head(note, public_key);
  if (!head || head->log_id != identity.log_id || head->epoch != identity.epoch) {
    return std::nullopt;
  }
  return std::move(*head);
}

Result<std::optional<TreeHead>> signed_head_of(const BackupManifest& manifest,
                                               const std::filesystem::path& keys,
                                               const std::string& verifier_key) {
  std::optional<std::string> key;
  if (!verifier_key.empty()) {
    key = TRY(public_key_of(verifier_key));
  } else if (std::error_code error; std::filesystem::is_directory(keys, error)) {
    key = TRY(KeyStore::read_head_public_key(keys));
  }
  if (manifest.signed_head.empty()) {
    if (verifier_key.empty()) return std::nullopt;
    return damaged(fmt::format("backup {} has no signed head to check by the key", manifest.id));
  }
  if (!key) return std::nullopt;
  auto head = open_head(manifest.signed_head, *key);
  if (!head) {
    return damaged(
        fmt::format("the signed head of backup {}: {}", manifest.id, head.error().message));
  }
  if (head->log_id != manifest.log_id) {
    return damaged(fmt::format("the signed head of backup {} is another log's", manifest.id));
  }
  return std::move(*head);
}

Result<void> require_head(const LogTables& tables, Position end, const TreeHead& head) {
  if (head.position > end) {
    return damaged(fmt::format("the log ends at position {}, but its head was signed at {}",
                               end.value, head.position.value));
  }
  if (TRY(TreeReader(tables).root(head.position.value)) != head.root) {
    return damaged(
        fmt::format("position {} or one before it is not what it was when its head was "
                    "signed",
                    head.position.value));
  }
  return {};
}

}  // namespace dealog
