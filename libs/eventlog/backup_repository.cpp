#include "libs/eventlog/backup_repository.hpp"

#include <algorithm>
#include <cerrno>
#include <map>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "libs/base/assert.hpp"

namespace dealog {
namespace {

namespace fs = std::filesystem;

constexpr const char* kManifest = "manifest.json";
constexpr const char* kKeysManifest = "keys.json";
constexpr std::string_view kPartial = ".partial";

std::unexpected<Error> failed(const std::string& doing, const std::error_code& error) {
  return fail(ErrorKind::kInternal, "backup_failed", doing + ": " + error.message());
}

std::unexpected<Error> damaged(const fs::path& folder, const std::string& what) {
  return fail(ErrorKind::kInternal, "backup_damaged",
              "the backup " + folder.string() + " " + what + ". Use another one");
}

// "20261122T010203.123456Z": sorts by time and is a plain name on every file system.
std::string id_at(Timestamp now) {
  std::string id = now.rfc3339();
  std::erase_if(id, [](char c) { return c == '-' || c == ':'; });
  return id;
}

Result<void> remove_folder(const fs::path& folder) {
  std::error_code error;
  fs::remove_all(folder, error);
  if (error) return failed("removing " + folder.string(), error);
  return {};
}

}  // namespace

BackupDraft::BackupDraft(BackupDraft&& other) noexcept
    : folder_(std::exchange(other.folder_, {})), id_(std::move(other.id_)) {}

BackupDraft::~BackupDraft() {
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

BackupRepository::BackupRepository(BackupRepository&& other) noexcept
    : folder_(std::move(other.folder_)), lock_(std::exchange(other.lock_, -1)) {}

BackupRepository::~BackupRepository() {
  if (lock_ >= 0) ::close(lock_);
}

Result<BackupRepository> BackupRepository::open(const fs::path& folder, Use use) {
  std::error_code error;
  if (use == Use::kRead) {
    if (fs::is_directory(folder, error)) return BackupRepository(folder, -1);
    return fail(ErrorKind::kNotFound, "backups_absent",
                folder.string() + " is no folder of backups. Check the path");
  }
  const bool made = fs::create_directories(folder, error);
  if (error) return failed("creating " + folder.string(), error);
  // Keys and personal data: nobody else on the machine needs to look.
  if (made) fs::permissions(folder, fs::perms::owner_all, error);
  const fs::path file = folder / "LOCK";
  const int lock = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) return failed("opening " + file.string(), {errno, std::generic_category()});
  BackupRepository repository(folder, lock);
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    return fail(ErrorKind::kConflict, "backup_running",
                "another backup is being written to " + folder.string() + "; wait for its end");
  }
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() == kPartial) TRY(remove_folder(it->path()));
  }
  return repository;
}

Result<std::vector<BackupManifest>> BackupRepository::list() const {
  std::vector<BackupManifest> all;
  std::error_code error;
  for (fs::directory_iterator it(folder_, error), end; !error && it != end; it.increment(error)) {
    const fs::path file = it->path() / kManifest;
    std::error_code ignored;
    if (it->path().extension() == kPartial || !fs::exists(file, ignored)) continue;
    const std::string text = TRY(read_whole_file(file));
    all.push_back(TRY(parse_manifest(text, file.string())));
    if (all.back().id != it->path().filename()) {
      return damaged(it->path(), "has the manifest of " + all.back().id);
    }
  }
  if (error) return failed("reading " + folder_.string(), error);
  std::ranges::sort(all, {}, &BackupManifest::id);
  return all;
}

bool BackupRepository::has_keys(const std::string& id) const {
  std::error_code ignored;
  return fs::exists(folder_of(id) / kKeysManifest, ignored);
}

Result<std::vector<BackedUpFile>> BackupRepository::keys_of(const std::string& id) const {
  const fs::path file = folder_of(id) / kKeysManifest;
  const std::string text = TRY(read_whole_file(file));
  return parse_files(text, file.string());
}

