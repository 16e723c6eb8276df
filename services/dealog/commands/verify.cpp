// dealog verify --data DIR
#include "libs/eventlog/verify.hpp"

#include <cstdio>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "libs/base/encoding.hpp"
#include "services/dealog/commands/commands.hpp"

namespace dealog::commands {
namespace {

namespace fs = std::filesystem;

// Where output is no terminal, a line is printed at these steps of the way instead.
constexpr std::uint64_t kLinesOfProgress = 10;

// The store locks this file as long as somebody has the log open.
Result<void> require_stopped(const fs::path& data) {
  const fs::path file = data / "log" / "LOCK";
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return {};  // no such folder: opening it says so better
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  const bool asked = ::fcntl(fd, F_GETLK, &lock) == 0;
  ::close(fd);
  if (!asked || lock.l_type == F_UNLCK) return {};
  return fail(ErrorKind::kConflict, "data_folder_in_use",
              fmt::format("cannot verify {}: process {} is using it; stop the service first, "
                          "or verify a copy",
                          data.string(), lock.l_pid));
}

class Progress {
 public:
  void show(Position done, Position head) {
    if (terminal_) {
      std::printf("\r%s", fmt::format("{} of {} events", done.value, head.value).c_str());
      std::fflush(stdout);
      return;
    }
    const std::uint64_t step = head.value == 0 ? 0 : done.value * kLinesOfProgress / head.value;
    if (step == step_) return;
    step_ = step;
    std::printf("%s\n", fmt::format("{} of {} events", done.value, head.value).c_str());
    std::fflush(stdout);
  }
  // The next line is written over the progress.
  void end() const {
    if (terminal_) std::printf("\r\033[K");
  }

 private:
  const bool terminal_ = ::isatty(STDOUT_FILENO) != 0;
  std::uint64_t step_ = 0;
};

void print(const VerifyProblem& problem) {
  const std::string where =
      problem.position.value == 0 ? "log" : fmt::format("position {}", problem.position.value);
  std::printf("problem: %s: %s\n", where.c_str(), problem.what.c_str());
}

void print(const VerifyReport& report) {
  const std::string checked = fmt::format(
      "checked {} events in {} commits and {} streams; {} tags, {} personal tags, {} raw bodies, "
      "{} subject keys",
      report.events, report.commits, report.streams, report.tags, report.personal_tags,
      report.raw_bodies, report.subject_keys);
  std::printf("%s\n", checked.c_str());
  std::printf("log %s, position %llu, root %s\n", to_hex(report.log_id).c_str(),
              static_cast<unsigned long long>(report.head.value),
              to_hex(merkle::view(report.root)).c_str());
  for (const auto& problem : report.problems) print(problem);
  if (report.problem_count > report.problems.size()) {
    const auto more = report.problem_count - report.problems.size();
    std::printf("… and %llu more\n", static_cast<unsigned long long>(more));
  }
}

}  // namespace

Result<int> run(const Verify& arguments) {
  TRY(require_stopped(arguments.data));
  Progress progress;
  const auto report = TRY(
      verify_log({.folder = arguments.data / "log",
                  .progress = [&](Position done, Position head) { progress.show(done, head); }}));
  progress.end();
  print(report);
  if (report.is_sound()) {
    std::printf("sound\n");
    return kDone;
  }
  std::printf("NOT SOUND: %llu problems%s\n", static_cast<unsigned long long>(report.problem_count),
              report.first && report.first->position.value > 0
                  ? fmt::format(", the first at position {}", report.first->position.value).c_str()
                  : "");
  return kFailed;
}

}  // namespace dealog::commands
