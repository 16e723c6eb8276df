// The real binary as a child process, with what can be asked of it from outside.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "tests/bench/child_process.hpp"

namespace dealog::bench {

class ServerProcess {
 public:
  // Exits with a sentence when it does not start.
  ServerProcess(const std::string& binary, const std::filesystem::path& data,
                const std::string& regulation);

  std::uint16_t port() const { return port_; }
  pid_t pid() const { return child_->pid(); }
  const std::string& token() const { return token_; }
  void stop() { child_.reset(); }

  // User and system time so far, in seconds.
  double cpu_seconds() const { return child_->cpu_seconds(); }
  // Values of GET /metrics, by name with labels: "x{state=\"y\"}".
  std::map<std::string, double> metrics() const;

 private:
  std::unique_ptr<ChildProcess> child_;
  std::uint16_t port_ = 0;
  std::string token_;
};

}  // namespace dealog::bench
