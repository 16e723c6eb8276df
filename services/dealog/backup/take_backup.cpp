#include "services/dealog/backup/take_backup.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include <fmt/format.h>

#include "libs/eventlog/log_identity.hpp"
#include "libs/eventlog/restore_log.hpp"
#include "libs/files/file_folder.hpp"
#include "libs/keys/erasure_ledger.hpp"
#include "libs/keys/key_store.hpp"
#include "libs/keys/keys_folder.hpp"
#include "services/dealog/backup/backup_head.hpp"
#include "services/dealog/backup/data_copy.hpp"
#include "services/dealog/data_folder.hpp"
#include "services/dealog/files/check_files.hpp"
#include "services/dealog/files/copy_files.hpp"
#include "services/dealog/keys_check.hpp"

namespace dealog {
namespace {

namespace fs = std::filesystem;

std::uint64_t bytes_of(const std::vector<BackedUpFile>& files) {
  std::uint64_t sum = 0;
  for (const auto& file : files) sum += file.bytes;
  return sum;
}

// What the log says about itself once it has been verified.
Result<BackupManifest> describe(const fs::path& log, const VerifyReport& report) {
  const auto tables = TRY(LogTables::open({.folder = log, .read_only = true}));
  BackupManifest manifest{
      .log_id = report.log_id, .epoch = report.epoch, .head = report.head, .root = report.root};
  const auto last = tables.db().scan(tables.commits, {}, storage::ScanOrder::kBackward);
  TRY(last.status());
  if (last.valid()) manifest.head_recorded = TRY(parse_commit(last.key(), last.value())).recorded;
  return manifest;
}

Result<std::optional<TreeHead>> own_head_of(const fs::path& draft, const std::string& note) {
  const auto tables = TRY(LogTables::open({.folder = draft / "log", .read_only = true}));
  const auto identity = TRY(load_log_identity(tables, {}));
  const std::string key = TRY(KeyStore::read_head_public_key(draft / "keys"));
  return own_head_in(note, identity, key);
}

Result<void> require_same_log(const BackupRepository& repository, const BackupManifest& manifest) {
  for (const auto& earlier : TRY(repository.list())) {
    if (earlier.log_id == manifest.log_id) continue;
    return fail(ErrorKind::kConflict, "other_log",
                fmt::format("{} holds backups of another log; give this one a folder of its own",
                            repository.folder().string()));
  }
  return {};
}

// Whatever this backup or the data folder knows to be erased is known beside the backups from here
// on, so that an older backup cannot bring it back.
Result<void> note_erasures(const BackupOptions& options, const BackupRepository& repository,
                           const fs::path& draft) {
  const auto erased = TRY(erased_keys(draft / "keys"));
  const auto tables = TRY(LogTables::open({.folder = draft / "log", .read_only = true}));
  auto subjects = TRY(subjects_of(tables, {erased.begin(), erased.end()}));
  const auto own = TRY(ErasureLedger::open(options.data / "erasures"));
  subjects.insert(subjects.end(), own.subjects().begin(), own.subjects().end());
  auto ledger = TRY(ErasureLedger::open(repository.erasures_file()));
  return ledger.add(subjects);
}

// Attachments and uploads, after the log that names them.
Result<void> add_files(const BackupOptions& options, const BackupRepository& repository,
                       const fs::path& draft, BackupDone& done) {
  EarlierFiles earlier;
  earlier.files = TRY(repository.newest_files(&earlier.folder));
  auto copied = TRY(copy_files(options.data / kFilesFolder, draft / kFilesFolder, earlier));
  std::ranges::move(copied.damaged, std::back_inserter(done.damaged));
  done.copied_bytes += copied.copied_bytes;
  done.total_bytes += bytes_of(copied.files);
  done.manifest.files = std::move(copied.files);
  return {};
}

// Of a log that was verified: the files that it names and the backup lacks.
Result<std::vector<VerifyProblem>> missing_files(const BackupOptions& options,
                                                 const fs::path& draft) {
  // Whoever was erased since the copy of the keys was made is known here.
  const auto ledger = TRY(ErasureLedger::open(options.data / "erasures"));
  auto report = TRY(check_files(draft, ledger.subjects()));
  return std::move(report.problems);
}

// What was dropped from the log is in no backup of it.
Result<void> note_dropped(const fs::path& draft, BackupDone& done) {
  const auto tables = TRY(LogTables::open({.folder = draft / "log", .read_only = true}));
  const auto identity = TRY(load_log_identity(tables, {}));
  done.dropped = identity.dropped;
  done.archive = identity.archive;
  return {};
}

// Keys go from older backups as new ones come, and whole backups where only so many are kept: but
// not when this one lacks a key that one of them may have.
Result<void> remove_older(const BackupOptions& options, BackupRepository& repository,
                          bool has_every_key, BackupDone& done) {
  if (!has_every_key) return {};
  done.keys_kept = TRY(repository.remove_old_keys(holds_every_key));
  if (options.keep && done.keys_kept.empty()) {
    done.removed = TRY(repository.remove_old(std::max<std::size_t>(*options.keep, 1)));
  }
  return {};
}

}  // namespace

Result<BackupDone> take_backup(const BackupOptions& options) {
  const auto step = [&](std::string_view what) {
    if (options.on_step) options.on_step(what);
  };
  std::error_code error;
  if (!fs::is_directory(options.data, error)) {
    return fail(ErrorKind::kNotFound, "data_folder_absent",
                options.data.string() + " is no folder. Check the path");
  }
  TRY(require_no_backup(options.data));
  TRY(require_nothing_lost(options.data));
  auto repository = TRY(BackupRepository::open(options.repository, BackupRepository::Use::kWrite));
  auto draft = TRY(repository.begin(options.clock->now()));
  const auto known = TRY(repository.known_files());
  BackupDone done;
  std::vector<BackedUpFile> keys;
  std::vector<BackedUpFile> to_read_back;
  // Before the copy, so that the copy holds all that it speaks of.
  const std::string note = TRY(newest_signed_head(options.data));
  {
    const auto data = TRY(DataCopy::make(options.data));
    done.online = data.online();
    step("copying");
    auto log = TRY(copy_folder(data.log(), draft.folder() / "log", known));
    auto keys_copy = TRY(copy_folder(data.keys(), draft.folder() / "keys", {}));
    done.copied_bytes = log.copied_bytes + keys_copy.copied_bytes;
    done.total_bytes = bytes_of(log.files) + bytes_of(keys_copy.files);
    done.manifest.log = std::move(log.files);
    to_read_back = std::move(log.copied);
    done.damaged = std::move(log.damaged);
    keys = std::move(keys_copy.files);
  }
  TRY(add_files(options, repository, draft.folder(), done));
  step("reading it back");
  TRY(check_folder(draft.folder() / "log", to_read_back));
  TRY(check_folder(draft.folder() / "keys", keys));
  step("verifying the log");
  const auto own_head = TRY(own_head_of(draft.folder(), note));
  const auto report = TRY(verify_log(
      {.folder = draft.folder() / "log", .own_head = own_head, .needs_watermark = false}));
  if (!report.is_sound()) {
    return fail(ErrorKind::kInternal, "log_broken",
                "the log is not sound, so this is no backup: " + report.first->what +
                    ". Keep the earlier backups, stop the service and run `dealog verify`");
  }
  done.problems = TRY(check_keys(draft.folder())).problems;
  const bool has_every_key = done.problems.empty();
  std::ranges::move(TRY(missing_files(options, draft.folder())), std::back_inserter(done.problems));
  TRY(note_dropped(draft.folder(), done));
  auto manifest = TRY(describe(draft.folder() / "log", report));
  manifest.log = std::move(done.manifest.log);
  manifest.files = std::move(done.manifest.files);
  if (own_head) manifest.signed_head = note;
  manifest.created = options.clock->now();
  manifest.id = draft.id();
  TRY(require_same_log(repository, manifest));
  TRY(note_erasures(options, repository, draft.folder()));
  TRY(repository.finish(draft, manifest, keys));
  TRY(remove_older(options, repository, has_every_key, done));
  done.manifest = std::move(manifest);
  return done;
}

}  // namespace dealog
