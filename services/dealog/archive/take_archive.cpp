#include "services/dealog/archive/take_archive.hpp"

#include <charconv>

#include "libs/base/text.hpp"
#include "libs/eventlog/log_identity.hpp"
#include "libs/eventlog/restore_log.hpp"
#include "libs/eventlog/tree_reader.hpp"
#include "libs/keys/key_store.hpp"
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

// The newest head that the service signed, when it is of this life of the log: a note that is not
// whole says nothing.
std::vector<TreeHead> heads_to_hold(const Result<std::string>& note, const LogIdentity& identity,
                                    const std::string& public_key) {
  if (!note) return {};
  const auto head = open_head(*note, public_key);
  if (!head || head->log_id != identity.log_id || head->epoch != identity.epoch) return {};
  return {*head};
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

Result<Position> position_of(const LogTables& tables, const std::string& text) {
  Position position;
  const char* end = text.data() + text.size();
  const auto [parsed, error] = std::from_chars(text.data(), end, position.value);
  if (error == std::errc() && parsed == end) return position;
  const auto time = Timestamp::parse(text);
  if (time) return last_recorded_until(tables, *time);
  return fail(
      ErrorKind::kInvalid, "invalid_position",
      dealog::quoted(text) + " is neither a position nor a time such as 2026-03-01T09:30:00Z");
}

Result<ArchiveDone> take_archive(const TakeArchiveOptions& options) {
  const auto step = [&](std::string_view what) {
    if (options.on_step) options.on_step(what);
  };
  // Before the copy, so that the copy holds all that it speaks of.
  const auto note = read_whole_file(options.data / "signed-head");
  const auto data = TRY(DataCopy::make(options.data));
  const auto tables = TRY(LogTables::open({.folder = data.log(), .read_only = true}));
  const auto identity = TRY(load_log_identity(tables, {}));
  const auto keys = TRY(open_keys(data.keys(), tables));
  ArchiveOptions how{.segment_events = options.segment_events,
                     .heads = heads_to_hold(note, identity, keys->head_public_key()),
                     .progress = options.on_progress};
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
