#include "tests/bench/service_bench.hpp"

#include <atomic>
#include <thread>

#include <fmt/format.h>

#include "libs/base/clock.hpp"

namespace dealog::bench {
namespace {

std::string header_of(const std::string& answer, std::string_view name) {
  const auto at = answer.find(fmt::format("\r\n{}: ", name));
  if (at == std::string::npos) return "0";
  const auto from = at + 4 + name.size();
  return answer.substr(from, answer.find("\r\n", from) - from);
}

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
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  }
  const ServerProcess& server_;
  std::atomic<bool> stopping_{false};
  double highest_ = 0;
  std::thread thread_;
};

}  // namespace

void print_phase_header(std::string_view what) {
  fmt::print("\n{}\n{:>11} {:>9} {:>8} {:>8} {:>9} {:>9} {:>7} {:>8} {:>7}\n", what, "connections",
             "a second", "p50 ms", "p99 ms", "p99.9 ms", "cpu us", "group", "sync ms", "lag s");
  std::fflush(stdout);
}

Phase run_phase(const ServerProcess& server, const Options& options, int connections,
                std::size_t requests, const MakeRequest& make, const OnAnswer& on_answer) {
  const auto before = server.metrics();
  const double cpu = server.cpu_seconds();
  LagWatch lag(server);
  LoadResult result = run_load({.port = server.port(),
                                .connections = connections,
                                .seconds = requests == 0 ? options.seconds : 0,
                                .requests = requests,
                                .make = make,
                                .on_answer = on_answer});
  const double spent = server.cpu_seconds() - cpu;
  Phase phase{.measured = {.latencies = std::move(result.latencies),
                           .seconds = result.seconds,
                           .cpu_us = spent * 1e6 / static_cast<double>(result.requests)},
              .lag_s = lag.stop()};
  auto after = server.metrics();
  const auto grown = [&](const std::string& name) {
    const auto was = before.find(name);
    return after[name] - (was == before.end() ? 0 : was->second);
  };
  const double groups = std::max(1.0, grown("dealog_commit_events_count"));
  phase.group = grown("dealog_commit_events_sum") / groups;
  phase.sync_ms = grown("dealog_sync_seconds_sum") * 1e3 / groups;
  Latencies& latencies = phase.measured.latencies;
  fmt::print("{:>11} {:>9.0f} {:>8.2f} {:>8.2f} {:>9.2f} {:>9.1f} {:>7.1f} {:>8.2f} {:>7.2f}\n",
             connections, phase.measured.rate(), latencies.quantile(0.5), latencies.quantile(0.99),
             latencies.quantile(0.999), phase.measured.cpu_us, phase.group, phase.sync_ms,
             phase.lag_s);
  if (result.failed > 0) {
    fmt::print("  {} failed, the first: {}\n", result.failed, result.first_failure);
  }
  std::fflush(stdout);
  return phase;
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
      [&](std::size_t n, const std::string& answer) {
        const auto at = answer.find("\"deal_");
        if (at != std::string::npos) deals[n] = answer.substr(at + 1, 37);
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

void warm_up(const ServerProcess& server, const std::vector<std::string>& deals) {
  run_load({.port = server.port(),
            .connections = 64,
            .requests = deals.size(),
            .make = touches(server, deals)});
  while (server.metrics()["dealog_projection_lag_events"] > 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

Latencies read_own_writes(const ServerProcess& server, const Options& options, int connections,
                          const std::vector<std::string>& deals) {
  const auto touch = touches(server, deals);
  const auto load = [&] {
    run_load({.port = server.port(),
              .connections = connections,
              .seconds = options.seconds,
              .make = touch});
  };
  std::thread others(load);
  Latencies reads;
  std::string position;
  std::chrono::steady_clock::time_point asked;
  // By turns: a touch, and a look at its deal that waits for it.
  run_load({.port = server.port(),
            .connections = 1,
            .seconds = options.seconds,
            .make =
                [&](std::size_t n) {
                  if (n % 2 == 0) return touch(n);
                  asked = steady_now();
                  return get("/v1/deals/" + deals[(n - 1) * 7919 % deals.size()] +
                                 "?min_position=" + position,
                             server.token());
                },
            .on_answer =
                [&](std::size_t n, const std::string& answer) {
                  if (n % 2 == 0) {
                    position = header_of(answer, "Dealog-Position");
                  } else {
                    reads.add(steady_now() - asked);
                  }
                }});
  others.join();
  fmt::print("reading one's own writes under that load: p50 {:.2f} ms, p99 {:.2f} ms\n",
             reads.quantile(0.5), reads.quantile(0.99));
  return reads;
}

double lag_at_rest(const ServerProcess& server) {
  std::this_thread::sleep_for(std::chrono::seconds(5));
  const double lag = server.metrics()["dealog_projection_lag_events"];
  fmt::print("lag five seconds after: {:.0f} events\n", lag);
  return lag;
}

}  // namespace dealog::bench
