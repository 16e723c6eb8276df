// How fast the past is replayed, and a service with it starts.
//
//   bench_replay [--events N] [--folder DIR] [--binary dealog] [--keep yes]
//
// --keep leaves the log where it is, and takes the one that an earlier run left.
//
// A log of N events (a million) on the disk, sealed as the service seals: cohorts of 10,000 deals,
// each opened with a contact, given a task and touched eighteen times, in turns. Then, over that
// log: a bare scan that parses each record into one reused message; one projector; all projectors;
// the start of `dealog serve` with its memory.
#include <cstdlib>
#include <fstream>

#include <fmt/format.h>

#include "dealog/v1/record.pb.h"
#include "libs/base/clock.hpp"
#include "libs/base/limits.hpp"
#include "libs/event/codec.hpp"
#include "libs/eventlog/rocks_log.hpp"
#include "libs/keys/key_store.hpp"
#include "libs/projection/rebuilder.hpp"
#include "libs/projection/rocks_view_store.hpp"
#include "libs/storage/unsynced_environment.hpp"
#include "projections/all_projectors.hpp"
#include "tests/bench/process_cpu.hpp"
#include "tests/bench/server_process.hpp"
#include "tests/support/sample_events.hpp"

namespace dealog::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kCohort = 10'000;
constexpr std::size_t kTouches = 18;

struct ReplayOptions {
  std::uint64_t events = 1'000'000;
  fs::path folder = "/var/tmp/dealog-bench-replay";
  std::string binary;
  bool keep = false;
};

template <class T>
T must(Result<T> result) {
  if (!result) give_up(result.error().code + ": " + result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

// Log and keys of a data folder, without their being synced where `environment` says so.
struct Store {
  Store(const fs::path& data, rocksdb::Env* environment)
      : log(must(
            RocksLog::open({.folder = data / "log", .clock = &clock, .environment = environment}))),
        keys(must(KeyStore::open(
            {.folder = data / "keys",
             .recorded_key = [this](std::string_view s) { return log->subject_key(s); },
             .highest_recorded = must(log->highest_key()),
             .environment = environment}))) {}
  SystemClock clock;
  std::unique_ptr<RocksLog> log;
  std::unique_ptr<KeyStore> keys;
};

// Fills the log; several appends are on the way at a time, as many as a group takes.
class Writer {
 public:
  explicit Writer(Store& store) : store_(store), ids_(store.clock) {}

  void fill(std::uint64_t events) {
    while (written_ < events) {
      deals_.clear();
      for (std::size_t i = 0; i < kCohort; ++i) open_deal(i);
      for (const auto& deal : deals_) add(deal, task());
      for (std::size_t round = 0; round < kTouches && written_ < events; ++round) {
        for (const auto& deal : deals_) add(deal, touch());
      }
      send();
    }
  }

 private:
  void open_deal(std::size_t number) {
    deals_.push_back(ids_.make<DealId>().text());
    auto opened = testing::deal_opened(fmt::format("A site for customer {}", number),
                                       fmt::format("stage{}", number % 11));
    testing::set_money(*opened.mutable_amount(), 130'000'00);
    opened.set_owner(fmt::format("usr_{:032x}", number % 8));
    opened.set_source("form");
    add(deals_.back(), std::move(opened));
  }
  v1::TaskCreated task() {
    const auto now = store_.clock.now();
    return testing::task_created(ids_.make<TaskId>().text(), "call",
                                 fmt::format("usr_{:032x}", written_ % 8),
                                 testing::due_between(now, now + std::chrono::hours(1)));
  }
  v1::TouchRecorded touch() {
    auto touch = testing::touch("call", "out", "connected");
    touch.set_touch(ids_.make<TouchId>().text());
    touch.set_note("Talked about the brief; call again on Friday");
    return touch;
  }

  template <class M>
  void add(const std::string& stream, M message) {
    const CommandMeta meta{.actor = {"user", fmt::format("usr_{:032x}", written_ % 8)},
                           .now = store_.clock.now(),
                           .command_id = ids_.next()};
    auto encoded = must(encode({{stream, make_event(std::move(message), {})}}, meta, *store_.keys));
    request_.events.push_back(std::move(encoded.front()));
    ++written_;
    if (request_.events.size() == limits::kAppendEvents) send();
  }
  void send() {
    if (request_.events.empty()) return;
    must(store_.log->append_and_wait(std::exchange(request_, {})));
  }

  Store& store_;
  SystemIds ids_;
  AppendRequest request_;
  std::vector<std::string> deals_;
  std::uint64_t written_ = 0;
};

// Runs and prints events a second; returns them.
template <class Work>
double measure(const std::string& name, std::uint64_t events, const Work& work) {
  const double cpu = process_cpu_s();
  const auto start = steady_now();
  const std::string more = work();
  const double seconds = std::chrono::duration<double>(steady_now() - start).count();
  const double rate = static_cast<double>(events) / seconds;
  fmt::print("{:<34} {:>9.0f} events/s, {:.2f} us CPU an event{}\n", name, rate,
             (process_cpu_s() - cpu) * 1e6 / static_cast<double>(events), more);
  std::fflush(stdout);
  return rate;
}

double scan(const EventLog& log) {
  return measure("bare scan and parse", log.head().value, [&] {
    v1::StoredRecord record;
    must(log.read(Position{1}, Direction::kForward, SIZE_MAX, [&](const StoredEvent& stored) {
      return record.ParseFromArray(stored.record.data(), static_cast<int>(stored.record.size()));
    }));
    return "";
  });
}

double replay(const std::string& name, const EventLog& log, const fs::path& folder,
              std::vector<std::unique_ptr<Projector>> projectors) {
  fs::remove_all(folder);
  auto store = must(RocksViewStore::open({.folder = folder}));
  const double rate = measure(name, log.head().value, [&] {
    const auto done = must(rebuild(log, std::move(projectors), *store));
    return fmt::format(", {:.2f} rows an event", static_cast<double>(done.rows_written) /
                                                     static_cast<double>(log.head().value));
  });
  store.reset();  // removes files of its own while it is open
  fs::remove_all(folder);
  return rate;
}

std::uint64_t memory_mb(pid_t pid, std::string_view key) {
  std::ifstream in(fmt::format("/proc/{}/status", pid));
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(key))
      return std::strtoull(line.c_str() + key.size() + 1, nullptr, 10) >> 10;
  }
  return 0;
}

