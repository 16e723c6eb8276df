#include "services/dealog/archive/take_archive.hpp"

#include "libs/eventlog/log_identity.hpp"
#include "libs/eventlog/restore_log.hpp"
#include "libs/eventlog/tree_reader.hpp"
#include "libs/keys/key_store.hpp"
#include "services/dealog/backup/backup_head.hpp"
#include "services/dealog/backup/data_copy.hpp"

namespace dealog {
namespace {

namespace fs = std::filesystem;

Result<std::unique_ptr<KeyStore>> open_keys(const fs::path& folder, const LogTables& tables) {
  const KeyId highest = TRY(tables.highest_key());
  return KeyStore::open(
      {.folder = folder,
       .recorded_key = [&](std::string_view subject) { return tables.subject_key(subject); },
       .highest_recorded = highest});
}

Result<ArchiveManifest> sign_end(const LogTables& tables, const LogIdentity& identity,
                                 const ArchiveSegment& last, const KeyStore& keys) {
  ArchiveManifest manifest{.head = {.log_id = identity.log_id,
                                    .epoch = identity.epoch,
                                    .position = last.last,
                                    .root = TRY(TreeReader(tables).root(last.last.value))},
                           .last_recorded = last.last_recorded};
  const std::string key = keys.head_public_key();
  manifest.signed_head =
      sign_head(manifest.head, key, [&](std::string_view text) { return keys.sign_head(text); });
  manifest.verifier_key = verifier_key(manifest.head, key);
  return manifest;
}

}  // namespace

Result<ArchiveDone> take_archive(const TakeArchiveOptions& options) {
  const auto step = [&](std::string_view what) {
    if (options.on_step) options.on_step(what);
  };
  // Before the copy, so that the copy holds all that it speaks of.
  const std::string note = TRY(newest_signed_head(options.data));
  const auto data = TRY(DataCopy::make(options.data));
  const auto tables = TRY(LogTables::open({.folder = data.log(), .read_only = true}));
  const auto identity = TRY(load_log_identity(tables, {}));
  const auto keys = TRY(open_keys(data.keys(), tables));
  ArchiveOptions how{.segment_events = options.segment_events,
                     .progress = options.on_progress,
                     .mended = options.on_mended};
  if (const auto head = own_head_in(note, identity, keys->head_public_key())) {
    how.heads.push_back(*head);
  }
  if (!options.until.empty()) how.until = TRY(position_of(tables, options.until));
  step("archiving");
  const auto made = TRY(archive_log(tables, options.archive, how));
  ArchiveDone done{.segments = made.size(), .online = data.online()};
  for (const auto& segment : made) {
    done.events += segment.last.value - segment.first.value + 1;
    done.bytes += segment.file.bytes;
  }
  const auto all = TRY(list_segments(options.archive));
  if (all.empty()) {
    return fail(ErrorKind::kInvalid, "nothing_to_archive",
                "there is nothing to archive up to there: the log's first commit ends later");
  }
  done.manifest = TRY(sign_end(tables, identity, all.back(), *keys));
  TRY(write_archive_manifest(options.archive, done.manifest));
  return done;
}

}  // namespace dealog
