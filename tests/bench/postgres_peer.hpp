// The peer: PostgreSQL as Debian packages it, with its own settings (fsync on), a plain insert into
// an events table that is unique by (stream, version), prepared, over its own Unix socket.
#pragma once

#include <filesystem>
#include <memory>

#include "tests/bench/child_process.hpp"
#include "tests/bench/peer_load.hpp"

namespace dealog::bench {

class PostgresPeer {
 public:
  // Makes a cluster in the folder and starts it. nullptr, with the reason printed, where the server
  // or the client library is not installed.
  static std::unique_ptr<PostgresPeer> start(const std::filesystem::path& folder);

  Measured write(const std::vector<RawEvent>& events, int connections, double seconds);
  const std::string& version() const { return version_; }

 private:
  explicit PostgresPeer(std::filesystem::path folder);
  std::filesystem::path folder_;
  std::string version_;
  std::unique_ptr<ChildProcess> server_;
};

}  // namespace dealog::bench
