// A server as a child process: started with what it needs, its CPU time, stopped at the end.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

namespace dealog::bench {

// Prints "dealog_bench: …" to standard error and exits with 1.
[[noreturn]] void give_up(const std::string& what);

struct ChildOptions {
  std::vector<std::string> command;
  // Standard output and error go here, appended; "" leaves standard error as it is.
  std::filesystem::path output;
  // The user to run as when the benchmark is root's; PostgreSQL refuses root.
  std::string user;
  // Standard output is piped instead, for read_line().
  bool piped = false;
};

class ChildProcess {
 public:
  explicit ChildProcess(const ChildOptions& options);
  ~ChildProcess() { stop(); }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }
  bool runs() const;
  // The next line of standard output, without its end; "" at the end of it.
  std::string read_line();
  // Sends the signal and waits. Returns the exit code; 128 + n when signal n ended it.
  int stop(int signal = kTerminate);
  // User and system time so far of the process and of its children, in seconds.
  double cpu_seconds() const;

 private:
  static constexpr int kTerminate = 15;  // SIGTERM
  pid_t pid_ = -1;
  int out_ = -1;
};

// Runs to its end; exits with a sentence and the end of the output when it fails.
void run_to_end(const ChildOptions& options);

}  // namespace dealog::bench
