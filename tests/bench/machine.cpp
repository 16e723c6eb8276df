#include "tests/bench/machine.hpp"

#include <fstream>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "libs/base/clock.hpp"
#include "tests/bench/child_process.hpp"
#include "tests/bench/latencies.hpp"

namespace dealog::bench {
namespace {

constexpr int kSyncs = 500;
constexpr std::size_t kSyncBytes = 4096;

std::string value_of(const std::string& file, std::string_view key) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with(key)) continue;
    const auto from = line.find_first_not_of(" \t:", key.size());
    return from == std::string::npos ? "" : line.substr(from);
  }
  return "unknown";
}

// "ext4 on /dev/vda": the longest mount point that the folder lies below.
std::string file_system_of(const std::filesystem::path& folder) {
  const std::string path = std::filesystem::canonical(folder).string() + "/";
  std::ifstream in("/proc/mounts");
  std::string device, point, type, rest, found = "unknown";
  std::size_t longest = 0;
  while (in >> device >> point >> type && std::getline(in, rest)) {
    if (point != "/") point += "/";
    if (path.starts_with(point) && point.size() >= longest) {
      longest = point.size();
      found = fmt::format("{} on {}", type, device);
    }
  }
  return found;
}

}  // namespace

boost::json::object describe_machine(const std::filesystem::path& folder) {
  struct sysinfo memory{};
  utsname system{};
  ::sysinfo(&memory);
  ::uname(&system);
  return {{"processor", value_of("/proc/cpuinfo", "model name")},
          {"cores", std::thread::hardware_concurrency()},
          {"memory_gb", memory.totalram * memory.mem_unit >> 30},
          {"kernel", std::string(system.release)},
          {"file_system", file_system_of(folder)}};
}

SyncCost measure_sync(const std::filesystem::path& folder) {
  const auto file = folder / "sync-cost";
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) give_up("cannot write to " + folder.string());
  const std::string bytes(kSyncBytes, 's');
  Latencies latencies;
  for (int i = 0; i < kSyncs; ++i) {
    const auto start = steady_now();
    if (::write(fd, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()) ||
        ::fdatasync(fd) != 0) {
      give_up("cannot write to " + folder.string());
    }
    latencies.add(steady_now() - start);
  }
  ::close(fd);
  std::filesystem::remove(file);
  return {latencies.quantile(0.5) * 1e3, latencies.quantile(0.99) * 1e3};
}

}  // namespace dealog::bench
