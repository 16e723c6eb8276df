#include "tests/bench/child_process.hpp"

#include <csignal>
#include <fstream>
#include <optional>
#include <sstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace dealog::bench {
namespace {

struct ProcessTimes {
  pid_t parent = 0;
  double seconds = 0;  // with its children that have ended
};

std::optional<ProcessTimes> times_of(const std::string& pid) {
  std::ifstream in("/proc/" + pid + "/stat");
  std::string text;
  if (!std::getline(in, text) || text.rfind(')') == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(text.rfind(')') + 2));
  std::string state, skipped;
  ProcessTimes times;
  fields >> state >> times.parent;
  for (int i = 0; i < 9; ++i) fields >> skipped;
  double user = 0, system = 0, children_user = 0, children_system = 0;
  fields >> user >> system >> children_user >> children_system;
  times.seconds = (user + system + children_user + children_system) /
                  static_cast<double>(::sysconf(_SC_CLK_TCK));
  return times;
}

void become(const std::string& user) {
  if (user.empty() || ::getuid() != 0) return;
  const passwd* entry = ::getpwnam(user.c_str());
  if (entry == nullptr || ::setgroups(0, nullptr) != 0 || ::setgid(entry->pw_gid) != 0 ||
      ::setuid(entry->pw_uid) != 0) {
    ::_exit(126);
  }
}

}  // namespace

void give_up(const std::string& what) {
  fmt::print(stderr, "dealog_bench: {}\n", what);
  std::exit(1);
}

ChildProcess::ChildProcess(const ChildOptions& options) {
  std::vector<char*> arguments;
  for (const auto& part : options.command) arguments.push_back(const_cast<char*>(part.c_str()));
  arguments.push_back(nullptr);
  int ends[2] = {-1, -1};
  if (options.piped && ::pipe2(ends, O_CLOEXEC) != 0) give_up("no pipe");
  pid_ = ::fork();
  if (pid_ < 0) give_up("cannot fork");
  if (pid_ == 0) {
    if (!options.output.empty()) {
      const int file = ::open(options.output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
      ::dup2(file, STDOUT_FILENO);
      ::dup2(file, STDERR_FILENO);
    }
    if (options.piped) ::dup2(ends[1], STDOUT_FILENO);
    become(options.user);
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // no server outlives the benchmark
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  if (options.piped) ::close(ends[1]);
  out_ = ends[0];
}

bool ChildProcess::runs() const { return pid_ > 0 && ::waitpid(pid_, nullptr, WNOHANG) == 0; }

std::string ChildProcess::read_line() {
  std::string line;
  for (char c = 0; ::read(out_, &c, 1) == 1 && c != '\n';) line += c;
  return line;
}

int ChildProcess::stop(int signal) {
  if (out_ >= 0) ::close(std::exchange(out_, -1));
  if (pid_ <= 0) return 0;
  if (signal != 0) ::kill(pid_, signal);
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

double ChildProcess::cpu_seconds() const {
  const auto own = times_of(std::to_string(pid_));
  double seconds = own ? own->seconds : 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const auto times = times_of(entry.path().filename().string());
    if (times && times->parent == pid_) seconds += times->seconds;
  }
  return seconds;
}

void run_to_end(const ChildOptions& options) {
  const int status = ChildProcess(options).stop(0);
  if (status == 0) return;
  std::ifstream in(options.output);
  std::stringstream said;
  said << in.rdbuf();
  give_up(fmt::format("{} ended with {}: {}", options.command[0], status, said.str()));
}

}  // namespace dealog::bench
