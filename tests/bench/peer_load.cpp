#include "tests/bench/peer_load.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include "libs/base/clock.hpp"
#include "tests/bench/child_process.hpp"

namespace dealog::bench {

Measured run_peer(const std::vector<std::unique_ptr<PeerConnection>>& connections,
                  const std::vector<RawEvent>& events, double seconds,
                  const std::function<double()>& cpu_seconds) {
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) give_up("no epoll");
  // Numbers go on from phase to phase: an event is never written twice.
  static std::uint64_t number = 0;
  Measured result;
  std::vector<std::chrono::steady_clock::time_point> sent(connections.size());
  std::size_t in_flight = 0;
  const double cpu = cpu_seconds();
  const auto start = steady_now();
  const auto elapsed = [&] { return std::chrono::duration<double>(steady_now() - start).count(); };
  const auto send = [&](std::size_t index) {
    ++number;
    sent[index] = steady_now();
    connections[index]->send(events[number % events.size()], number);
    ++in_flight;
  };
  for (std::size_t i = 0; i < connections.size(); ++i) {
    epoll_event event{.events = EPOLLIN, .data = {.u64 = i}};
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, connections[i]->fd(), &event);
    send(i);
  }
  std::vector<epoll_event> ready(connections.size());
  while (in_flight > 0) {
    const int count = ::epoll_wait(epoll, ready.data(), static_cast<int>(ready.size()), -1);
    for (int i = 0; i < count; ++i) {
      const std::size_t index = ready[static_cast<std::size_t>(i)].data.u64;
      if (!connections[index]->receive()) continue;
      result.latencies.add(steady_now() - sent[index]);
      --in_flight;
      if (elapsed() < seconds) send(index);
    }
  }
  result.seconds = elapsed();
  result.cpu_us = (cpu_seconds() - cpu) * 1e6 / static_cast<double>(result.latencies.count());
  ::close(epoll);
  return result;
}

}  // namespace dealog::bench
