#include "services/dealog/backup/restore.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "libs/base/text.hpp"
#include "libs/eventlog/log_end_mark.hpp"
#include "libs/eventlog/restore_log.hpp"
#include "libs/keys/erasure_ledger.hpp"
#include "libs/keys/key_store.hpp"
#include "services/dealog/backup/backup_head.hpp"
#include "services/dealog/core.hpp"
#include "services/dealog/files/check_files.hpp"
#include "services/dealog/scratch_folder.hpp"

namespace dealog {
namespace {

namespace fs = std::filesystem;
using Subjects = std::set<std::string, std::less<>>;

class Restoring {
 public:
  Restoring(const RestoreOptions& options, BackupRepository repository)
      : options_(options), repository_(std::move(repository)) {}

  Result<RestoreDone> run();

 private:
  void step(std::string_view what) const {
    if (options_.on_step) options_.on_step(what);
  }
  Result<void> choose_backup();
  Result<std::string> backup_with_keys() const;
  Result<void> copy(const fs::path& target);
  Result<void> copy_checked(const fs::path& source, const std::vector<BackedUpFile>& files,
                            const fs::path& target) const;
  Result<Position> wanted_position(const LogTables& tables) const;
  Result<Subjects> erased_subjects() const;
  Result<void> shape_log(const fs::path& target);
  Result<void> erase(const fs::path& target, const LogTables& tables);
  Result<void> make_ready(const fs::path& target);