void start_service(const ReplayOptions& options, const fs::path& data) {
  const char* source = std::getenv("DEALOG_SOURCE_DIR");
  const std::string regulation =
      std::string(source == nullptr ? "." : source) + "/deploy/regulations/web-studio.yaml";
  // The first start makes the views, the owner and his token; it is the second that counts.
  {
    ServerProcess first(options.binary, data, regulation);
  }
  const auto start = steady_now();
  ServerProcess server(options.binary, data, regulation);
  const double seconds = std::chrono::duration<double>(steady_now() - start).count();
  fmt::print("start of the service: {:.2f} s until it listens, {} MB of memory ({} MB at most)\n",
             seconds, memory_mb(server.pid(), "VmRSS:"), memory_mb(server.pid(), "VmHWM:"));
}

void run(const ReplayOptions& options) {
  const auto data = options.folder / "data";
  if (!options.keep) fs::remove_all(options.folder);
  if (fs::create_directories(data)) {
    const storage::UnsyncedEnvironment unsynced;
    Store store(data, unsynced.get());
    measure("written, without syncs", options.events, [&] {
      Writer(store).fill(options.events);
      return "";
    });
  }
  {
    Store store(data, nullptr);
    const auto& log = *store.log;
    scan(log);  // what is read now is in the machine's memory for all that follow
    const double bare = scan(log);
    std::vector<std::unique_ptr<Projector>> one;
    one.push_back(std::move(all_projectors(*store.keys).front()));
    const double deals =
        replay("one projector (deals)", log, options.folder / "one", std::move(one));
    replay("all projectors", log, options.folder / "all", all_projectors(*store.keys));
    fmt::print("one projector: {:.2f} x the bare scan\n", deals / bare);
  }
  start_service(options, data);
  if (!options.keep) fs::remove_all(options.folder);
}

ReplayOptions parse(int argc, char** argv) {
  ReplayOptions options;
  options.binary = (fs::canonical("/proc/self/exe").parent_path() / "../../services/dealog/dealog")
                       .lexically_normal();
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    if (name == "--events") options.events = std::strtoull(argv[i + 1], nullptr, 10);
    if (name == "--folder") options.folder = fs::path(argv[i + 1]) / "dealog-bench-replay";
    if (name == "--binary") options.binary = argv[i + 1];
    if (name == "--keep") options.keep = true;
  }
  return options;
}

}  // namespace
}  // namespace dealog::bench

int main(int argc, char** argv) {
  dealog::bench::run(dealog::bench::parse(argc, argv));
  return 0;
}
