// dealog serve --data DIR
#include <cstdio>

#include <signal.h>

#include "libs/base/clock.hpp"
#include "libs/base/logging.hpp"
#include "services/dealog/commands/commands.hpp"
#include "services/dealog/end_at_point.hpp"
#include "services/dealog/service.hpp"

namespace dealog::commands {
namespace {

// How often the main thread looks whether the log has stopped, and at the space that is left.
constexpr timespec kLookEvery{0, 200'000'000};
constexpr std::chrono::seconds kLookAtDiskEvery{10};

// Signals that end the service are waited for by the main thread alone; blocked before any other
// thread exists, so that all inherit it.
sigset_t block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return signals;
}

Result<Config> config_of(const Serve& arguments) {
  Config config = arguments.config ? TRY(load_config(arguments.config->string())) : Config{};
  if (arguments.listen) {
    config.listen = *arguments.listen;
  }
  TRY(parse_listen(config.listen));
  return config;
}

// Until a signal, or until the time for reads after the log has stopped is over.
int wait_for_end(Service& service, const Config& config, const sigset_t& signals) {
  auto look_at_disk = steady_now();
  std::optional<std::chrono::steady_clock::time_point> ends_at;
  for (;;) {
    const int caught = sigtimedwait(&signals, nullptr, &kLookEvery);
    const auto now = steady_now();
    if (now >= look_at_disk) {
      service.look_at_disk();
      look_at_disk = now + kLookAtDiskEvery;
    }
    if (const auto stopped = service.stopped(); stopped && !ends_at) {
      log_error("nothing more is written; reads are served until the process ends",
                {{"code", stopped->code},
                 {"reason", stopped->message},
                 {"seconds", config.stopped_grace_s}});
      ends_at = now + std::chrono::seconds(config.stopped_grace_s);
    }
    const bool is_signal = caught == SIGTERM || caught == SIGINT;
    if (!is_signal && (!ends_at || now < *ends_at)) continue;
    log_info("stopping", {{"signal", is_signal ? caught : 0}});
    service.stop();
    return ends_at ? kLogStopped : kDone;
  }
}

}  // namespace

Result<int> run(const Serve& arguments) {
  const sigset_t signals = block_stop_signals();
  const Config config = TRY(config_of(arguments));
  set_log_level(config.log_level);
  const auto end_at = EndAtPoint::from_environment();
  const auto service = TRY(Service::start({.data = arguments.data,
                                           .config = config,
                                           .regulation = arguments.regulation,
                                           .accept_lost_keys = arguments.accept_lost_keys,
                                           .end_at = end_at.get()}));
  // The first line of standard output is what scripts and tests wait for.
  std::printf("listening on %s\n", service->url().c_str());
  if (service->new_owner_token()) {
    std::printf("the owner's token is in %s\n", service->new_owner_token()->c_str());
  }
  std::fflush(stdout);
  return wait_for_end(*service, config, signals);
}

}  // namespace dealog::commands
