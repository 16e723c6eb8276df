#include "tests/bench/server_process.hpp"

#include <fstream>

#include <fmt/format.h>

#include "libs/base/text.hpp"
#include "libs/http/client.hpp"

namespace dealog::bench {

ServerProcess::ServerProcess(const std::string& binary, const std::filesystem::path& data,
                             const std::string& regulation) {
  std::filesystem::create_directories(data);
  const std::filesystem::path config = data.string() + ".toml";
  std::ofstream(config) << "[server]\naccess_log = false\n[log]\nlevel = \"warning\"\n";
  child_ = std::make_unique<ChildProcess>(
      ChildOptions{.command = {binary, "serve", "--data", data.string(), "--listen", "127.0.0.1:0",
                               "--regulation", regulation, "--config", config.string()},
                   .piped = true});
  const std::string line = child_->read_line();
  const auto colon = line.rfind(':');
  if (!line.starts_with("listening on ") || colon == std::string::npos) {
    give_up(fmt::format("{} did not start", binary));
  }
  port_ = static_cast<std::uint16_t>(std::stoi(line.substr(colon + 1)));
  std::ifstream token(data / "owner-token");
  std::getline(token, token_);
}

std::map<std::string, double> ServerProcess::metrics() const {
  http::Client client("127.0.0.1", port_);
  const auto answer = client.get("/metrics");
  std::map<std::string, double> values;
  if (!answer) return values;
  for (const std::string_view line : split(answer->body, '\n')) {
    const auto space = line.find(' ');
    if (line.starts_with('#') || space == std::string_view::npos) continue;
    values[std::string(line.substr(0, space))] =
        std::strtod(std::string(line.substr(space + 1)).c_str(), nullptr);
  }
  return values;
}

}  // namespace dealog::bench
