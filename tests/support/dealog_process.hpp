// The real binary as a child process: started on a data folder, killed, started again.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

namespace dealog::e2e {

// How a command ended and what it said.
struct Finished {
  int exit_code = -1;  // -1: killed by a signal, or not in time
  std::string output;
  std::string errors;
};

// $DEALOG_BINARY, which ctest sets. Throws std::runtime_error when it is not there.
std::filesystem::path dealog_binary();
// deploy/regulations/web-studio.yaml of the source tree ($DEALOG_SOURCE_DIR).
std::filesystem::path web_studio();

// Runs a command to its end; SIGKILL and exit_code -1 when it takes longer.
Finished run(const std::vector<std::string>& command,
             std::chrono::seconds within = std::chrono::seconds(60),
             const std::vector<std::string>& environment = {});
// `dealog <arguments>`.
Finished run_dealog(std::vector<std::string> arguments,
                    std::chrono::seconds within = std::chrono::seconds(60));

// `dealog serve` on one data folder, on a free port of 127.0.0.1. Each start() is a new process
// and a new port. What it writes to standard error is kept in a file beside the data folder and
// shown in the text of what is thrown. Errors: std::runtime_error. Thread: one at a time.
class DealogProcess {
 public:
  // `variables`: NAME=value, of the environment of each start.
  explicit DealogProcess(std::filesystem::path data, std::vector<std::string> extra = {},
                         std::vector<std::string> variables = {});
  ~DealogProcess();  // SIGKILL
  DealogProcess(const DealogProcess&) = delete;
  DealogProcess& operator=(const DealogProcess&) = delete;

  // Waits for the line "listening on …". `environment`: NAME=value, of this start alone.
  void start(const std::vector<std::string>& environment = {});
  // SIGKILL: nothing of the process gets to say goodbye.
  void kill();
  // SIGSTOP and SIGCONT: it hears of nothing in between.
  void pause();
  void resume();
  // SIGTERM; the exit code, -1 when it was killed because it took too long.
  int terminate();
  // Its exit code when it ends by itself; -1 when it was killed because it took too long.
  int wait_until_it_ends();
  void kill_and_restart() {
    kill();
    start();
  }

  bool running() const { return pid_ > 0; }
  // Whether it has ended by itself; then it is not running any more.
  bool has_ended();
  std::uint16_t port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  const std::filesystem::path& data() const { return data_; }
  // The file that the first start leaves in the data folder.
  std::string owner_token() const;
  // All standard error so far, of all starts.
  std::string errors() const;

 private:
  std::filesystem::path data_;
  std::filesystem::path errors_file_;
  std::vector<std::string> extra_;
  std::vector<std::string> variables_;
  pid_t pid_ = -1;
  int output_ = -1;  // stays open: a closed one would end the process that writes to it
  std::uint16_t port_ = 0;
};

}  // namespace dealog::e2e
