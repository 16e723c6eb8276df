// How fast the whole service is, from outside, beside others on the same records in the same run:
// PostgreSQL, Redis Streams, plain RocksDB. `--help` lists the options, README.md says how to read
// the figures. A figure is worth what the machine was quiet: the load generator shares the cores.
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include <fmt/format.h>
#include <unistd.h>

#include "libs/base/clock.hpp"
#include "tests/bench/bulk_bench.hpp"
#include "tests/bench/chart.hpp"
#include "tests/bench/delivery_bench.hpp"
#include "tests/bench/machine.hpp"
#include "tests/bench/postgres_peer.hpp"
#include "tests/bench/raw_store.hpp"
#include "tests/bench/redis_peer.hpp"
#include "tests/bench/report.hpp"
#include "tests/bench/service_bench.hpp"

namespace dealog::bench {
namespace {

namespace json = boost::json;

constexpr int kConnections = 64;  // of the comparison
constexpr std::size_t kRecords = 50'000;
constexpr double kQuickSyncUs = 100;
constexpr const char* kDelayVariable = "DEALOG_SYNC_DELAY_US";
// What one phase leaves to be written in the background is not the next one's.
constexpr std::chrono::seconds kBetweenPhases{1};

double delay_ms() {
  const char* text = std::getenv(kDelayVariable);
  return text == nullptr ? 0 : std::atof(text) / 1000;
}

// This program again, with every sync slower for itself and for all it starts.
void start_slowed(double added_ms, char** argv) {
  const auto self = std::filesystem::canonical("/proc/self/exe");
  const auto library = self.parent_path() / "libslow_sync.so";
  if (!std::filesystem::exists(library)) give_up("there is no " + library.string());
  ::setenv("LD_PRELOAD", library.c_str(), 1);
  ::setenv(kDelayVariable, fmt::format("{:.0f}", added_ms * 1000).c_str(), 1);
  ::execv(self.c_str(), argv);
  give_up("cannot start itself again");
}

// Dealog and its peers at 64 connections, in turns.
json::object compare(const Options& options) {
  const auto folder = options.folder / "comparison";
  std::filesystem::create_directories(folder);
  const SyncCost sync = measure_sync(folder);
  fmt::print("a write of 4 KB and its sync: median {:.0f} us, p99 {:.0f} us{}\n", sync.p50_us,
             sync.p99_us,
             delay_ms() > 0 ? fmt::format(" ({:g} ms of them added, for all)", delay_ms()) : "");
  auto server =
      std::make_unique<ServerProcess>(options.binary, folder / "data", options.regulation);
  print_phase_header(fmt::format("{} deals opened, then touches on them", options.deals));
  const auto deals = open_deals(*server, options, options.deals, kConnections);
  run_phase(*server, options, kConnections, 0, touches(*server, deals));
  server->stop();
  const auto events = read_events(folder / "data" / "log", kRecords);
  server = std::make_unique<ServerProcess>(options.binary, folder / "data", options.regulation);
  warm_up(*server, deals);
  const auto postgres = PostgresPeer::start(folder / "postgres");
  const auto redis = RedisPeer::start(folder / "redis");

  Report report;
  double lag_s = 0;
  for (int round = 0; round < options.rounds; ++round) {
    auto phase = run_phase(*server, options, kConnections, 0, touches(*server, deals));
    lag_s = std::max(lag_s, phase.lag_s);
    report.add("Dealog", std::move(phase.measured));
    std::this_thread::sleep_for(kBetweenPhases);
    if (postgres) {
      report.add("PostgreSQL", postgres->write(events, kConnections, options.seconds));
      std::this_thread::sleep_for(kBetweenPhases);
    }
    if (redis) {
      report.add("Redis, always", redis->write(events, kConnections, options.seconds));
      std::this_thread::sleep_for(kBetweenPhases);
    }
    std::filesystem::remove_all(folder / "raw");
    report.add("plain RocksDB",
               write_raw(
                   folder / "raw",
                   [&](std::uint64_t n) -> const RawEvent& { return events[n % events.size()]; },
                   kConnections, options.seconds));
    std::this_thread::sleep_for(kBetweenPhases);
  }
  std::size_t bytes = 0;
  for (const auto& event : events) bytes += event.record.size();
  fmt::print("\n{} connections, records of {} bytes, {} rounds of {:g} s; middle of the rounds\n",
             kConnections, bytes / events.size(), options.rounds, options.seconds);
  report.print_table();
  report.print_ratios("Dealog");
  Latencies own_writes = read_own_writes(*server, options, kConnections, deals);
  const double lag_events = lag_at_rest(*server);
  json::object result = report.json("Dealog");
  result["added_sync_ms"] = delay_ms();
  result["sync_p50_us"] = std::round(sync.p50_us);
  result["sync_p99_us"] = std::round(sync.p99_us);
  result["record_bytes"] = bytes / events.size();
  result["own_writes_read_p50_ms"] = own_writes.quantile(0.5);
  result["own_writes_read_p99_ms"] = own_writes.quantile(0.99);
  result["views_lag_s"] = lag_s;
  result["views_lag_events_after_5_s"] = lag_events;
  result["postgres"] = postgres ? json::value(postgres->version()) : json::value();
  result["redis"] = redis ? json::value(redis->version()) : json::value();
  return result;
}

void rebuild(const Options& options, const std::filesystem::path& data, json::object& report) {
  fmt::print("\nrebuild of all views\n");
  const auto output = options.folder / "rebuild.out";
  run_to_end({.command = {options.binary, "rebuild", "--data", data.string()}, .output = output});
  std::stringstream said;
  said << std::ifstream(output).rdbuf();
  fmt::print("{}", said.str());
  const auto at = said.str().rfind('(');
  if (at != std::string::npos) {
    report["rebuild_events_a_second"] = std::atof(said.str().c_str() + at + 1);
  }
}

// Further numbers of connections, and deals with a long history.
void run_further_phases(const Options& options, json::object& report) {
  const auto data = options.folder / "further";
  {
    ServerProcess server(options.binary, data, options.regulation);
    print_phase_header(fmt::format("touches on {} deals", options.deals));
    const auto deals = open_deals(server, options, options.deals, kConnections);
    for (const int connections : options.connections) {
      run_phase(server, options, connections, 0, touches(server, deals));
    }
    lag_at_rest(server);
    print_phase_header(fmt::format("{} deals get {} events each, then touches", options.long_deals,
                                   options.long_events));
    const auto long_deals = open_deals(server, options, options.long_deals, 8);
    run_phase(server, options, 256, options.long_deals * options.long_events,
              touches(server, long_deals));
    run_phase(server, options, kConnections, 0, touches(server, long_deals));
    lag_at_rest(server);
  }
  const auto events = read_events(data / "log", kRecords);
  Report raw;
  for (const int writers : options.connections) {
    std::filesystem::remove_all(options.folder / "raw");
    raw.add(fmt::format("plain RocksDB, {} writers", writers),
            write_raw(
                options.folder / "raw",
                [&](std::uint64_t n) -> const RawEvent& { return events[n % events.size()]; },
                writers, options.seconds));
  }
  fmt::print("\n");
  raw.print_table();
  rebuild(options, data, report);
}

// The comparison once more as on a slower disk, by a program of its own.
json::value compare_slowed(const Options& options) {
  const auto result = options.folder / "slowed.json";
  fmt::print("\nAgain, 1 ms added to each sync of everybody\n");
  std::fflush(stdout);
  const ChildOptions child{
      .command = {std::filesystem::canonical("/proc/self/exe"), "--only", "comparison",
                  "--add-sync-ms", "1", "--seconds", fmt::format("{}", options.seconds), "--rounds",
                  fmt::format("{}", options.rounds), "--deals", fmt::format("{}", options.deals),
                  "--folder", options.folder / "slowed", "--binary", options.binary, "--json",
                  result},
      .output = {},
      .user = {}};
  if (ChildProcess(child).stop(0) != 0) give_up("the run with slower syncs failed");
  std::stringstream text;
  text << std::ifstream(result).rdbuf();
  return json::parse(text.str()).at("passes").at(0);
}

void run(const Options& options) {
  std::filesystem::remove_all(options.folder);
  std::filesystem::create_directories(options.folder);
  json::object report{{"date", SystemClock().now().rfc3339().substr(0, 10)},
                      {"connections", kConnections},
                      {"seconds", options.seconds},
                      {"machine", describe_machine(options.folder)}};
  fmt::print("{}\n", json::serialize(report.at("machine")));
  if (options.only_import || options.only_deliveries) {
    if (options.only_import) report["import"] = compare_bulk(options);
    if (options.only_deliveries) report["deliveries"] = measure_deliveries(options);
    if (!options.json.empty()) std::ofstream(options.json) << pretty(report) << "\n";
    std::filesystem::remove_all(options.folder);
    return;
  }
  json::array passes;
  passes.push_back(compare(options));
  const bool quick = passes[0].at("sync_p50_us").to_number<double>() < kQuickSyncUs;
  if (delay_ms() == 0 && options.added_sync_ms < 0 && (quick || options.always_slowed)) {
    passes.push_back(compare_slowed(options));
  }
  report["passes"] = std::move(passes);
  if (!options.only_comparison) {
    report["import"] = compare_bulk(options);
    report["deliveries"] = measure_deliveries(options);
    run_further_phases(options, report);
  }
  if (!options.json.empty()) std::ofstream(options.json) << pretty(report) << "\n";
  if (!options.svg.empty()) std::ofstream(options.svg) << draw_chart(report);
  std::filesystem::remove_all(options.folder);
}

}  // namespace
}  // namespace dealog::bench

int main(int argc, char** argv) {
  const auto options = dealog::bench::parse_options(argc, argv);
  if (options.added_sync_ms > 0 && dealog::bench::delay_ms() == 0) {
    dealog::bench::start_slowed(options.added_sync_ms, argv);
  }
  dealog::bench::run(options);
  return 0;
}
