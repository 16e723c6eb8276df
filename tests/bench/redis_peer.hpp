// The peer: a Redis stream, every command synced before it is answered (appendfsync always), over
// its own Unix socket. It checks nothing and keeps everything in memory.
#pragma once

#include <filesystem>
#include <memory>

#include "tests/bench/child_process.hpp"
#include "tests/bench/peer_load.hpp"

namespace dealog::bench {

class RedisPeer {
 public:
  // nullptr, with the reason printed, where the server is not installed.
  static std::unique_ptr<RedisPeer> start(const std::filesystem::path& folder);

  Measured write(const std::vector<RawEvent>& events, int connections, double seconds);
  const std::string& version() const { return version_; }

 private:
  explicit RedisPeer(const std::filesystem::path& folder);
  std::string socket_;
  std::string version_;
  std::unique_ptr<ChildProcess> server_;
};

}  // namespace dealog::bench
