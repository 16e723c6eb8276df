// dealog backup DIR --data DIR | --check
#include <cstdio>

#include <fmt/format.h>

#include "services/dealog/backup/backup_head.hpp"
#include "services/dealog/backup/take_backup.hpp"
#include "services/dealog/commands/commands.hpp"
#include "services/dealog/commands/say.hpp"

namespace dealog::commands {
namespace {

std::string line_of(const BackupManifest& manifest) {
  return fmt::format("{}  position {}, recorded until {}, epoch {}", manifest.id,
                     manifest.head.value, manifest.head_recorded.rfc3339(), manifest.epoch);
}

Result<VerifyReport> check_one(const BackupRepository& repository, const BackupManifest& manifest,
                               const std::string& key) {
  const auto head = TRY(signed_head_of(manifest, repository.folder_of(manifest.id) / "keys", key));
  return repository.check(manifest, head);
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
  }
  if (all.empty()) say("there is no backup in " + folder.string());
  return all.empty() || broken > 0 ? kFailed : kDone;
}

}  // namespace

Result<int> run(const Backup& arguments) {
  if (arguments.check) return check_all(arguments.repository, arguments.key);
  if (arguments.data.empty()) {
    std::fprintf(stderr, "dealog backup: --data is required\n");
    return kWrongUse;
  }
  const SystemClock clock;
  BackupOptions options{
      .data = arguments.data, .repository = arguments.repository, .clock = &clock, .on_step = say};
  if (arguments.keep > 0) options.keep = static_cast<std::size_t>(arguments.keep);
  const auto done = TRY(take_backup(options));
  say(fmt::format("{}, {} bytes copied of {}{}", line_of(done.manifest), done.copied_bytes,
                  done.total_bytes, done.online ? ", from the running service" : ""));
  if (done.removed > 0) say(fmt::format("{} older backups removed", done.removed));
  for (const auto& problem : done.file_problems) say("problem: " + problem.what);
  return done.file_problems.empty() ? kDone : kFailed;
}

}  // namespace dealog::commands
