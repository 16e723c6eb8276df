// dealog backtest RULES --data DIR --from TIME
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <thread>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "services/automation/backtest/backtest_report.hpp"
#include "services/dealog/commands/commands.hpp"
#include "services/dealog/core.hpp"
#include "services/dealog/data_folder.hpp"
#include "services/dealog/first_start.hpp"

namespace dealog::commands {
namespace {

constexpr std::chrono::milliseconds kProgressInterval{200};  // of a terminal
constexpr std::chrono::seconds kLineInterval{10};            // of a log file

// ^C ends the work, not the process.
std::atomic<bool> interrupted = false;
void interrupt(int) { interrupted = true; }

class InterruptsAreHeard {
 public:
  InterruptsAreHeard() : before_(std::signal(SIGINT, &interrupt)) {}
  ~InterruptsAreHeard() { std::signal(SIGINT, before_); }
  InterruptsAreHeard(const InterruptsAreHeard&) = delete;

 private:
  void (*before_)(int);
};

// Tells on standard error how far it is, and hands an interrupt on.
class Watch {
 public:
  explicit Watch(automation::BacktestProgress& progress)
      : progress_(progress), thread_([this] { run(); }) {}
  ~Watch() {
    done_ = true;
    thread_.join();
    if (terminal_) std::fputs("\r\x1b[K", stderr);
  }

 private:
  void run() {
    auto shown = steady_now();
    while (!done_) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      if (interrupted) progress_.cancel = true;
      const auto now = steady_now();
      if (now - shown < (terminal_ ? std::chrono::steady_clock::duration(kProgressInterval)
                                   : std::chrono::steady_clock::duration(kLineInterval))) {
        continue;
      }
      shown = now;
      fmt::print(stderr, "{}{} of {} events{}", terminal_ ? "\r" : "",
                 progress_.position - progress_.first, progress_.last - progress_.first,
                 terminal_ ? "" : "\n");
      std::fflush(stderr);
    }
  }

  automation::BacktestProgress& progress_;
  const bool terminal_ = isatty(STDERR_FILENO) != 0;
  std::atomic<bool> done_ = false;
  std::thread thread_;
};

// An instant, or a day in UTC: its beginning, or its last moment.
Result<Timestamp> moment(const std::string& text, bool end) {
  if (const auto day = Date::parse(text)) {
    const Timestamp start{std::int64_t{day->days} * 86'400'000'000};
    return end ? start + std::chrono::hours(24) - Duration(1) : start;
  }
  return Timestamp::parse(text);
}

// What the API calls by a pointer is an option here.
constexpr std::pair<std::string_view, std::string_view> kOptions[] = {
    {"/pipeline", "--pipeline"}, {"/from", "--from"}, {"/to", "--to"}};

// Mistakes of the files as compilers print them, each on its line; what is left is in the error.
Error told_of_files(Error error, const Backtest& arguments) {
  constexpr std::string_view kLine = "line ";
  for (auto& field : error.fields) {
    const auto option =
        std::ranges::find(kOptions, field.pointer, [](const auto& known) { return known.first; });
    if (option != std::end(kOptions)) field.pointer = option->second;
  }
  std::erase_if(error.fields, [&](const FieldError& field) {
    const auto said = field.message.find(": ");
    if (!field.message.starts_with(kLine) || said == std::string::npos) return false;
    const bool of_rules = field.pointer.starts_with("/rules") || arguments.regulation.empty();
    fmt::print(stderr, "{}:{}: error: {}{}\n",
               (of_rules ? arguments.rules : arguments.regulation).string(),
               field.message.substr(kLine.size(), said - kLine.size()), field.pointer,
               field.message.substr(said));
    return true;
  });
  return error;
}

}  // namespace

Result<int> run(const Backtest& arguments) {
  const SystemClock clock;
  SystemIds ids(clock);
  automation::BacktestRequest request{.pipeline = arguments.pipeline};
  request.rules = TRY(read_text_file(arguments.rules));
  if (!arguments.regulation.empty()) request.regulation = TRY(read_text_file(arguments.regulation));
  request.from = TRY(moment(arguments.from, false));
  request.to = arguments.to.empty() ? clock.now() : TRY(moment(arguments.to, true));
  TRY(require_log(arguments.data));
  const auto core = TRY(Core::open(
      {.data = arguments.data, .clock = &clock, .ids = &ids, .archive = arguments.archive}));
  const InterruptsAreHeard heard;
  automation::BacktestProgress progress;
  Result<automation::BacktestResult> result;
  {
    const Watch watch(progress);
    result = automation::backtest(core->log(), core->keys(), request, clock.now(), progress);
  }
  if (!result) return fail(told_of_files(std::move(result).error(), arguments));
  const std::string text = arguments.json
                               ? boost::json::serialize(automation::backtest_json(*result)) + "\n"
                               : automation::backtest_words(*result, arguments.list);
  std::fputs(text.c_str(), stdout);
  return kDone;
}

}  // namespace dealog::commands
