// How fast the whole service is, from outside, beside plain RocksDB in the same run.
//
//   dealog_bench [--seconds S] [--connections 1,8,64,256] [--deals N] [--folder DIR] [--long N]
//
// Deals opened a second; touches recorded a second over HTTP on 10,000 open deals (one event each,
// every check on) and on 100 deals with N events each; lag of the views throughout and five
// seconds after; the same records written by plain RocksDB; rebuild of all views. A figure is
// worth what the machine was quiet: the load generator runs on the same cores.
#include <atomic>
#include <cstdlib>
#include <thread>

#include <fmt/format.h>
#include <unistd.h>

#include "libs/base/clock.hpp"
#include "libs/base/text.hpp"
#include "tests/bench/http_load.hpp"
#include "tests/bench/raw_store.hpp"
#include "tests/bench/server_process.hpp"

namespace dealog::bench {
namespace {

using std::chrono::milliseconds;

struct Options {
  double seconds = 5;
  std::vector<int> connections = {1, 8, 64, 256};
  std::size_t deals = 10'000;
  std::size_t long_deals = 100;
  std::size_t long_events = 2'000;
  std::filesystem::path folder = std::filesystem::temp_directory_path() / "dealog-bench";
  std::string binary;
  std::string regulation;
};

// Watches the lag of the views while a phase runs.
class LagWatch {
 public:
  explicit LagWatch(const ServerProcess& server) : server_(server), thread_([this] { look(); }) {}
  ~LagWatch() { stop(); }
  double stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
    return highest_;
  }

