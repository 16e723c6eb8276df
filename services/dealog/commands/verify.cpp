// dealog verify --data DIR [--head FILE…] [--key KEY] [--accept-end]
#include "libs/eventlog/verify.hpp"

#include <cstdio>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "libs/base/encoding.hpp"
#include "libs/eventlog/log_end_mark.hpp"
#include "libs/eventlog/start_check.hpp"
#include "libs/eventlog/tree_reader.hpp"
#include "libs/eventlog/watermark.hpp"
#include "libs/keys/key_store.hpp"
#include "services/dealog/commands/commands.hpp"
#include "services/dealog/commands/say.hpp"
#include "services/dealog/data_folder.hpp"
#include "services/dealog/files/check_files.hpp"
#include "services/dealog/first_start.hpp"
#include "services/dealog/folder_in_use.hpp"
#include "services/dealog/keys_check.hpp"
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
  const std::string where = fmt::format("position {}", problem.position.value);
  // Some say it themselves.
  const bool said = problem.position.value == 0 || problem.what.starts_with(where + " ");
  std::printf("problem: %s%s%s\n", said ? "" : where.c_str(), said ? "" : ": ",
              problem.what.c_str());
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
  if (report.unarchived_bodies > 0) {
    std::printf("%llu raw bodies are not there because this log was made without them\n",
                static_cast<unsigned long long>(report.unarchived_bodies));
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

void print(const FileReport& files) {
  if (files.named > files.unjudged) {
    say(fmt::format("checked {}, {} of them erased", counted(files.named - files.unjudged, "file"),
                    files.erased));
  }
  if (files.unjudged > 0) {
    say(fmt::format("{} that the log names: not here, and not checked without keys",
                    counted(files.unjudged, "file")));
  }
  if (files.unread > 0) {
    say(fmt::format("{} more files are named by events in the archive and were not checked",
                    files.unread));
  }
}

void print(const KeysReport& keys) {
  if (!keys.not_checked.empty()) return say("keys not checked: " + keys.not_checked);
  if (!keys.checked) return;
  say(fmt::format("checked {}, {} of them erased", counted(keys.named, "key"), keys.erased));
  if (keys.given_up > 0) {
    say(fmt::format("{} lost, which somebody has accepted", counted(keys.given_up, "key")));
  }
}

// What lies beside the log. Where that cannot be looked at since the log itself is damaged, it has
// been told of.
struct Beside {
  std::optional<KeysReport> keys;
  std::optional<FileReport> files;
};

Result<Beside> look_beside(const fs::path& data, VerifyReport& report) {
  Beside beside;
  auto keys = check_keys(data);
  if (!keys && report.is_sound()) return std::unexpected(keys.error());
  const bool have_keys = keys && keys->checked;
  // Without keys nobody can tell which bodies were erased.
  if (have_keys) add(report, TRY(unexplained_bodies(data / "keys", report.absent_bodies)));
  if (keys) {
    add(report, std::move(keys->problems));
    beside.keys = *std::move(keys);
  }
  auto files = check_files(data);
  if (!files && report.is_sound()) return std::unexpected(files.error());
  if (files) {
    add(report, std::move(files->problems));
    beside.files = *std::move(files);
  }
  return beside;
}

int say_not_sound(const VerifyReport& report, bool is_backup) {
  const std::string first =
      report.first && report.first->position.value > 0
          ? fmt::format(", the first at position {}", report.first->position.value)
          : "";
  say(fmt::format("NOT SOUND: {}{}", counted(report.problem_count, "problem"), first));
  say(is_backup ? "use another backup; `dealog backup BACKUPS --check` says which are sound"
                : "keep the folder as it is and restore a backup into another one: `dealog restore "
                  "BACKUPS DATA`");
  return kFailed;
}

// What speaks of a longer log, or of another one, is told of before it counts no more.
Result<void> say_what_is_given_up(const fs::path& data, const VerifyReport& report) {
  const auto tables = TRY(LogTables::open({.folder = data / "log", .read_only = true}));
  const auto compare = [&](Position reached, const merkle::Hash& root,
                           std::string_view who) -> Result<void> {
    if (reached > report.head) {
      say(fmt::format("given up: positions {} to {}, which the log had reached as {} says",
                      report.head.value + 1, reached.value, who));
    } else if (TRY(TreeReader(tables).root(reached.value)) != root) {
      say(fmt::format("given up: what {} says of positions up to {}: they are not what they were",
                      who, reached.value));
    }
    return {};
  };
  const auto mark = read_watermark(data / "log.watermark");
  if (mark && *mark) TRY(compare((*mark)->position, (*mark)->root, "its watermark"));
  const auto note = read_text_file(data / "signed-head");
  const auto key = KeyStore::read_head_public_key(data / "keys");
  const auto head = note && key ? open_head(*note, *key) : Result<TreeHead>(TreeHead{});
  if (head && head->log_id == report.log_id) {
    TRY(compare(head->position, head->root, "its signed head"));
  }
  return {};
}

Result<void> accept_end(const fs::path& data, const VerifyReport& report) {
  TRY(say_what_is_given_up(data, report));
  const auto marked = TRY(accept_log_end(data / "log"));
  TRY(set_aside(data / "signed-head", report.epoch));
  say(
      fmt::format("position {} is recorded as the log's end; it begins epoch {}, and a signed head "
                  "of epoch {} behind it proves what was given up",
                  marked.head.value, marked.epoch, report.epoch));
  return {};
}

}  // namespace

Result<int> run(const Verify& arguments) {
  if (!arguments.key.empty()) TRY(public_key_of(arguments.key));
  TRY(require_unused(arguments.data));
  Progress progress;
  // A backup has no watermark: its manifest says how far it goes.
  const bool is_backup = fs::exists(arguments.data / "manifest.json");
  if (arguments.accept_end) TRY(require_no_backup(arguments.data));
  TRY(require_nothing_lost(arguments.data));
  TRY(check_log_folder(arguments.data / "log"));
  VerifyOptions options{
      .folder = arguments.data / "log",
      .needs_watermark = !arguments.accept_end && !is_backup,
      .archive = arguments.archive,
      .progress = [&](Position done, Position head) { progress.show(done, head); }};
  TRY(load_heads(arguments, options));
  if (arguments.accept_end) options.own_head.reset();
  auto report = TRY(verify_log(options));
  progress.end();
  const bool log_is_sound = report.is_sound();
  const auto beside = TRY(look_beside(arguments.data, report));
  print(report);
  if (beside.keys) print(*beside.keys);
  if (beside.files) print(*beside.files);
  // What lies beside the log says nothing against its end.
  if (arguments.accept_end && log_is_sound) TRY(accept_end(arguments.data, report));
  if (!report.is_sound()) return say_not_sound(report, is_backup);
  for (const auto& head : options.heads) {
    say(fmt::format("the head of position {}, epoch {}, holds", head.position.value, head.epoch));
  }
  say("sound");
  return kDone;
}

}  // namespace dealog::commands
