// dealog backup DIR --data DIR | --check
#include <fmt/format.h>

#include "services/dealog/backup/backup_head.hpp"
#include "services/dealog/backup/take_backup.hpp"
#include "services/dealog/commands/commands.hpp"
#include "services/dealog/commands/say.hpp"
#include "services/dealog/keys_check.hpp"

namespace dealog::commands {
namespace {

std::string line_of(const BackupManifest& manifest) {
  return fmt::format("{}  position {}, recorded until {}, epoch {}", manifest.id,
                     manifest.head.value, manifest.head_recorded.rfc3339(), manifest.epoch);
}

std::string dropped_line(Position dropped, const std::filesystem::path& archive) {
  return fmt::format("positions 1 to {} lie in the archive {} and are not in it: back that up too",
                     dropped.value, archive.string());
}

// What a backup does not hold although its log goes on from it.
Result<void> say_dropped(const std::filesystem::path& backup) {
  const auto tables = TRY(LogTables::open({.folder = backup / "log", .read_only = true}));
  const auto identity = TRY(load_log_identity(tables, {}));
  if (identity.dropped.value == 0) return {};
  say("  " + dropped_line(identity.dropped, identity.archive));
  return {};
}

Result<VerifyReport> check_one(const BackupRepository& repository, const BackupManifest& manifest,
                               const std::string& key) {
  const auto head = TRY(signed_head_of(manifest, repository.folder_of(manifest.id) / "keys", key));
  auto report = TRY(repository.check(manifest, head));
  if (!repository.has_keys(manifest.id)) return report;
  const auto keys = TRY(check_keys(repository.folder_of(manifest.id)));
  if (keys.problems.empty()) return report;
  return fail(ErrorKind::kInternal, "backup_damaged", keys.problems.front().what);
}

Result<int> check_all(const std::filesystem::path& folder, const std::string& key) {
  const auto repository = TRY(BackupRepository::open(folder, BackupRepository::Use::kRead));
  const auto all = TRY(repository.list());
  int broken = 0;
  for (const auto& manifest : all) {
    const auto checked = check_one(repository, manifest, key);
    say(line_of(manifest) + (repository.has_keys(manifest.id) ? ", with keys" : "") +
        (checked ? ": sound" : ": NOT SOUND: " + checked.error().message));
    if (!checked) ++broken;
    if (checked) TRY(say_dropped(repository.folder_of(manifest.id)));
  }
  if (all.empty()) say("there is no backup in " + folder.string());
  return all.empty() || broken > 0 ? kFailed : kDone;
}

void print(const BackupDone& done) {
  say(fmt::format("{}, {} bytes copied of {}{}", line_of(done.manifest), done.copied_bytes,
                  done.total_bytes, done.online ? ", from the running service" : ""));
  if (done.dropped.value > 0) say(dropped_line(done.dropped, done.archive));
  if (done.removed > 0) say(counted(done.removed, "older backup") + " removed");
  for (const auto& file : done.damaged) {
    say(
        fmt::format("warning: {} no longer holds what was backed up, so that backup and those that "
                    "share the file are damaged (`--check` says which); this one has its own copy",
                    file.string()));
  }
  for (const auto& id : done.keys_kept) {
    say(fmt::format("warning: {} keeps its keys, since this backup lacks some of them", id));
  }
  for (const auto& problem : done.problems) say("problem: " + problem.what);
}

Result<void> judge(const Backup& it) {
  if (it.check && it.keep > 0) return wrong_use("--check removes nothing: no --keep");
  if (!it.check && !it.key.empty()) return wrong_use("--key goes with --check");
  if (!it.check && it.data.empty()) return wrong_use("--data is required");
  if (!it.key.empty()) TRY(public_key_of(it.key));
  return {};
}

}  // namespace

Result<int> run(const Backup& arguments) {
  TRY(judge(arguments));
  if (arguments.check) return check_all(arguments.repository, arguments.key);
  const SystemClock clock;
  BackupOptions options{
      .data = arguments.data, .repository = arguments.repository, .clock = &clock, .on_step = say};
  if (arguments.keep > 0) options.keep = static_cast<std::size_t>(arguments.keep);
  const auto done = TRY(take_backup(options));
  print(done);
  return done.problems.empty() && done.keys_kept.empty() ? kDone : kFailed;
}

}  // namespace dealog::commands
