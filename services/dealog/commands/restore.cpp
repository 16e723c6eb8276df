// dealog restore DIR DATA
#include "services/dealog/backup/restore.hpp"

#include <cstdio>

#include <fmt/format.h>

#include "libs/base/logging.hpp"
#include "libs/eventlog/restore_log.hpp"
#include "services/dealog/commands/commands.hpp"
#include "services/dealog/commands/say.hpp"

namespace dealog::commands {
Result<int> run(const Restore& arguments) {
  TRY(check_position_text(arguments.to));
  if (!arguments.key.empty()) TRY(public_key_of(arguments.key));
  const SystemClock clock;
  set_log_level(LogLevel::kWarning);
  const auto done = TRY(restore({.repository = arguments.repository,
                                 .target = arguments.target,
                                 .backup = arguments.backup,
                                 .to = arguments.to,
                                 .key = arguments.key,
                                 .erasures = arguments.erasures,
                                 .archive = arguments.archive,
                                 .clock = &clock,
                                 .on_step = say}));
  say(fmt::format("{} holds backup {} up to position {} of {}; the log is sound, its epoch is {}",
                  arguments.target.string(), done.from.id, done.restored_to.value,
                  done.from.head.value, done.epoch));
  if (done.erased > 0) {
    say(fmt::format("erased since the backup and erased again: {}",
                    counted(done.erased, "subject")));
  }
  return kDone;
}

}  // namespace dealog::commands
