// How fast the log appends, beside plain RocksDB under the same rows in the same run.
//
//   bench_append [--folder DIR] [--seconds S] [--appenders 1,8,64,256] [--only log|raw]
//
// One event an append, 10,000 deals, 500 bytes of record with one tag. "log" is RocksLog driven by
// callbacks: each appender sends its next event when the one before is answered. "raw" is RocksDB
// with its own options and group commit, as many writer threads as appenders, sync on, the same
// keys and values (record, stream, id, tag); it checks nothing, numbers nothing, hashes nothing.
// CPU of the committer is that thread's clock; of the process, all its threads, RocksDB's included.
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <thread>

#include <fmt/format.h>
#include <time.h>

#include "dealog/v1/record.pb.h"
#include "libs/base/assert.hpp"
#include "libs/base/clock.hpp"
#include "libs/base/crypto.hpp"
#include "libs/eventlog/rocks_log.hpp"
#include "tests/bench/raw_store.hpp"

namespace dealog::bench {
namespace {

constexpr std::uint64_t kDeals = 10'000;
constexpr std::size_t kPayloadBytes = 120;
constexpr std::size_t kBoxBytes = 200;
constexpr std::size_t kCommitFieldBytes = 55;

using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

struct Options {
  std::filesystem::path folder = std::filesystem::temp_directory_path() / "dealog-bench-append";
  double seconds = 3;
  std::vector<int> appenders = {1, 8, 64, 256};
  std::string only;
};

struct Figures {
  std::uint64_t events = 0;
  double seconds = 0;
  double process_cpu_us = 0;    // an event
  double committer_cpu_us = 0;  // an event; 0 when there is no such thread
  double group = 0;             // events a sync
  double sync_ms = 0;           // a synced write of the log
  Latencies latencies;

