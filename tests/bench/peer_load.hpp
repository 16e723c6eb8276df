// The load on a database server: many connections in one thread (epoll), one write in flight on
// each, as cheap as possible, because it shares the cores with what it measures.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "tests/bench/latencies.hpp"
#include "tests/bench/raw_store.hpp"

namespace dealog::bench {

// One connection that is open. Failures end the program with a sentence.
class PeerConnection {
 public:
  virtual ~PeerConnection() = default;
  virtual int fd() const = 0;
  // Starts writing the n-th event, n from 1.
  virtual void send(const RawEvent& event, std::uint64_t n) = 0;
  // Called when there is something to read; true when the write is answered.
  virtual bool receive() = 0;
};

// Writes for so long; `cpu_seconds` is the server's CPU time so far.
Measured run_peer(const std::vector<std::unique_ptr<PeerConnection>>& connections,
                  const std::vector<RawEvent>& events, double seconds,
                  const std::function<double()>& cpu_seconds);

}  // namespace dealog::bench
