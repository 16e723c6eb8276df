// dealog demo --data DIR
#include <csignal>
#include <cstdio>

#include <fmt/format.h>

#include "libs/base/clock.hpp"
#include "libs/base/logging.hpp"
#include "services/dealog/commands/commands.hpp"
#include "services/dealog/commands/say.hpp"
#include "services/dealog/demo/company.hpp"
#include "services/dealog/scratch_folder.hpp"

namespace dealog::commands {
namespace {

volatile std::sig_atomic_t interrupted = 0;
void interrupt(int) { interrupted = 1; }

void show(const demo::MonthReport& month) {
  const auto line =
      fmt::format("{}  {} deals so far: {} open, {} won, {} lost; {} events", month.month,
                  month.deals, month.open, month.won, month.lost, month.events);
  say(line);
}

}  // namespace

Result<int> run(const Demo& arguments) {
  const auto started = steady_now();
  set_log_level(LogLevel::kError);  // the story brings about what would be worth a warning
  std::signal(SIGINT, interrupt);
  std::signal(SIGTERM, interrupt);
  const Timestamp until =
      arguments.until.empty() ? SystemClock().now() : TRY(Timestamp::parse(arguments.until));
  const auto deals = static_cast<std::size_t>(arguments.deals);
  auto folder = TRY(ScratchFolder::open(arguments.data));
  const auto done = TRY(demo::fill_company({.data = folder.path(),
                                            .regulation = arguments.regulation,
                                            .seed = arguments.seed,
                                            .deals = deals,
                                            .sellers = static_cast<std::size_t>(arguments.sellers),
                                            .months = static_cast<std::size_t>(arguments.months),
                                            .until = until,
                                            .on_month = show,
                                            .interrupted = [] { return interrupted != 0; }}));
  TRY(folder.put_in_place());
  const double seconds = std::chrono::duration<double>(steady_now() - started).count();
  const auto line = fmt::format("{} holds {} deals and {} events, made in {:.1f} s",
                                arguments.data.string(), done.deals, done.events, seconds);
  say(line);
  return kDone;
}

}  // namespace dealog::commands
