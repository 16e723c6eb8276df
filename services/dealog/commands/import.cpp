// dealog import [events] FILE --data DIR
#include <array>
#include <cstdio>
#include <fstream>
#include <iostream>

#include <fmt/format.h>
#include <unistd.h>

#include "libs/base/logging.hpp"
#include "services/api/support/event_import.hpp"
#include "services/dealog/commands/commands.hpp"
#include "services/dealog/core.hpp"
#include "services/dealog/data_folder.hpp"

namespace dealog::commands {
namespace {

constexpr std::size_t kPieceBytes = 256 << 10;
constexpr std::chrono::milliseconds kProgressInterval{200};  // of a terminal
constexpr std::chrono::seconds kLineInterval{10};            // of a log file
// The actor's id: whoever may stop the service and open the folder.
constexpr const char* kImporter = "command-line";

// Tells how far it is: in place on a terminal, in a plain line now and then otherwise.
class Progress {
 public:
  void show(const api::ImportReport& report) {
    const auto now = steady_now();
    const bool terminal = isatty(STDOUT_FILENO) != 0;
    if (now - shown_ < (terminal ? std::chrono::steady_clock::duration(kProgressInterval)
                                 : std::chrono::steady_clock::duration(kLineInterval))) {
      return;
    }
    shown_ = now;
    fmt::print("{}{} lines: {} imported, {} known already, {} refused{}", terminal ? "\r" : "",
               report.lines, report.imported, report.existed, report.refused, terminal ? "" : "\n");
    std::fflush(stdout);
    in_place_ = terminal;
  }
  void end() {
    if (in_place_) fmt::print("\r\x1b[K");
  }

 private:
  std::chrono::steady_clock::time_point shown_ = steady_now();
  bool in_place_ = false;
};

void print(const api::ImportError& refused) {
  if (refused.error.fields.empty()) {
    fmt::print(stderr, "line {}: {}\n", refused.line, refused.error.message);
  }
  for (const auto& field : refused.error.fields) {
    fmt::print(stderr, "line {}: {}: {}\n", refused.line, field.pointer, field.message);
  }
}

api::ImportReport import(Core& core, std::istream& in) {
  api::EventImport importing(
      core.bus(),
      {.importer = kImporter, .rights = user::Rights::all(), .language = Language::kEn});
  Progress progress;
  std::array<char, kPieceBytes> piece;
  while (in) {
    in.read(piece.data(), piece.size());
    const auto count = static_cast<std::size_t>(in.gcount());
    if (count == 0 || !importing.add({piece.data(), count})) break;
    progress.show(importing.report());
  }
  auto report = importing.finish();
  progress.end();
  return report;
}

void print(const api::ImportReport& report, double seconds) {
  for (const auto& refused : report.errors) print(refused);
  if (report.refused > report.errors.size()) {
    fmt::print(stderr, "and {} more\n", report.refused - report.errors.size());
  }
  if (report.stopped_at > 0 && !report.stopped) {
    fmt::print(stderr, "stopped at line {}: too many were refused\n", report.stopped_at);
  }
  fmt::print(
      "{} lines: {} imported, {} known already, {} refused, in {:.2f} s ({:.0f} events/s "
      "durable)\n",
      report.lines, report.imported, report.existed, report.refused, seconds,
      seconds > 0 ? static_cast<double>(report.imported) / seconds : 0.0);
}

// The log has both cores to itself while it takes the lines; the views follow here, so that the
// next start does not begin with them.
Result<void> bring_up_views(const CoreOptions& options) {
  const auto started = steady_now();
  const auto core = TRY(Core::open(options));
  const Position head = core->log().head();
  while (!core->projections().wait_for(head, kProgressInterval)) {
    if (const auto failure = core->projections().failure()) return fail(*failure);
    if (isatty(STDOUT_FILENO) == 0) continue;
    fmt::print("\rviews at {} of {}", core->projections().position().value, head.value);
    std::fflush(stdout);
  }
  fmt::print("{}views at position {} in {:.2f} s\n", isatty(STDOUT_FILENO) != 0 ? "\r" : "",
             head.value, std::chrono::duration<double>(steady_now() - started).count());
  return {};
}

}  // namespace

Result<int> run(const Import& arguments) {
  set_log_level(LogLevel::kWarning);
  const std::string& path = arguments.words.back();
  if (arguments.words.size() == 2 && arguments.words.front() != "events") {
    return import_export(arguments, arguments.words.front(), path);
  }
  if (arguments.dry_run || !arguments.source.empty()) {
    return wrong_use(
        "--dry-run and --source are for exports: dealog import amocrm FOLDER --dry-run");
  }
  std::ifstream file;
  if (path != "-") file.open(path, std::ios::binary);
  std::istream& in = path == "-" ? std::cin : file;
  if (!in || (path != "-" && std::filesystem::is_directory(path))) {
    return fail(ErrorKind::kInvalid, "file_unreadable", "cannot read " + path);
  }
  TRY(require_log(arguments.data));
  const SystemClock clock;
  SystemIds ids(clock);
  const CoreOptions options{.data = arguments.data, .clock = &clock, .ids = &ids};
  auto core = TRY(Core::open(options));
  core->projections().stop();
  const auto started = steady_now();
  const auto report = import(*core, in);
  print(report, std::chrono::duration<double>(steady_now() - started).count());
  core.reset();
  if (report.stopped) return fail(*report.stopped);
  TRY(bring_up_views(options));
  if (in.bad()) {
    return fail(ErrorKind::kInvalid, "file_unreadable",
                "reading " + path + " failed half-way; import it again");
  }
  return report.refused == 0 ? kDone : kFailed;
}

}  // namespace dealog::commands
