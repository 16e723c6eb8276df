// dealog serve --data DIR
#include <cstdio>

#include <signal.h>

#include "libs/base/logging.hpp"
#include "services/dealog/commands/commands.hpp"
#include "services/dealog/service.hpp"

namespace dealog::commands {
namespace {

// How often the main thread looks whether the log has stopped.
constexpr timespec kLookEvery{0, 200'000'000};

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
    TRY(parse_listen(*arguments.listen));
    config.listen = *arguments.listen;
  }
  return config;
}

}  // namespace

Result<int> run(const Serve& arguments) {
  const sigset_t signals = block_stop_signals();
  const Config config = TRY(config_of(arguments));
  set_log_level(config.log_level);
  const auto service = TRY(Service::start(
      {.data = arguments.data, .config = config, .regulation = arguments.regulation}));
  // The first line of standard output is what scripts and tests wait for.
  std::printf("listening on %s\n", service->url().c_str());
  if (service->new_owner_token()) {
    std::printf("the owner's token is in %s\n", service->new_owner_token()->c_str());
  }
  std::fflush(stdout);
  for (;;) {
    const int caught = sigtimedwait(&signals, nullptr, &kLookEvery);
    if (caught == SIGTERM || caught == SIGINT) {
      log_info("stopping", {{"signal", caught}});
      service->stop();
      return kDone;
    }
    if (const auto stopped = service->log_stopped()) {
      log_error("the log has stopped accepting", {{"reason", stopped->message}});
      service->stop();
      return kLogStopped;
    }
  }
}

}  // namespace dealog::commands