Result<BackupDraft> BackupRepository::begin(Timestamp now) {
  const std::string id = id_at(now);
  const auto earlier = TRY(list());
  if (!earlier.empty() && earlier.back().id >= id) {
    return fail(ErrorKind::kConflict, "clock_went_back",
                "the newest backup in " + folder_.string() + " is " + earlier.back().id +
                    " and now it is " + id + ". Set the clock of this machine right");
  }
  const fs::path folder = folder_ / (id + std::string(kPartial));
  std::error_code error;
  fs::create_directory(folder, error);
  if (error) return failed("creating " + folder.string(), error);
  fs::permissions(folder, fs::perms::owner_all, error);
  return BackupDraft(folder, id);
}

Result<KnownFiles> BackupRepository::known_files() const {
  KnownFiles known;
  const auto all = TRY(list());
  if (all.empty()) return known;
  for (const auto& file : all.back().log) {
    known[file.sha256] = folder_of(all.back().id) / "log" / file.path;
  }
  return known;
}

Result<std::vector<BackedUpFile>> BackupRepository::newest_files(fs::path* folder) const {
  const auto all = TRY(list());
  if (all.empty()) return std::vector<BackedUpFile>{};
  *folder = folder_of(all.back().id) / "files";
  return all.back().files;
}

Result<void> BackupRepository::finish(BackupDraft& draft, const BackupManifest& manifest,
                                      const std::vector<BackedUpFile>& keys) {
  DEALOG_ASSERT(manifest.id == draft.id_);
  TRY(write_whole_file(draft.folder_ / kKeysManifest, files_to_json(keys)));
  TRY(write_whole_file(draft.folder_ / kManifest, to_json(manifest)));
  std::error_code error;
  fs::rename(draft.folder_, folder_of(draft.id_), error);
  if (error) return failed("renaming " + draft.folder_.string(), error);
  draft.folder_.clear();
  return sync_names(folder_);
}

Result<VerifyReport> BackupRepository::check(const BackupManifest& manifest,
                                             const std::optional<TreeHead>& head,
                                             const BytesRead& on_bytes) const {
  const fs::path folder = folder_of(manifest.id);
  TRY(check_folder(folder / "log", manifest.log, on_bytes));
  TRY(check_folder(folder / "files", manifest.files, on_bytes));
  if (has_keys(manifest.id)) {
    const auto keys = TRY(keys_of(manifest.id));
    TRY(check_folder(folder / "keys", keys, on_bytes));
  }
  VerifyOptions verify{.folder = folder / "log", .needs_watermark = false};
  if (head) verify.heads.push_back(*head);
  auto report = TRY(verify_log(verify));
  if (!report.is_sound()) return damaged(folder, "is not sound: " + report.first->what);
  if (report.head != manifest.head || report.root != manifest.root ||
      report.log_id != manifest.log_id) {
    return damaged(folder, "holds another log than its manifest says");
  }
  return report;
}

Result<std::vector<std::string>> BackupRepository::remove_old_keys(const HoldsEveryKey& holds) {
  auto all = TRY(list());
  std::ranges::reverse(all);
  std::map<std::string, std::vector<fs::path>> copies;  // by epoch, the newest first
  std::vector<std::string> kept;
  for (const auto& manifest : all) {
    if (!has_keys(manifest.id)) continue;
    const fs::path keys = folder_of(manifest.id) / "keys";
    auto& newer = copies[manifest.epoch];
    newer.push_back(keys);
    if (newer.size() <= limits::kKeyCopies) continue;
    const auto held = holds(newer.front(), keys);
    if (!held || !*held) {  // one that cannot be read may be mended some day
      kept.push_back(manifest.id);
      continue;
    }
    // The list first: with it gone the backup has no keys, whatever is left of the files.
    std::error_code error;
    fs::remove(folder_of(manifest.id) / kKeysManifest, error);
    if (error) return failed("removing the keys of " + manifest.id, error);
    TRY(remove_folder(keys));
  }
  return kept;
}

Result<std::size_t> BackupRepository::remove_old(std::size_t keep) {
  const auto all = TRY(list());
  const std::size_t too_many = all.size() > keep ? all.size() - keep : 0;
  for (std::size_t i = 0; i < too_many; ++i) {
    // Under another name first, so that half a backup is never taken for a whole one.
    const fs::path folder = folder_of(all[i].id);
    const fs::path going = folder.string() + std::string(kPartial);
    std::error_code error;
    fs::rename(folder, going, error);
    if (error) return failed("renaming " + folder.string(), error);
    TRY(remove_folder(going));
  }
  return too_many;
}

}  // namespace dealog
