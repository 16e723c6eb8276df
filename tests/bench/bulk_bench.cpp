#include "tests/bench/bulk_bench.hpp"

#include <atomic>
#include <cmath>
#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>

#include <fmt/format.h>

#include "libs/base/clock.hpp"
#include "libs/http/client.hpp"
#include "tests/bench/raw_store.hpp"
#include "tests/bench/report.hpp"
#include "tests/bench/service_bench.hpp"

namespace dealog::bench {
namespace {

namespace json = boost::json;

constexpr std::size_t kUploadLines = 20'000;  // some 6 MB
constexpr std::size_t kFileLines = 300'000;
constexpr std::size_t kRecords = 50'000;
// One runs while the other's body is on its way.
constexpr int kUploads = 2;
// What one phase leaves to be written in the background is not the next one's.
constexpr std::chrono::seconds kBetweenPhases{1};
constexpr std::chrono::seconds kUploadTimeout{60};

// Touches on the deals, the same text each time except for the ids of the events.
class ImportText {
 public:
  ImportText(const std::vector<std::string>& deals, std::size_t lines) {
    for (std::size_t n = 0; n < lines; ++n) {
      text_ += R"({"event_id":"evt_)";
      ids_.push_back(text_.size());
      text_ += std::string(32, '0') + R"(","type":"TouchRecorded","stream":")" +
               deals[n * 7919 % deals.size()] +
               R"(","occurred_at":"2026-01-15T10:00:00.000000Z","data":{"kind":"call",)"
               R"("direction":"out","outcome":"connected","duration_s":61,)"
               R"("note":"Talked about the brief; call again on Friday"}})"
               "\n";
    }
  }
  const std::string& with_new_ids(IdSource& ids) {
    for (const std::size_t at : ids_) text_.replace(at, 32, ids.next().hex());
    return text_;
  }

