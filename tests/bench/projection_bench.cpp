// How fast views are built, kept up and read.
//
//   bench_projection [events]
//
// A random history (tests/support/random_history), log and rows on the disk. Then ten thousand open
// deals, the log in memory, for the cost of a touch and of the reads that people wait for. CPU is
// that of the process, RocksDB's threads included.
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include "dealog/v1/record.pb.h"
#include "libs/base/clock.hpp"
#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/eventlog/rocks_log.hpp"
#include "libs/projection/rebuilder.hpp"
#include "libs/projection/rocks_view_store.hpp"
#include "projections/all_projectors.hpp"
#include "projections/deals/board_view.hpp"
#include "projections/deals/deals_view.hpp"
#include "projections/deals/tasks_view.hpp"
#include "projections/leaks/leaks_view.hpp"
#include "tests/bench/process_cpu.hpp"
#include "tests/support/random_history.hpp"

namespace dealog::bench {
namespace {

using dealog::testing::History;
using dealog::testing::RandomHistory;

struct Cost {
  double wall_s = 0;
  double cpu_s = 0;
};

template <class Work>
Cost measure(const Work& work) {
  const double cpu = process_cpu_s();
  const auto start = steady_now();
  work();
  return {std::chrono::duration<double>(steady_now() - start).count(), process_cpu_s() - cpu};
}

template <class T>
T must(Result<T> result) {
  if (!result) {
    fmt::print(stderr, "{}: {}\n", result.error().code, result.error().message);
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

struct Folder {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("dealog-bench-views-" + to_hex(random_bytes(8)));
  ~Folder() { std::filesystem::remove_all(path); }
};

// The same events in a log on the disk: what its committer writes is taken off and written anew.
void copy_log(const EventLog& from, EventLog& to) {
  AppendRequest request;
  const auto append = [&] {
    if (!request.events.empty()) must(to.append_and_wait(std::exchange(request, {})));
  };
  must(from.read(Position{1}, Direction::kForward, SIZE_MAX, [&](const StoredEvent& stored) {
    v1::StoredRecord record;
    record.ParseFromArray(stored.record.data(), static_cast<int>(stored.record.size()));
    record.clear_log_id();
    record.clear_position();
    record.clear_version();
    record.clear_recorded_us();
    record.clear_append_index();
    record.clear_append_count();
    request.events.push_back({.stream = record.stream(),
                              .id = Uuid::from_bytes(record.event_id()),
                              .open_tags = {record.tags().begin(), record.tags().end()},
                              .bytes = record.SerializeAsString()});
    if (request.events.size() == limits::kAppendEvents) append();
    return true;
  }));
  append();
}

void bench_rebuild(int events) {
  History history;
  RandomHistory random(history, 1);
  while (history.log().head().value < static_cast<std::uint64_t>(events)) random.step();
  const auto total = static_cast<double>(history.log().head().value);
  Folder log_folder;
  const auto log = must(RocksLog::open({.folder = log_folder.path, .clock = &history.clock()}));
  copy_log(history.log(), *log);
  for (const std::size_t page : {2'000uz, 100'000uz}) {
    Folder folder;
    const auto store = must(RocksViewStore::open({.folder = folder.path}));
    RebuildProgress done;
    const Cost cost = measure([&] {
      done = must(
          rebuild(history.log(), all_projectors(history.keys()), *store, {.page_events = page}));
    });
    fmt::print(
        "rebuild, pages of {:>6}: {:>8.0f} events/s, {:.1f} us CPU and {:.2f} rows an event\n",
        page, total / cost.wall_s, cost.cpu_s * 1e6 / total,
        static_cast<double>(done.rows_written) / total);
  }
}

// Ten thousand open deals with a task each, in eleven stages.
std::vector<std::string> open_deals(History& history, int count) {
  std::vector<std::string> deals;
  for (int i = 0; i < count; ++i) {
    deals.push_back(history.make_id<DealId>());
    auto m = testing::deal_opened("A site for customer " + std::to_string(i),
                                  "stage" + std::to_string(i % 11));
    testing::set_money(*m.mutable_amount(), 130'000'00);
    m.set_owner(fmt::format("usr_{:032x}", i % 8));
    m.set_person(history.make_id<PersonId>());
    m.set_source("phone");
    history.append(deals.back(), std::move(m));
    const auto now = history.clock().now();
    history.append(
        deals.back(),
        testing::task_created(history.make_id<TaskId>(), "call", fmt::format("usr_{:032x}", i % 8),
                              testing::due_between(now, now + std::chrono::hours(1))));
  }
  return deals;
}

void bench_touches(History& history, const std::vector<std::string>& deals, ViewStore& store,
                   std::size_t page) {
  constexpr int kTouches = 50'000;
  for (int i = 0; i < kTouches; ++i) {
    history.append(deals[static_cast<std::size_t>(i) * 7919 % deals.size()],
                   testing::touch("call", "out", "connected", true));
  }
  PageProjector pages(store, all_projectors(history.keys()), history.log().log_id());
  must(pages.load_checkpoint());
  const auto from = pages.rows_written();
  const Cost cost = measure([&] {
    while (pages.checkpoint().position < history.log().head()) {
      must(history.log().read(pages.checkpoint().position.next(), Direction::kForward, page,
                              [&](const StoredEvent& event) { return bool(pages.apply(event)); }));
      must(pages.write_page());
    }
  });
  fmt::print("touches, pages of {:>4}: {:>8.0f} events/s, {:.1f} us CPU and {:.2f} rows an event\n",
             page, kTouches / cost.wall_s, cost.cpu_s * 1e6 / kTouches,
             static_cast<double>(pages.rows_written() - from) / kTouches);
}

template <class Read>
void bench_read(std::string_view what, const Read& read) {
  constexpr int kTimes = 20;
  read();
  const Cost cost = measure([&] {
    for (int i = 0; i < kTimes; ++i) read();
  });
  fmt::print("{:<28} {:>7.2f} ms, CPU {:>6.2f} ms\n", what, cost.wall_s * 1e3 / kTimes,
             cost.cpu_s * 1e3 / kTimes);
}

void bench_reads(History& history, ViewStore& store) {
  const auto snapshot = must(store.snapshot());
  const ViewContext context{*snapshot, history.keys(), PersonalView::kShown,
                            history.clock().now() + std::chrono::hours(2)};
  bench_read("board, 50 cards a column", [&] { must(views::BoardView(context).board({})); });
  bench_read("board, 10 cards a column",
             [&] { must(views::BoardView(context).board({.cards = 10})); });
  bench_read("list, first page", [&] { must(views::DealsView(context).list({}, {})); });
  bench_read("list, by a word of the title",
             [&] { must(views::DealsView(context).list({.q = "customer 777"}, {})); });
  bench_read("lamps", [&] { must(views::LeaksView(context).lamps({})); });
  bench_read("today of one seller",
             [&] { must(views::TasksView(context).today(fmt::format("usr_{:032x}", 1))); });
}

void run(int events) {
  bench_rebuild(events);
  History history;
  const auto deals = open_deals(history, 10'000);
  Folder folder;
  const auto store = must(RocksViewStore::open({.folder = folder.path}));
  must(rebuild(history.log(), all_projectors(history.keys()), *store));
  for (const std::size_t page : {20uz, 200uz, 2'000uz}) {
    bench_touches(history, deals, *store, page);
  }
  bench_reads(history, *store);
}

}  // namespace
}  // namespace dealog::bench

int main(int argc, char** argv) {
  dealog::bench::run(argc > 1 ? std::atoi(argv[1]) : 200'000);
  return 0;
}
