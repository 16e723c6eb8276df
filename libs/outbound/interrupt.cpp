#include "libs/outbound/interrupt.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <limits>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "libs/base/assert.hpp"

namespace dealog::outbound {

Interrupt::Interrupt() : descriptor_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  DEALOG_ASSERT(descriptor_ >= 0);
}

Interrupt::~Interrupt() { close(descriptor_); }

void Interrupt::raise() {
  raised_ = true;
  const std::uint64_t one = 1;
  // A counter that is full is readable as well.
  [[maybe_unused]] const auto written = write(descriptor_, &one, sizeof one);
}

bool Interrupt::wait_for(std::chrono::milliseconds pause) const {
  wait_for_socket(-1, 0, pause, *this);
  return raised_;
}

bool wait_for_socket(int socket, short events, std::chrono::milliseconds within,
                     const Interrupt& stop) {
  pollfd waited[] = {{stop.descriptor(), POLLIN, 0}, {socket, events, 0}};
  const auto longest = std::numeric_limits<int>::max();
  const auto wait = static_cast<int>(std::clamp<std::int64_t>(within.count(), 0, longest));
  // A signal ends the waiting early; every caller looks again.
  (void)poll(waited, 2, wait);
  return !stop.raised();
}

}  // namespace dealog::outbound
