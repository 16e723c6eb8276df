#include "tests/bench/server_process.hpp"

#include <csignal>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libs/base/text.hpp"
#include "libs/http/client.hpp"

namespace dealog::bench {
namespace {

[[noreturn]] void give_up(const std::string& what) {
  fmt::print(stderr, "dealog_bench: {}\n", what);
  std::exit(1);
}

std::string read_line(int fd) {
  std::string line;
  for (char c = 0; ::read(fd, &c, 1) == 1 && c != '\n';) line += c;
  return line;
}

}  // namespace

ServerProcess::ServerProcess(const std::string& binary, const std::filesystem::path& data,
                             const std::string& regulation) {
  std::filesystem::create_directories(data);
  const std::filesystem::path config = data.string() + ".toml";
  std::ofstream(config) << "[server]\naccess_log = false\n[log]\nlevel = \"warning\"\n";
  int out[2];
  if (::pipe(out) != 0) give_up("no pipe");
  pid_ = ::fork();
  if (pid_ == 0) {
    ::dup2(out[1], STDOUT_FILENO);
    ::close(out[0]);
    ::execl(binary.c_str(), "dealog", "serve", "--data", data.c_str(), "--listen", "127.0.0.1:0",
            "--regulation", regulation.c_str(), "--config", config.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(out[1]);
  const std::string line = read_line(out[0]);
  const auto colon = line.rfind(':');
  if (!line.starts_with("listening on ") || colon == std::string::npos) {
    give_up(fmt::format("{} did not start", binary));
  }
  port_ = static_cast<std::uint16_t>(std::stoi(line.substr(colon + 1)));
  std::ifstream token(data / "owner-token");
  std::getline(token, token_);
}

void ServerProcess::stop() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGTERM);
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
}

double ServerProcess::cpu_seconds() const {
  std::ifstream in(fmt::format("/proc/{}/stat", pid_));
  std::string text;
  std::getline(in, text);
  std::istringstream fields(text.substr(text.rfind(')') + 2));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  double user = 0, system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

std::map<std::string, double> ServerProcess::metrics() const {
  http::Client client("127.0.0.1", port_);
  const auto answer = client.get("/metrics");
  std::map<std::string, double> values;
  if (!answer) return values;
  for (const std::string_view line : split(answer->body, '\n')) {
    const auto space = line.find(' ');
    if (line.starts_with('#') || space == std::string_view::npos) continue;
    const std::string_view name = line.substr(0, space);
    if (name.find('{') == std::string_view::npos) {
      values[std::string(name)] = std::strtod(std::string(line.substr(space + 1)).c_str(), nullptr);
    }
  }
  return values;
}

}  // namespace dealog::bench
