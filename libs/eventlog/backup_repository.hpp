// A folder of backups, each a folder in which a log and its keys lie as in a data folder, so that
// `dealog verify` can look at any of them. FORMAT.md describes the layout.
//
//   DIR/LOCK  DIR/erasures  DIR/<id>/{manifest.json, log/, files/, keys.json, keys/}
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "libs/eventlog/backup_manifest.hpp"
#include "libs/eventlog/verify.hpp"

namespace dealog {

namespace limits {
// Backups of an epoch that keep their copy of the keys. A later copy holds every key that an
// earlier one holds, but for those that were erased; so an erasure has left the backups after this
// many.
inline constexpr std::size_t kKeyCopies = 2;
}  // namespace limits

// One backup that is being written. Removed again unless it was finished. Thread: one.
class BackupDraft {
 public:
  BackupDraft(BackupDraft&& other) noexcept;
  BackupDraft& operator=(BackupDraft&&) = delete;
  ~BackupDraft();

  const std::filesystem::path& folder() const { return folder_; }
  const std::string& id() const { return id_; }

 private:
  friend class BackupRepository;
  BackupDraft(std::filesystem::path folder, std::string id)
      : folder_(std::move(folder)), id_(std::move(id)) {}
  std::filesystem::path folder_;  // <id>.partial; empty when it is in its place
  std::string id_;
};

// Thread: one.
class BackupRepository {
 public:
  enum class Use { kRead, kWrite };
  // kWrite makes the folder when it is absent, takes its lock and removes what an interrupted
  // backup left. Errors: kNotFound "backups_absent"; kConflict "backup_running"; kInternal
  // "backup_failed".
  static Result<BackupRepository> open(const std::filesystem::path& folder, Use use);
  BackupRepository(BackupRepository&& other) noexcept;
  BackupRepository& operator=(BackupRepository&&) = delete;
  ~BackupRepository();

  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path folder_of(const std::string& id) const { return folder_ / id; }
  std::filesystem::path erasures_file() const { return folder_ / "erasures"; }

  // Every finished backup, oldest first. Errors: kInternal "manifest_broken" and its kin.
  Result<std::vector<BackupManifest>> list() const;
  // Whether the backup still has its keys.
  bool has_keys(const std::string& id) const;
  Result<std::vector<BackedUpFile>> keys_of(const std::string& id) const;

  // For a backup that is made now. Its id is the time, which must be later than that of every
  // other.
  Result<BackupDraft> begin(Timestamp now);
  // Table files of the log of the newest backup, by hash. Damaged files do no harm: what would be
  // linked is read before.
  Result<KnownFiles> known_files() const;
  // Attachments and uploads of the newest backup, and the folder in which they lie.
  Result<std::vector<BackedUpFile>> newest_files(std::filesystem::path* folder) const;
  // Writes the manifests (which must bear the draft's id), syncs and gives the folder its name:
  // from here on the backup is there.
  Result<void> finish(BackupDraft& draft, const BackupManifest& manifest,
                      const std::vector<BackedUpFile>& keys);

  // Checks every file of a backup and its log by verify_log, and both against the manifest. `head`:
  // a head whose signature was found to be this log's, which must hold.
  // Errors: kInternal "backup_damaged" with the first problem.
  Result<VerifyReport> check(const BackupManifest& manifest,
                             const std::optional<TreeHead>& head = {},
                             const BytesRead& on_bytes = {}) const;

  // Removes the keys of all but the newest kKeyCopies backups of each epoch: of those whose every
  // key the newest copy of that epoch holds, as `holds` tells of two folders of keys. Returns the
  // backups whose keys stay because it does not.
  using HoldsEveryKey = std::function<Result<bool>(const std::filesystem::path& newer,
                                                   const std::filesystem::path& older)>;
  Result<std::vector<std::string>> remove_old_keys(const HoldsEveryKey& holds);
  // Removes all but the newest `keep` backups; returns how many went. A backup whose keys are the
  // only ones of its epoch goes like any other.
  Result<std::size_t> remove_old(std::size_t keep);

 private:
  BackupRepository(std::filesystem::path folder, int lock)
      : folder_(std::move(folder)), lock_(lock) {}

  std::filesystem::path folder_;
  int lock_;  // descriptor of the locked file; -1 when reading
};

}  // namespace dealog
