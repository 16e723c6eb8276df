#include "tests/support/dealog_process.hpp"

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/temp_folder.hpp"

namespace dealog::e2e {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

// Generous: the machine may be busy with a build.
constexpr std::chrono::seconds kStartsWithin{60};
constexpr std::chrono::seconds kStopsWithin{40};
constexpr std::chrono::milliseconds kLookEvery{10};
constexpr std::string_view kListening = "listening on http://127.0.0.1:";

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') {
    throw std::runtime_error(std::string("the environment has no ") + name + "; run it by ctest");
  }
  return value;
}

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// The child: standard output and error as given, nothing else of ours.
pid_t spawn(const std::vector<std::string>& command, const std::vector<std::string>& variables,
            int out, int err) {
  std::vector<char*> arguments;
  for (const auto& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid < 0) throw std::runtime_error("fork failed");
  if (pid > 0) return pid;
  for (const auto& variable : variables) ::putenv(const_cast<char*>(variable.c_str()));
  const int null = ::open("/dev/null", O_RDONLY);
  ::dup2(null, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  ::execvp(arguments[0], arguments.data());
  ::_exit(127);
}

// The exit code, or -1 after SIGKILL, which is sent when it has not ended in time.
int wait_for_end(pid_t pid, std::chrono::seconds within) {
  const auto until = Clock::now() + within;
  for (;;) {
    int status = 0;
    if (::waitpid(pid, &status, WNOHANG) == pid) {
      return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    if (Clock::now() > until) {
      ::kill(pid, SIGKILL);
      ::waitpid(pid, &status, 0);
      return -1;
    }
    std::this_thread::sleep_for(kLookEvery);
  }
}

// The first line that the child writes; "" when it ends or is not in time.
std::string first_line(int fd) {
  std::string line;
  const auto until = Clock::now() + kStartsWithin;
  while (Clock::now() < until) {
    pollfd look{fd, POLLIN, 0};
    if (::poll(&look, 1, 100) <= 0) continue;
    char byte = 0;
    if (::read(fd, &byte, 1) != 1) return {};
    if (byte == '\n') return line;
    line += byte;
  }
  return {};
}

int open_for_appending(const fs::path& file) {
  return ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

}  // namespace

fs::path dealog_binary() {
  const fs::path binary = environment("DEALOG_BINARY");
  if (!fs::exists(binary)) throw std::runtime_error("there is no " + binary.string());
  return binary;
}

fs::path web_studio() {
  return fs::path(environment("DEALOG_SOURCE_DIR")) / "deploy/regulations/web-studio.yaml";
}

Finished run(const std::vector<std::string>& command, std::chrono::seconds within,
             const std::vector<std::string>& variables) {
  const testing_support::TempFolder folder;
  const fs::path out = folder.path() / "out", err = folder.path() / "err";
  const int out_fd = open_for_appending(out), err_fd = open_for_appending(err);
  const pid_t pid = spawn(command, variables, out_fd, err_fd);
  ::close(out_fd);
  ::close(err_fd);
  Finished finished;
  finished.exit_code = wait_for_end(pid, within);
  finished.output = text_of(out);
  finished.errors = text_of(err);
  return finished;
}

Finished run_dealog(std::vector<std::string> arguments, std::chrono::seconds within) {
  arguments.insert(arguments.begin(), dealog_binary().string());
  return run(arguments, within);
}

DealogProcess::DealogProcess(fs::path data, std::vector<std::string> extra,
                             std::vector<std::string> variables)
    : data_(std::move(data)),
      errors_file_(data_.string() + ".stderr"),
      extra_(std::move(extra)),
      variables_(std::move(variables)) {}

DealogProcess::~DealogProcess() { kill(); }

void DealogProcess::start(const std::vector<std::string>& environment) {
  if (running()) throw std::runtime_error("it runs already");
  std::vector<std::string> command{dealog_binary().string(),
                                   "serve",
                                   "--data",
                                   data_.string(),
                                   "--listen",
                                   "127.0.0.1:0",
                                   "--regulation",
                                   web_studio().string()};
  command.insert(command.end(), extra_.begin(), extra_.end());
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe failed");
  const int err = open_for_appending(errors_file_);
  std::vector<std::string> variables = variables_;
  variables.insert(variables.end(), environment.begin(), environment.end());
  pid_ = spawn(command, variables, ends[1], err);
  ::close(ends[1]);
  ::close(err);
  output_ = ends[0];
  const std::string line = first_line(output_);
  if (!line.starts_with(kListening)) {
    kill();
    throw std::runtime_error("dealog serve did not say where it listens but '" + line +
                             "'; its standard error:\n" + errors());
  }
  port_ = static_cast<std::uint16_t>(std::stoi(line.substr(kListening.size())));
}

void DealogProcess::kill() {
  if (!running()) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  ::close(output_);
  pid_ = -1;
}

void DealogProcess::pause() {
  if (!running()) throw std::runtime_error("it does not run");
  ::kill(pid_, SIGSTOP);
}

void DealogProcess::resume() {
  if (!running()) throw std::runtime_error("it does not run");
  ::kill(pid_, SIGCONT);
}

int DealogProcess::terminate() {
  if (!running()) throw std::runtime_error("it does not run");
  ::kill(pid_, SIGTERM);
  return wait_until_it_ends();
}

bool DealogProcess::has_ended() {
  if (!running()) return true;
  if (::waitpid(pid_, nullptr, WNOHANG) != pid_) return false;
  ::close(output_);
  pid_ = -1;
  return true;
}

int DealogProcess::wait_until_it_ends() {
  if (!running()) throw std::runtime_error("it does not run");
  const int code = wait_for_end(pid_, kStopsWithin);
  ::close(output_);
  pid_ = -1;
  return code;
}

std::string DealogProcess::owner_token() const {
  std::string token = text_of(data_ / "owner-token");
  while (!token.empty() && token.back() == '\n') token.pop_back();
  if (token.empty()) throw std::runtime_error("there is no owner-token in " + data_.string());
  return token;
}

std::string DealogProcess::errors() const { return text_of(errors_file_); }

}  // namespace dealog::e2e
