// dealog verify --data DIR [--head FILE…] [--key KEY] [--accept-end]
#include "libs/eventlog/verify.hpp"

#include <cstdio>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "libs/base/encoding.hpp"
#include "libs/eventlog/log_end_mark.hpp"
#include "libs/keys/key_store.hpp"
#include "services/dealog/commands/commands.hpp"
#include "services/dealog/files/check_files.hpp"
#include "services/dealog/first_start.hpp"
#include "services/dealog/folder_in_use.hpp"
#include "services/dealog/retention/body_check.hpp"

namespace dealog::commands {

namespace fs = std::filesystem;

namespace {

// Where output is no terminal, a line is printed at these steps of the way instead.
constexpr std::uint64_t kLinesOfProgress = 10;

// The note in a file that holds it, or the JSON answer of GET /v1/log/head.
Result<std::string> note_in(const fs::path& file) {
  std::string text = TRY(read_text_file(file));
  boost::json::error_code error;
  const auto json = boost::json::parse(text, error);
  if (error || !json.is_object()) return text;
  const auto* note = json.as_object().if_contains("checkpoint");
  if (note == nullptr || !note->is_string()) return text;
  return std::string(note->as_string());
}

// The heads that the log must be the continuation of: the given ones, and the newest of its own.
Result<void> load_heads(const Verify& arguments, VerifyOptions& options) {
  const auto own_key = arguments.key.empty()
                           ? KeyStore::read_head_public_key(arguments.data / "keys")
                           : public_key_of(arguments.key);
  if (!own_key && (!arguments.heads.empty() || !arguments.key.empty())) {
    return std::unexpected(own_key.error());
  }
  if (!own_key) return {};  // a copy without keys: its own head cannot be told from a forged one
  for (const auto& file : arguments.heads) {
    auto head = open_head(TRY(note_in(file)), *own_key);
    if (!head) {
      return fail(head.error().kind, head.error().code,
                  fmt::format("{}: {}", file.string(), head.error().message));
    }
    options.heads.push_back(std::move(*head));
  }
  const auto own = read_text_file(arguments.data / "signed-head");
  const auto own_head = own ? open_head(*own, *own_key) : std::unexpected(own.error());
  if (own_head) options.own_head = *own_head;
  return {};
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
  const std::string log =
      fmt::format("log {}, epoch {}, position {}, watermark {}, root {}", to_hex(report.log_id),
                  report.epoch, report.head.value,
                  report.watermark ? std::to_string(report.watermark->value) : std::string("none"),
                  to_base64(merkle::view(report.root)));
  std::printf("%s\n", log.c_str());
  if (report.expired_bodies > 0) {
    std::printf("%llu raw bodies are not there because their period is over\n",
                static_cast<unsigned long long>(report.expired_bodies));
  }
  if (report.archived > 0) {
    std::printf("%llu of the events were read from the archive\n",
                static_cast<unsigned long long>(report.archived));
  }
  if (report.unread > 0) {
    std::printf(
        "%llu more events lie in the archive and were not read; of them the tree and the indexes "
        "were checked (--archive reads them)\n",
        static_cast<unsigned long long>(report.unread));
  }
  for (const auto& problem : report.problems) print(problem);
  if (report.problem_count > report.problems.size()) {
    const auto more = report.problem_count - report.problems.size();
    std::printf("… and %llu more\n", static_cast<unsigned long long>(more));
  }
}

void add(VerifyReport& report, std::vector<VerifyProblem> problems) {
  for (auto& problem : problems) {
    ++report.problem_count;
    if (!report.first || report.first->position.value == 0 ||
        problem.position < report.first->position) {
      report.first = problem;
    }
    if (report.problems.size() < VerifyReport::kListedProblems) {
      report.problems.push_back(std::move(problem));
    }
  }
}

// Without keys nobody can tell which were erased.
Result<void> judge_absent_bodies(const fs::path& keys, VerifyReport& report) {
  if (!fs::exists(keys / "CURRENT")) return {};
  add(report, TRY(unexplained_bodies(keys, report.absent_bodies)));
  return {};
}

void print(const FileReport& files) {
  if (files.named > 0) {
    std::printf(
        "%s\n",
        fmt::format("checked {} files, {} of them erased", files.named, files.erased).c_str());
  }
  if (files.unread > 0) {
    std::printf("%s\n", fmt::format("{} more files are named by events in the archive and were "
                                    "not checked",
                                    files.unread)
                            .c_str());
  }
}

}  // namespace

Result<int> run(const Verify& arguments) {
  TRY(require_unused(arguments.data));
  Progress progress;
  // A backup has no watermark: its manifest says how far it goes.
  const bool is_backup = fs::exists(arguments.data / "manifest.json");
  VerifyOptions options{
      .folder = arguments.data / "log",
      .needs_watermark = !arguments.accept_end && !is_backup,
      .archive = arguments.archive,
      .progress = [&](Position done, Position head) { progress.show(done, head); }};
  TRY(load_heads(arguments, options));
  if (arguments.accept_end) options.own_head.reset();
  auto report = TRY(verify_log(options));
  progress.end();
  TRY(judge_absent_bodies(arguments.data / "keys", report));
  // Events that cannot be read have been told of; what they name cannot be looked for.
  auto files = check_files(arguments.data);
  if (files) {
    add(report, std::move(files->problems));
  } else if (report.is_sound()) {
    return std::unexpected(files.error());
  }
  print(report);
  if (files) print(*files);
  if (!report.is_sound()) {
    const std::string first =
        report.first && report.first->position.value > 0
            ? fmt::format(", the first at position {}", report.first->position.value)
            : "";
    std::printf("NOT SOUND: %llu problems%s\n",
                static_cast<unsigned long long>(report.problem_count), first.c_str());
    return kFailed;
  }
  for (const auto& head : options.heads) {
    std::printf("the head of position %llu, epoch %s, holds\n",
                static_cast<unsigned long long>(head.position.value), head.epoch.c_str());
  }
  if (arguments.accept_end) {
    const auto marked = TRY(accept_log_end(options.folder));
    std::error_code ignored;
    fs::remove(arguments.data / "signed-head", ignored);
    std::printf("position %llu is recorded as the log's end\n",
                static_cast<unsigned long long>(marked.head.value));
  }
  std::printf("sound\n");
  return kDone;
}

}  // namespace dealog::commands