 private:
  std::string text_;
  std::vector<std::size_t> ids_;
};

struct Bulk {
  double rate = 0;
  double cpu_us = 0;
  double group = 0;
  double lag_s = 0;
};

std::uint64_t imported(const http::ClientResponse& response) {
  if (response.status != 200) give_up("an import was refused: " + response.body);
  const auto answer = json::parse(response.body).as_object();
  if (answer.at("refused").to_number<int>() != 0) give_up("a line was refused: " + response.body);
  return answer.at("imported").to_number<std::uint64_t>();
}

Bulk import_over_http(const ServerProcess& server, const Options& options,
                      const std::vector<std::string>& deals) {
  const auto before = server.metrics();
  const double cpu = server.cpu_seconds();
  std::atomic<std::uint64_t> events = 0;
  std::atomic<int> running = kUploads;
  const auto start = steady_now();
  const auto elapsed = [&] { return std::chrono::duration<double>(steady_now() - start).count(); };
  Bulk bulk;
  {
    std::vector<std::jthread> uploads;
    for (int i = 0; i < kUploads; ++i) {
      uploads.emplace_back([&] {
        const SystemClock clock;
        SystemIds ids(clock);
        ImportText text(deals, kUploadLines);
        http::Client client("127.0.0.1", server.port(), kUploadTimeout);
        while (elapsed() < options.seconds) {
          const auto response = client.request("POST", "/v1/events:import", text.with_new_ids(ids),
                                               {{"Authorization", "Bearer " + server.token()},
                                                {"Content-Type", "application/x-ndjson"}});
          if (!response) give_up(response.error().message);
          events += imported(*response);
        }
        --running;
      });
    }
    while (running > 0) {
      bulk.lag_s = std::max(bulk.lag_s, server.metrics()["dealog_projection_lag_seconds"]);
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  }
  const double seconds = elapsed();
  auto after = server.metrics();
  const auto grown = [&](const std::string& name) { return after[name] - before.at(name); };
  bulk.rate = static_cast<double>(events) / seconds;
  bulk.cpu_us = (server.cpu_seconds() - cpu) * 1e6 / static_cast<double>(events);
  bulk.group =
      grown("dealog_commit_events_sum") / std::max(1.0, grown("dealog_commit_events_count"));
  return bulk;
}

// What the command says of itself: from the first line to the last durable event. On a copy of the
// folder in which the deals were opened.
double import_file(const Options& options, const std::filesystem::path& folder,
                   const std::vector<std::string>& deals) {
  const SystemClock clock;
  SystemIds ids(clock);
  const auto file = folder / "history.ndjson";
  std::ofstream(file) << ImportText(deals, kFileLines).with_new_ids(ids);
  const auto data = folder / "command";
  std::filesystem::remove_all(data);
  std::filesystem::copy(folder / "opened", data, std::filesystem::copy_options::recursive);
  const auto output = folder / "import.out";
  std::filesystem::remove(output);
  run_to_end({.command = {options.binary, "import", file.string(), "--data", data.string()},
              .output = output});
  std::stringstream said;
  said << std::ifstream(output).rdbuf();
  const auto at = said.str().find('(');
  if (at == std::string::npos) give_up("dealog import said nothing of its speed");
  return std::atof(said.str().c_str() + at + 1);
}

void print_rates(std::string_view name, const std::vector<double>& rates) {
  fmt::print("{:<36} {:>9.0f}   ({:.0f} - {:.0f})\n", name, Rounds::median(rates),
             *std::ranges::min_element(rates), *std::ranges::max_element(rates));
}

json::object as_json(const std::vector<double>& rates) {
  json::array all;
  for (const double rate : rates) all.push_back(std::round(rate));
  return {{"rate", std::round(Rounds::median(rates))}, {"rates", std::move(all)}};
}

}  // namespace

json::object compare_bulk(const Options& options) {
  const auto folder = options.folder / "bulk";
  const auto data = folder / "data";
  std::filesystem::create_directories(folder);
  auto server = std::make_unique<ServerProcess>(options.binary, data, options.regulation);
  print_phase_header(fmt::format("{} deals opened, then imports of touches", options.deals));
  const auto deals = open_deals(*server, options, options.deals, 64);
  server->stop();
  std::filesystem::copy(data, folder / "opened", std::filesystem::copy_options::recursive);
  server = std::make_unique<ServerProcess>(options.binary, data, options.regulation);
  const Bulk warm = import_over_http(*server, options, deals);
  server->stop();
  const auto events = read_events(data / "log", kRecords);
  server = std::make_unique<ServerProcess>(options.binary, data, options.regulation);
  import_over_http(*server, options, deals);  // the deals are in memory after it
  const auto batch = std::max<std::size_t>(1, static_cast<std::size_t>(warm.group));

  std::vector<double> http_rates, file_rates, raw_rates, ratios, cpus;
  double lag_s = 0;
  for (int round = 0; round < options.rounds; ++round) {
    const Bulk bulk = import_over_http(*server, options, deals);
    http_rates.push_back(bulk.rate);
    cpus.push_back(bulk.cpu_us);
    lag_s = std::max(lag_s, bulk.lag_s);
    std::this_thread::sleep_for(kBetweenPhases);
    file_rates.push_back(import_file(options, folder, deals));
    std::this_thread::sleep_for(kBetweenPhases);
    std::filesystem::remove_all(folder / "raw");
    raw_rates.push_back(write_raw_batches(
        folder / "raw",
        [&](std::uint64_t n) -> const RawEvent& { return events[n % events.size()]; }, batch,
        options.seconds));
    std::this_thread::sleep_for(kBetweenPhases);
    ratios.push_back(http_rates.back() / raw_rates.back());
  }
  const double lag_events = lag_at_rest(*server);
  fmt::print("\nimport in bulk, events/s durable: middle of {} rounds\n", options.rounds);
  print_rates("POST /v1/events:import", http_rates);
  print_rates("dealog import", file_rates);
  print_rates(fmt::format("plain RocksDB, batches of {}", batch), raw_rates);
  fmt::print(
      "over HTTP: {:.2f} of plain RocksDB; {:.1f} us of CPU an event; views at most {:.2f} s "
      "behind\n",
      Rounds::median(ratios), Rounds::median(cpus), lag_s);
  return {{"http", as_json(http_rates)},
          {"command", as_json(file_rates)},
          {"raw", as_json(raw_rates)},
          {"raw_batch", batch},
          {"http_to_raw", Rounds::median(ratios)},
          {"cpu_us", Rounds::median(cpus)},
          {"views_lag_s", lag_s},
          {"views_lag_events_after_5_s", lag_events}};
}

}  // namespace dealog::bench