  const RestoreOptions& options_;
  const BackupRepository repository_;
  std::vector<BackupManifest> all_;
  RestoreDone done_;
};

Result<RestoreDone> Restoring::run() {
  TRY(choose_backup());
  auto folder = TRY(ScratchFolder::open(options_.target));
  step("copying");
  TRY(copy(folder.path()));
  TRY(shape_log(folder.path()));
  done_.epoch = TRY(begin_restored_log(folder.path() / "log")).epoch;
  step("building the views");
  TRY(make_ready(folder.path()));
  step("verifying the log");
  const auto report = TRY(verify_log({.folder = folder.path() / "log"}));
  if (!report.is_sound()) {
    return fail(ErrorKind::kInternal, "backup_damaged",
                "the restored log is not sound: " + report.first->what + ". Use another backup");
  }
  done_.head = report.head;
  TRY(folder.put_in_place());
  return done_;
}

Result<void> Restoring::choose_backup() {
  all_ = TRY(repository_.list());
  const auto found = options_.backup.empty()
                         ? (all_.empty() ? all_.end() : std::prev(all_.end()))
                         : std::ranges::find(all_, options_.backup, &BackupManifest::id);
  if (found == all_.end()) {
    return fail(ErrorKind::kNotFound, "backup_not_found",
                all_.empty() ? fmt::format("there is no backup in {}", options_.repository.string())
                             : fmt::format("there is no backup {} in {}; the newest is {}",
                                           dealog::quoted(options_.backup),
                                           options_.repository.string(), all_.back().id));
  }
  done_.from = *found;
  return {};
}

// Keys are never used again or taken away, so those of a later backup are these and more, without
// what was erased meanwhile. After a restore the log has another epoch and draws others.
Result<std::string> Restoring::backup_with_keys() const {
  for (auto it = all_.rbegin(); it != all_.rend() && it->id >= done_.from.id; ++it) {
    if (it->epoch == done_.from.epoch && repository_.has_keys(it->id)) return it->id;
  }
  return fail(ErrorKind::kNotFound, "keys_not_backed_up",
              fmt::format("no backup in {} from {} on has the keys of epoch {}; what they seal "
                          "could not be read",
                          options_.repository.string(), done_.from.id, done_.from.epoch));
}

Result<void> Restoring::copy_checked(const fs::path& source, const std::vector<BackedUpFile>& files,
                                     const fs::path& target) const {
  auto wanted = files;
  std::ranges::sort(wanted, {}, &BackedUpFile::path);
  const auto copied = TRY(copy_folder(source, target, {}));
  if (copied.files == wanted) return {};
  TRY(check_folder(source, files));  // names the file, if it is one
  return fail(ErrorKind::kInternal, "backup_damaged",
              fmt::format("{} holds other files than its manifest says. Use another backup",
                          source.string()));
}

Result<void> Restoring::copy(const fs::path& target) {
  const std::string keys = TRY(backup_with_keys());
  const fs::path backup = repository_.folder_of(done_.from.id);
  TRY(copy_checked(backup / "log", done_.from.log, target / "log"));
  if (!done_.from.files.empty()) {
    TRY(copy_checked(backup / kFilesFolder, done_.from.files, target / kFilesFolder));
  }
  const auto key_files = TRY(repository_.keys_of(keys));
  return copy_checked(repository_.folder_of(keys) / "keys", key_files, target / "keys");
}

Result<Position> Restoring::wanted_position(const LogTables& tables) const {
  if (options_.to.empty()) return done_.from.head;
  const Position position = TRY(position_of(tables, options_.to));
  if (position.value > 0) return position;
  return fail(ErrorKind::kInvalid, "position_out_of_range",
              "nothing had been recorded at " + options_.to);
}

Result<Subjects> Restoring::erased_subjects() const {
  std::vector<fs::path> files = options_.erasures;
  for (const auto& file : files) {
    std::error_code error;
    if (fs::exists(file, error)) continue;
    return fail(ErrorKind::kNotFound, "file_unreadable", file.string() + " is not there");
  }
  files.push_back(repository_.erasures_file());
  Subjects subjects;
  for (const auto& file : files) {
    const auto ledger = TRY(ErasureLedger::open(file));
    subjects.insert(ledger.subjects().begin(), ledger.subjects().end());
  }
  return subjects;
}

Result<void> Restoring::shape_log(const fs::path& target) {
  const auto tables = TRY(LogTables::open({.folder = target / "log"}));
  const Position to = TRY(wanted_position(tables));
  if (to > done_.from.head) {
    return fail(ErrorKind::kInvalid, "position_out_of_range",
                fmt::format("backup {} ends at position {}, before {}. Choose a later one with "
                            "--backup",
                            done_.from.id, done_.from.head.value, to.value));
  }
  const auto head = TRY(signed_head_of(done_.from, target / "keys", options_.key));
  if (head) TRY(require_head(tables, done_.from.head, *head));
  step("cutting the log");
  done_.restored_to = done_.from.head.value == 0 ? Position{} : TRY(truncate_log(tables, to));
  step("erasing what was erased since");
  return erase(target, tables);
}

Result<void> Restoring::erase(const fs::path& target, const LogTables& tables) {
  const Subjects subjects = TRY(erased_subjects());
  auto ledger = TRY(ErasureLedger::open(target / "erasures"));
  TRY(ledger.add({subjects.begin(), subjects.end()}));
  const KeyId highest = TRY(tables.highest_key());
  const auto keys = TRY(KeyStore::open(
      {.folder = target / "keys",
       .recorded_key = [&](std::string_view subject) { return tables.subject_key(subject); },
       .highest_recorded = highest}));
  for (const auto& subject : subjects) {
    const auto key = TRY(tables.subject_key(subject));
    if (!key || keys->find(*key, nullptr) == KeyState::kErased) continue;
    TRY(keys->erase_key(*key));
    ++done_.erased;
  }
  const auto state_of = [&keys](KeyId id) { return keys->find(id, nullptr); };
  TRY(sweep_files(target / kFilesFolder, tables, state_of));
  return erase_rows_of(tables, subjects);
}

// Opening says in the log who was erased, and builds the views.
Result<void> Restoring::make_ready(const fs::path& target) {
  SystemIds ids(*options_.clock);
  const auto core = TRY(Core::open(
      {.data = target, .clock = options_.clock, .ids = &ids, .archive = options_.archive}));
  return {};
}

}  // namespace

Result<RestoreDone> restore(const RestoreOptions& options) {
  return Restoring(options,
                   TRY(BackupRepository::open(options.repository, BackupRepository::Use::kRead)))
      .run();
}

}  // namespace dealog
