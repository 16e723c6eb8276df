// dealog archive ARCHIVE --data DIR, --drop, --verify, --import DATA
#include <cstdio>

#include <fmt/format.h>

#include "libs/base/logging.hpp"
#include "libs/eventlog/restore_log.hpp"
#include "libs/keys/key_store.hpp"
#include "services/dealog/archive/data_of_archive.hpp"
#include "services/dealog/archive/drop_from_log.hpp"
#include "services/dealog/archive/take_archive.hpp"
#include "services/dealog/commands/commands.hpp"
#include "services/dealog/commands/say.hpp"
#include "services/dealog/folder_in_use.hpp"

namespace dealog::commands {
namespace {

namespace fs = std::filesystem;

Result<int> take(const Archive& arguments) {
  const auto done = TRY(take_archive(
      {.data = arguments.data,
       .archive = arguments.folder,
       .until = arguments.until,
       .segment_events = static_cast<std::uint64_t>(arguments.segment_events),
       .on_step = say,
       .on_progress =
           [](Position position) {
             say(fmt::format("archived up to position {}", position.value));
           },
       .on_mended =
           [](const ArchiveSegment& segment) {
             say(fmt::format("{} was gone or cut and was written again", segment.file.path));
           }}));
  say(fmt::format("{} with {}, {} bytes{}", counted(done.segments, "new segment"),
                  counted(done.events, "event"), done.bytes,
                  done.online ? ", from the running service" : ""));
  say(fmt::format("{} holds positions 1 to {}, recorded until {}, epoch {}",
                  arguments.folder.string(), done.manifest.head.position.value,
                  done.manifest.last_recorded.rfc3339(), done.manifest.head.epoch));
  return kDone;
}

// Under which key the archive's head must be signed: the one that was given, or the data folder's.
Result<std::string> trusted_key(const Archive& arguments) {
  if (!arguments.key.empty()) return public_key_of(arguments.key);
  if (!arguments.data.empty()) return KeyStore::read_head_public_key(arguments.data / "keys");
  return std::string();
}

Result<int> drop(const Archive& arguments) {
  TRY(require_unused(arguments.data));
  if (!arguments.dry_run) TRY(take(arguments));
  const auto done = TRY(drop_from_log({.data = arguments.data,
                                       .archive = arguments.folder,
                                       .until = arguments.until,
                                       .dry_run = arguments.dry_run,
                                       .on_step = say}));
  if (arguments.dry_run) {
    say(fmt::format("{} events with {} bytes up to position {} would be dropped, {} would stay",
                    done.events, done.bytes, done.dropped.value, done.kept));
    return kDone;
  }
  say(fmt::format(
      "{} events with {} bytes were dropped; positions 1 to {} are read from {} ({} of "
      "users, sources and regulations stay here too)",
      done.events, done.bytes, done.dropped.value, arguments.folder.string(), done.kept));
  say(fmt::format("the log's files have {} bytes", done.file_bytes));
  return kDone;
}

Result<int> verify(const Archive& arguments) {
  const std::string key = TRY(trusted_key(arguments));
  const auto report = TRY(verify_archive(arguments.folder, key));
  for (const auto& problem : report.problems) {
    const auto where = fmt::format("position {}", problem.position.value);
    const bool said = problem.position.value == 0 || problem.what.starts_with(where + " ");
    say(fmt::format("problem: {}{}", said ? std::string() : where + ": ", problem.what));
  }
  say(fmt::format("checked {} segments with {} sound events up to position {}, {} bytes",
                  report.segments, report.events, report.last.value, report.bytes));
  if (report.segments == 0) say("there is no segment in " + arguments.folder.string());
  if (!report.is_sound() || report.segments == 0) {
    const Position first = report.is_sound() ? Position{} : report.problems.front().position;
    say(fmt::format(
        "NOT SOUND: {}{}", counted(report.problems.size(), "problem"),
        first.value == 0 ? std::string() : fmt::format(", the first at position {}", first.value)));
    return kFailed;
  }
  if (!report.manifest) {
    say("no signed head: the archive's last run did not come to its end");
  } else {
    say(fmt::format("the signed head of position {}, epoch {}, holds{}",
                    report.manifest->head.position.value, report.manifest->head.epoch,
                    key.empty()
                        ? " under the archive's own key; give --key or --data to check whose "
                          "it is"
                        : ""));
  }
  say("sound");
  return kDone;
}

Result<int> import(const Archive& arguments) {
  const SystemClock clock;
  set_log_level(LogLevel::kWarning);
  const auto done = TRY(make_data_of_archive({.archive = arguments.folder,
                                              .target = arguments.import_to,
                                              .keys_of = arguments.data,
                                              .until = arguments.until,
                                              .clock = &clock,
                                              .on_step = say}));
  say(fmt::format("{} holds positions 1 to {}; the log is sound, its epoch is {}",
                  arguments.import_to.string(), done.head.value, done.epoch));
  if (!done.views_built) {
    say("it has no keys, so what is sealed cannot be read: give --data with the data folder or the "
        "backup whose keys they are, or copy a folder keys into it");
  }
  return kDone;
}

Result<void> judge(const Archive& it) {
  const bool importing = !it.import_to.empty();
  if (it.verify && importing) return wrong_use("--verify and --import exclude each other");
  if (it.drop && (it.verify || importing)) return wrong_use("--drop goes with neither of these");
  if (it.verify && !it.until.empty()) return wrong_use("--verify looks at all: no --until");
  if (!it.verify && !it.key.empty()) return wrong_use("--key goes with --verify");
  if (it.dry_run && !it.drop) return wrong_use("--dry-run goes with --drop");
  if (!it.verify && !importing && it.data.empty()) return wrong_use("--data is required");
  return check_position_text(it.until);
}

}  // namespace

Result<int> run(const Archive& arguments) {
  TRY(judge(arguments));
  if (arguments.verify) return verify(arguments);
  if (!arguments.import_to.empty()) return import(arguments);
  return arguments.drop ? drop(arguments) : take(arguments);
}

}  // namespace dealog::commands
