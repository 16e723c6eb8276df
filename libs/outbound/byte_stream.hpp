// A connection as what is spoken over it needs it: bytes out, bytes in.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "libs/base/result.hpp"

namespace dealog::outbound {

// Thread: one at a time.
class ByteStream {
 public:
  virtual ~ByteStream() = default;

  // All of it. Errors: kUnavailable "connection_lost", "timeout", "stopped".
  virtual Result<void> send(std::string_view bytes) = 0;
  // What has arrived, at least one byte; "" when nothing did `within`. Errors: kUnavailable
  // "connection_lost", "stopped".
  virtual Result<std::string> receive(std::chrono::milliseconds within) = 0;
};

}  // namespace dealog::outbound
