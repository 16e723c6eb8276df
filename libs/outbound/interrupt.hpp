// Ends another thread's waiting: for time, for a socket, for a transfer of libcurl.
#pragma once

#include <atomic>
#include <chrono>

namespace dealog::outbound {

// Raised once and for all. Thread: any.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  void raise();
  bool raised() const { return raised_; }
  // Until it is raised; whether it was.
  bool wait_for(std::chrono::milliseconds pause) const;
  // Readable from the moment it is raised.
  int descriptor() const { return descriptor_; }

 private:
  std::atomic<bool> raised_ = false;
  int descriptor_;
};

// Until the socket can be read (or written), `within` is over, or `stop` is raised: then false.
// A negative socket waits for the other two alone.
bool wait_for_socket(int socket, short events, std::chrono::milliseconds within,
                     const Interrupt& stop);

}  // namespace dealog::outbound