  double rate() const { return static_cast<double>(events) / seconds; }
};

double cpu_seconds(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// Makes the event with a number; the same bytes for both sides.
class Events {
 public:
  Events() {
    SystemClock clock;
    SystemIds ids(clock);
    for (std::uint64_t i = 0; i < kDeals; ++i) deals_.push_back(ids.make<DealId>().text());
    const std::string payload = random_bytes(kPayloadBytes);
    const std::string box = random_bytes(kBoxBytes);
    v1::StoredRecord record;
    for (const auto& deal : deals_) {
      record.set_format(1);
      record.set_stream(deal);
      record.set_event_id(random_bytes(16));
      record.set_type(20);
      record.set_schema_version(1);
      record.mutable_occurred()->set_at_us(1);
      record.mutable_actor()->set_kind("user");
      record.mutable_actor()->set_id("usr_0190f1c2d3e4f5061728394a5b6c7d8e");
      record.set_correlation_id(random_bytes(16));
      record.clear_tags();
      record.add_tags("tch_" + deal.substr(5));
      record.set_payload(payload);
      record.clear_boxes();
      auto& sealed = *record.add_boxes();
      sealed.set_algorithm(1);
      sealed.set_key_id(77);
      sealed.set_nonce(random_bytes(12));
      sealed.set_ciphertext(box);
      record.set_workspace(1);
      records_.push_back(record.SerializeAsString());
      // The plain database stores whole records at once.
      raw_.push_back(
          {records_.back() + std::string(kCommitFieldBytes, 'c'), deal, {"tch_" + deal.substr(5)}});
    }
  }

  EncodedEvent make(const Uuid& id, std::uint64_t number) const {
    const auto deal = number * 7919 % kDeals;
    return {.stream = deals_[deal],
            .id = id,
            .open_tags = {"tch_" + deals_[deal].substr(5)},
            .bytes = records_[deal]};
  }
  const RawEvent& raw(std::uint64_t number) const { return raw_[number * 7919 % kDeals]; }

 private:
  std::vector<std::string> deals_;
  std::vector<std::string> records_;
  std::vector<RawEvent> raw_;
};

// Which appenders have their answer and may send again.
class Ready {
 public:
  void push(int appender) {
    {
      const std::scoped_lock lock(mutex_);
      waiting_.push_back(appender);
    }
    wake_.notify_one();
  }
  std::deque<int> take() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [&] { return !waiting_.empty(); });
    return std::exchange(waiting_, {});
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<int> waiting_;
};

Figures run_log(const Options& options, const Events& events, int appenders) {
  SystemClock clock;
  SystemIds ids(clock);
  Figures figures;
  double committer_start = 0;
  double committer_end = 0;
  double synced = 0;
  std::uint64_t groups = 0;
  const LogObserver observer{.append_answered = {},
                             .group_written =
                                 [&](std::size_t, std::size_t, std::chrono::nanoseconds write) {
                                   committer_end = cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
                                   if (groups++ == 0) committer_start = committer_end;
                                   synced += Seconds(write).count();
                                 },
                             .queue_left = {}};
  auto log =
      RocksLog::open({.folder = options.folder / "log", .clock = &clock, .observer = observer});
  if (!log) throw std::runtime_error(log.error().message);

  Ready ready;
  std::vector<steady_clock::time_point> sent(static_cast<std::size_t>(appenders));
  std::uint64_t number = 0;
  int outstanding = 0;
  const auto send = [&](int appender) {
    AppendRequest request;
    request.events.push_back(events.make(ids.next(), ++number));
    sent[static_cast<std::size_t>(appender)] = steady_now();
    ++outstanding;
    (*log)->append(std::move(request), [&ready, appender](Result<Appended> appended) {
      DEALOG_ASSERT(appended.has_value());
      ready.push(appender);
    });
  };
  const double cpu_start = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID);
  const auto start = steady_now();
  for (int i = 0; i < appenders; ++i) send(i);
  while (outstanding > 0) {
    for (const int appender : ready.take()) {
      --outstanding;
      figures.latencies.add(steady_now() - sent[static_cast<std::size_t>(appender)]);
      if (Seconds(steady_now() - start).count() < options.seconds) send(appender);
    }
  }
  figures.events = number;
  figures.seconds = Seconds(steady_now() - start).count();
  const auto count = static_cast<double>(number);
  figures.process_cpu_us = (cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu_start) * 1e6 / count;
  log->reset();
  figures.committer_cpu_us = (committer_end - committer_start) * 1e6 / count;
  figures.group = count / static_cast<double>(groups);
  figures.sync_ms = synced * 1e3 / static_cast<double>(groups);
  return figures;
}

Figures run_raw(const Options& options, const Events& events, int writers) {
  auto raw = write_raw(
      options.folder / "raw",
      [&](std::uint64_t number) -> const RawEvent& { return events.raw(number); }, writers,
      options.seconds);
  return {.events = raw.latencies.count(),
          .seconds = raw.seconds,
          .process_cpu_us = raw.cpu_us,
          .latencies = std::move(raw.latencies)};
}

void print(const char* name, int appenders, Figures& figures) {
  fmt::print("{:>4} {:>9} {:>9.0f} {:>8.2f} {:>8.2f} {:>8.2f} {:>8.1f} {:>8.1f}", name, appenders,
             figures.rate(), figures.latencies.quantile(0.5), figures.latencies.quantile(0.99),
             figures.latencies.quantile(0.999), figures.process_cpu_us, figures.committer_cpu_us);
  if (figures.group > 0) fmt::print(" {:>7.1f} {:>8.2f}", figures.group, figures.sync_ms);
  fmt::print("\n");
  std::fflush(stdout);
}

void run(const Options& options) {
  const Events events;
  fmt::print("{:>4} {:>9} {:>9} {:>8} {:>8} {:>8} {:>8} {:>8} {:>7} {:>8}\n", "", "appenders",
             "events/s", "p50 ms", "p99 ms", "p999 ms", "cpu us", "commit us", "group", "write ms");
  for (const int appenders : options.appenders) {
    std::filesystem::remove_all(options.folder);
    double log_rate = 0;
    if (options.only != "raw") {
      auto log = run_log(options, events, appenders);
      log_rate = log.rate();
      print("log", appenders, log);
    }
    if (options.only != "log") {
      auto raw = run_raw(options, events, appenders);
      print("raw", appenders, raw);
      if (log_rate > 0) fmt::print("{:>14} {:>9.2f} x raw\n", "", log_rate / raw.rate());
    }
  }
  std::filesystem::remove_all(options.folder);
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const std::string value = argv[i + 1];
    if (name == "--folder") options.folder = std::filesystem::path(value) / "dealog-bench-append";
    if (name == "--seconds") options.seconds = std::atof(value.c_str());
    if (name == "--only") options.only = value;
    if (name == "--appenders") {
      options.appenders.clear();
      for (std::size_t at = 0; at < value.size();) {
        const auto end = std::min(value.find(',', at), value.size());
        options.appenders.push_back(std::atoi(value.substr(at, end - at).c_str()));
        at = end + 1;
      }
    }
  }
  return options;
}

}  // namespace
}  // namespace dealog::bench

int main(int argc, char** argv) {
  try {
    dealog::bench::run(dealog::bench::parse(argc, argv));
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_append: {}\n", error.what());
    return 1;
  }
  return 0;
}
