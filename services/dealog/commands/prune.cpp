// dealog prune --data DIR [--config FILE] [--before TIME] [--dry-run]
#include "services/dealog/retention/prune.hpp"

#include <cstdio>

#include <fmt/format.h>

#include "libs/base/logging.hpp"
#include "services/dealog/commands/commands.hpp"
#include "services/dealog/commands/say.hpp"
#include "services/dealog/config.hpp"
#include "services/dealog/data_folder.hpp"

namespace dealog::commands {
namespace {

// Nothing: they are kept for ever.
Result<std::optional<Timestamp>> before(const Prune& arguments, const Config& config,
                                        const Clock& clock) {
  if (!arguments.before.empty()) return TRY(Timestamp::parse(arguments.before));
  if (config.raw_bodies_days == 0) return std::nullopt;
  return clock.now() - std::chrono::days(config.raw_bodies_days);
}

void print(const PruneDone& done, Timestamp until, bool dry_run) {
  say(fmt::format("raw bodies of deliveries received before {}: {} with {} bytes {}",
                  until.rfc3339(), done.bodies, done.bytes,
                  dry_run ? "would be dropped" : "were dropped"));
  if (done.pending > 0) {
    say(fmt::format("{} more stay, because they were never decoded: see the queue of deliveries",
                    done.pending));
  }
  say(fmt::format("{} younger ones stay", done.kept));
  if (done.bodies > 0 && !dry_run) {
    say(
        fmt::format("the log says so, up to position {}; those deliveries can no longer be "
                    "replayed, what was made of them stays",
                    done.until.value));
  }
}

}  // namespace

Result<int> run(const Prune& arguments) {
  set_log_level(LogLevel::kWarning);
  const Config config = arguments.config ? TRY(load_config(arguments.config->string())) : Config{};
  const SystemClock clock;
  const auto until = TRY(before(arguments, config, clock));
  SystemIds ids(clock);
  TRY(require_log(arguments.data));
  const auto core = TRY(Core::open({.data = arguments.data,
                                    .clock = &clock,
                                    .ids = &ids,
                                    .erasures_copy = config.erasures_copy,
                                    .archive = config.archive_folder}));
  if (until) {
    const auto done = TRY(prune(*core, {.before = *until, .dry_run = arguments.dry_run}));
    print(done, *until, arguments.dry_run);
  } else {
    say("raw bodies are kept for ever: [retention] raw_bodies_days is 0");
  }
  say("views of earlier versions go at every start; events go with `dealog archive --drop`");
  return kDone;
}

}  // namespace dealog::commands
