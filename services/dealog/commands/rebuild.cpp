// dealog rebuild --data DIR
#include <cstdio>

#include <unistd.h>

#include "libs/projection/rebuilder.hpp"
#include "libs/projection/view_folder.hpp"
#include "projections/all_projectors.hpp"
#include "services/dealog/commands/commands.hpp"
#include "services/dealog/core.hpp"
#include "services/dealog/data_folder.hpp"

namespace dealog::commands {
namespace {

bool show_progress(const RebuildProgress& progress) {
  if (isatty(STDOUT_FILENO) != 0) {
    std::printf("\r%llu of %llu events", static_cast<unsigned long long>(progress.position.value),
                static_cast<unsigned long long>(progress.head.value));
    std::fflush(stdout);
  }
  return true;
}

}  // namespace

Result<int> run(const Rebuild& arguments) {
  const SystemClock clock;
  SystemIds ids(clock);
  // Opening brings the old views up to the head, so that both are compared at one position.
  TRY(require_log(arguments.data));
  const auto core = TRY(Core::open(
      {.data = arguments.data, .clock = &clock, .ids = &ids, .archive = arguments.archive}));
  core->projections().wait_for(core->log().head(), std::chrono::minutes(60));
  core->projections().stop();
  ViewFolder folder(arguments.data / "views");
  const auto fresh = TRY(folder.begin_generation());
  const auto started = steady_now();
  const auto done =
      TRY(rebuild(core->log(), all_projectors(core->keys()), *fresh, {}, show_progress));
  const double seconds = std::chrono::duration<double>(steady_now() - started).count();
  const auto different = differences(core->views(), *fresh, all_projectors(core->keys()));
  if (!different && different.error().code != "storage_corrupted") {
    return std::unexpected(different.error());
  }
  TRY(folder.put_in_force());
  std::printf("%srebuilt %llu events, %llu rows in %.2f s (%.0f events/s)\n",
              isatty(STDOUT_FILENO) != 0 ? "\r" : "",
              static_cast<unsigned long long>(done.position.value),
              static_cast<unsigned long long>(done.rows_written), seconds,
              seconds > 0 ? static_cast<double>(done.position.value) / seconds : 0.0);
  if (!different) {
    std::printf("the old views cannot be compared: %s\n", different.error().message.c_str());
    return kDone;
  }
  for (const auto& view : *different) {
    std::printf("%s: the old rows were different (%llu rows, now %llu)\n", view.view.c_str(),
                static_cast<unsigned long long>(view.left.rows),
                static_cast<unsigned long long>(view.right.rows));
  }
  if (different->empty()) std::printf("the rebuilt views equal the old ones\n");
  return different->empty() ? kDone : kFailed;
}

}  // namespace dealog::commands