 private:
  void look() {
    while (!stopping_) {
      highest_ = std::max(highest_, server_.metrics()["dealog_projection_lag_seconds"]);
      std::this_thread::sleep_for(milliseconds(100));
    }
  }
  const ServerProcess& server_;
  std::atomic<bool> stopping_{false};
  double highest_ = 0;
  std::thread thread_;
};

void print_header(std::string_view what) {
  fmt::print("\n{}\n{:>11} {:>9} {:>8} {:>8} {:>8} {:>9} {:>7} {:>8} {:>8}\n", what, "connections",
             "a second", "p50 ms", "p99 ms", "failed", "cpu us", "group", "sync ms", "lag s");
}

void run_phase(const ServerProcess& server, const Options& options, int connections,
               std::size_t requests, const MakeRequest& make, const OnAnswer& on_answer = {}) {
  const auto before = server.metrics();
  const double cpu = server.cpu_seconds();
  LagWatch lag(server);
  LoadResult result = run_load({.port = server.port(),
                                .connections = connections,
                                .seconds = requests == 0 ? options.seconds : 0,
                                .requests = requests,
                                .make = make,
                                .on_answer = on_answer});
  const double highest = lag.stop();
  auto after = server.metrics();
  const auto grown = [&](const std::string& name) {
    const auto was = before.find(name);
    return after[name] - (was == before.end() ? 0 : was->second);
  };
  const double groups = std::max(1.0, grown("dealog_commit_events_count"));
  fmt::print("{:>11} {:>9.0f} {:>8.2f} {:>8.2f} {:>8} {:>9.1f} {:>7.1f} {:>8.2f} {:>8.2f}\n",
             connections, result.rate(), result.latencies.quantile(0.5),
             result.latencies.quantile(0.99), result.failed,
             (server.cpu_seconds() - cpu) * 1e6 / static_cast<double>(result.requests),
             grown("dealog_commit_events_sum") / groups,
             grown("dealog_sync_seconds_sum") * 1e3 / groups, highest);
  if (result.failed > 0) fmt::print("  first failure: {}\n", result.first_failure);
  std::fflush(stdout);
}

std::vector<std::string> open_deals(const ServerProcess& server, const Options& options,
                                    std::size_t count, int connections) {
  std::vector<std::string> deals(count);
  run_phase(
      server, options, connections, count,
      [&](std::size_t n) {
        return post("/v1/deals", server.token(),
                    fmt::format(R"({{"title":"Site {}","source":"bench","amount":{{"amount":)"
                                R"("130000.00","currency":"RUB"}}}})",
                                n));
      },
      [&](std::size_t n, const std::string& body) {
        const auto at = body.find("\"deal_");
        if (at != std::string::npos) deals[n] = body.substr(at + 1, 37);
      });
  return deals;
}

MakeRequest touches(const ServerProcess& server, const std::vector<std::string>& deals) {
  return [&server, &deals](std::size_t n) {
    return post("/v1/deals/" + deals[n * 7919 % deals.size()] + "/touches", server.token(),
                R"({"kind":"call","direction":"out","outcome":"connected","duration_s":61,)"
                R"("note":"Talked about the brief; call again on Friday"})");
  };
}

void print_rest_lag(const ServerProcess& server) {
  std::this_thread::sleep_for(std::chrono::seconds(5));
  fmt::print("lag five seconds after: {:.0f} events\n",
             server.metrics()["dealog_projection_lag_events"]);
}

void run_server_phases(const Options& options) {
  ServerProcess server(options.binary, options.folder / "data", options.regulation);
  print_header(fmt::format("deals opened ({} of them)", options.deals));
  const auto deals = open_deals(server, options, options.deals, 64);
  print_header(fmt::format("touches on {} deals", deals.size()));
  for (const int connections : options.connections) {
    run_phase(server, options, connections, 0, touches(server, deals));
  }
  print_rest_lag(server);
  print_header(fmt::format("{} deals get {} events each, then touches", options.long_deals,
                           options.long_events));
  const auto long_deals = open_deals(server, options, options.long_deals, 8);
  run_phase(server, options, 256, options.long_deals * options.long_events,
            touches(server, long_deals));
  for (const int connections : options.connections) {
    run_phase(server, options, connections, 0, touches(server, long_deals));
  }
  print_rest_lag(server);
}

void run_raw_phases(const Options& options) {
  const auto events = read_events(options.folder / "data" / "log", 50'000);
  std::size_t bytes = 0;
  for (const auto& event : events) bytes += event.record.size();
  fmt::print("\nplain RocksDB, the same records ({} bytes each), sync on\n", bytes / events.size());
  fmt::print("{:>11} {:>9} {:>8} {:>8} {:>8} {:>9}\n", "writers", "a second", "p50 ms", "p99 ms",
             "", "cpu us");
  for (const int writers : options.connections) {
    std::filesystem::remove_all(options.folder / "raw");
    RawResult raw = write_raw(options.folder / "raw", events, writers, options.seconds);
    fmt::print("{:>11} {:>9.0f} {:>8.2f} {:>8.2f} {:>8} {:>9.1f}\n", writers, raw.rate(),
               raw.latencies.quantile(0.5), raw.latencies.quantile(0.99), "", raw.cpu_us);
    std::fflush(stdout);
  }
}

void run(const Options& options) {
  std::filesystem::remove_all(options.folder);
  std::filesystem::create_directories(options.folder);
  run_server_phases(options);
  run_raw_phases(options);
  fmt::print("\nrebuild of all views\n");
  std::fflush(stdout);
  const std::string command =
      fmt::format("'{}' rebuild --data '{}'", options.binary, (options.folder / "data").string());
  if (std::system(command.c_str()) != 0) fmt::print("the rebuild failed\n");
  std::filesystem::remove_all(options.folder);
}

Options parse(int argc, char** argv) {
  const std::filesystem::path self = std::filesystem::canonical("/proc/self/exe");
  const char* source = std::getenv("DEALOG_SOURCE_DIR");
  Options options;
  options.binary = (self.parent_path() / "../../services/dealog/dealog").string();
  options.regulation =
      std::string(source == nullptr ? "." : source) + "/deploy/regulations/web-studio.yaml";
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const std::string value = argv[i + 1];
    if (name == "--seconds") options.seconds = std::atof(value.c_str());
    if (name == "--deals") options.deals = std::strtoul(value.c_str(), nullptr, 10);
    if (name == "--long") options.long_events = std::strtoul(value.c_str(), nullptr, 10);
    if (name == "--folder") options.folder = std::filesystem::path(value) / "dealog-bench";
    if (name != "--connections") continue;
    options.connections.clear();
    for (const auto part : split(value, ',')) {
      options.connections.push_back(std::atoi(std::string(part).c_str()));
    }
  }
  return options;
}

}  // namespace
}  // namespace dealog::bench

int main(int argc, char** argv) {
  dealog::bench::run(dealog::bench::parse(argc, argv));
  return 0;
}
