// How fast the triggers of rules are derived while a log is replayed, and what timers cost.
//
//   bench_rules [events] [timers]
//
// A history of deals under a regulation of 100 rules, log in memory: bare decoding, then with the
// view of rules, each three times; in pages of 2,000 on one thread, and as the views are rebuilt.
// Then that many pending timers in a store on the disk: memory of the process, and the look for
// what is due.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>

#include <fmt/format.h>

#include "dealog/v1/intake_events.pb.h"
#include "dealog/v1/rule_views.pb.h"
#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/projection/rebuilder.hpp"
#include "libs/projection/rocks_view_store.hpp"
#include "libs/projection/row_keys.hpp"
#include "projections/automation/rules_projector.hpp"
#include "projections/automation/rules_view.hpp"
#include "tests/bench/process_cpu.hpp"
#include "tests/support/history.hpp"
#include "tests/support/sample_events.hpp"
#include "tests/support/sample_regulation.hpp"

namespace dealog::bench {
namespace {

using dealog::testing::History;

constexpr std::size_t kPage = 2'000;
constexpr int kRules = 100;
constexpr int kOpenDeals = 2'000;  // that things happen to at a time

template <class T>
T must(Result<T> result) {
  if (!result) {
    fmt::print(stderr, "{}: {}\n", result.error().code, result.error().message);
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(steady_now() - start).count();
}

// Rules of every kind, as a company has them: most are about one stage, one kind, one state. Two
// wait for an answer, two for a next step.
std::string trigger_of(int rule) {
  const int nth = rule / 10;
  switch (rule % 10) {
    case 0:
      return fmt::format("{{stage_entered: stage{}}}", nth);
    case 1:
      return fmt::format("{{stage_left: stage{}}}", nth);
    case 2:
      return "{task_completed: follow_up}";
    case 3:
      return "{quote: sent}";
    case 4:
      return "{invoice: {kind: final, state: paid}}";
    case 5:
      return "{touch: {kind: meeting, outcome: no_show}}";
    case 6:
      return "{payment: received}";
    case 7:
      return "{deal: lost}";
    case 8:
      return nth < 2 ? "{no_answer: 15 business minutes}" : "{quote_silent: 3 business days}";
    default:
      return nth < 2 ? "{no_next_step: 2 days}" : "{task_overdue: {kind: call, by: 1 day}}";
  }
}

std::string regulation() {
  std::string text = std::string(testing::kRegulationHead) + "stages:\n";
  for (int i = 0; i < 11; ++i) {
    text += fmt::format("  - code: stage{0}\n    title: {{ru: Э, en: S}}\n", i);
    if (i < 10) text += fmt::format("    moves: [stage{}]\n", i + 1);
  }
  text += "    wins_when:\n      - balance: cleared\n";
  text += "loss_reasons:\n  - {code: price, title: {ru: Д, en: P}}\nrules:\n";
  for (int i = 0; i < kRules; ++i) {
    const std::string trigger = trigger_of(i);
    text += fmt::format(
        "  - id: rule{}\n    title: {{ru: П, en: R}}\n    mode: live\n    trigger: {}\n"
        "    conditions:\n      - {{field: amount, at_least: {}.00 RUB}}\n"
        "    actions:\n      - notify: {{to: deal_owner, text: {{ru: Т, en: T}}}}\n",
        i, trigger, 1'000'000 + i);
  }
  return text;
}

// A deal's life: opened, touches, tasks, moves; what was owed is done before it is overdue.
class Life {
 public:
  explicit Life(History& history) : history_(history) {}

  void run(std::uint64_t events) {
    while (history_.log().head().value < events) {
      if (deals_.size() < kOpenDeals) open();
      step(deals_[next_++ % deals_.size()]);
    }
  }

 private:
  struct Deal {
    std::string id, task;
    std::uint32_t visit = 1;
    int steps = 0;
  };
  void open() {
    Deal deal{.id = history_.make_id<DealId>(), .task = {}};
    auto m = testing::deal_opened("A site", "stage0");
    testing::set_money(*m.mutable_amount(), 130'000'00);
    m.set_owner("usr_1");
    history_.append(deal.id, std::move(m));
    deals_.push_back(std::move(deal));
  }
  void step(Deal& deal) {
    history_.clock().advance(std::chrono::seconds(10));
    const auto now = history_.clock().now();
    switch (deal.steps++ % 8) {
      case 0:
        deal.task = history_.make_id<TaskId>();
        history_.append(deal.id, testing::task_created(
                                     deal.task, "email", "usr_1",
                                     testing::due_between(now, now + std::chrono::hours(24 * 30))));
        return;
      case 3: {
        v1::TaskCompleted m;
        m.set_task(deal.task);
        history_.append(deal.id, m);
        return;
      }
      case 6:
        if (deal.visit < 11) {
          history_.append(
              deal.id, testing::stage_changed(fmt::format("stage{}", deal.visit - 1),
                                              fmt::format("stage{}", deal.visit), deal.visit + 1));
          ++deal.visit;
          return;
        }
        [[fallthrough]];
      default: {
        const bool in = deal.steps % 2 == 0;
        history_.append(
            deal.id, testing::touch("call", in ? "in" : "out", in ? "received" : "connected", !in));
      }
    }
  }

  History& history_;
  std::vector<Deal> deals_;
  std::size_t next_ = 0;
};

struct Folder {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("dealog-bench-rules-" + to_hex(random_bytes(8)));
  ~Folder() { std::filesystem::remove_all(path); }
};

double replay(History& history, bool with_rules) {
  Folder folder;
  const auto store = must(RocksViewStore::open({.folder = folder.path}));
  std::vector<std::unique_ptr<Projector>> projectors;
  if (with_rules) projectors.push_back(std::make_unique<views::RulesProjector>());
  PageProjector pages(*store, std::move(projectors), history.log().log_id());
  const auto start = steady_now();
  std::size_t taken = 0;
  must(
      history.log().read(Position{1}, Direction::kForward, SIZE_MAX, [&](const StoredEvent& event) {
        must(pages.apply(event));
        if (++taken % kPage == 0) must(pages.write_page());
        return true;
      }));
  must(pages.write_page());
  return static_cast<double>(taken) / seconds_since(start);
}

double rebuild_all(History& history, bool with_rules) {
  Folder folder;
  const auto store = must(RocksViewStore::open({.folder = folder.path}));
  std::vector<std::unique_ptr<Projector>> projectors;
  if (with_rules) projectors.push_back(std::make_unique<views::RulesProjector>());
  const auto start = steady_now();
  const auto done = must(rebuild(history.log(), std::move(projectors), *store));
  return static_cast<double>(done.position.value) / seconds_since(start);
}

// The middle of three, and the extremes.
void measure(std::string_view name, History& history, const std::function<double()>& run) {
  const double cpu = process_cpu_s();
  std::vector<double> rates;
  for (int i = 0; i < 3; ++i) rates.push_back(run());
  std::ranges::sort(rates);
  const double events = 3.0 * static_cast<double>(history.log().head().value);
  fmt::print("{:<28} {:>9.0f} events/s, middle of 3 ({:.0f} - {:.0f}), {:.2f} us CPU an event\n",
             name, rates[1], rates[0], rates[2], (process_cpu_s() - cpu) * 1e6 / events);
  std::fflush(stdout);
}

void bench_replay(std::uint64_t events) {
  History history;
  v1::RegulationPublished m;
  m.set_pipeline("web-studio");
  m.set_version(1);
  m.set_yaml(regulation());
  const auto parsed = rules::parse_regulation(m.yaml());
  for (const auto& issue : parsed.issues) fmt::print("{}\n", rules::format_issue("bench", issue));
  if (!parsed.sound()) std::exit(1);
  history.append("pip_web-studio", m);
  Life(history).run(events);
  measure("pages, decoding alone", history, [&] { return replay(history, false); });
  measure("pages, with 100 rules", history, [&] { return replay(history, true); });
  measure("rebuild, decoding alone", history, [&] { return rebuild_all(history, false); });
  measure("rebuild, with 100 rules", history, [&] { return rebuild_all(history, true); });
}

// Resident memory of the process in MB.
double resident_mb() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::strtod(line.c_str() + 6, nullptr) / 1024;
  }
  return 0;
}

std::vector<RowWrite> timers(std::uint64_t first, std::uint64_t count, std::int64_t due_us,
                             std::int64_t apart_us) {
  std::vector<RowWrite> rows;
  for (std::uint64_t i = first; i < first + count; ++i) {
    v1::PendingRuleRow row;
    row.set_rule("lead_not_answered");
    row.set_pipeline("web-studio");
    row.set_regulation_version(1);
    row.set_deal("deal_" + to_hex(random_bytes(16)));
    row.set_visit(1);
    row.set_episode(1);
    row.set_due_us(due_us + static_cast<std::int64_t>(i) * apart_us);
    row.set_cause(random_bytes(16));
    row.set_position(i + 1);
    row.set_correlation_id(random_bytes(16));
    std::string key(row_keys::kRuleDue);
    put_u64(key, static_cast<std::uint64_t>(row.due_us()));
    put_u64(key, row.position());
    put_u64(key, 0);
    rows.push_back({std::move(key), row.SerializeAsString()});
  }
  return rows;
}

void bench_timers(std::uint64_t count) {
  const testing::MemoryKeyRing keys;
  Folder folder;
  const auto store = must(RocksViewStore::open({.folder = folder.path}));
  const double before = resident_mb();
  const std::int64_t due = testing::time_of("2026-03-02T09:00:00Z").us;
  for (std::uint64_t i = 0; i < count; i += 10'000) {
    must(store->write(timers(i, 10'000, due, 1'000'000)));
  }
  const auto snapshot = must(store->snapshot());
  const auto look = [&](Timestamp at, std::size_t limit) {
    const ViewContext context{*snapshot, keys, PersonalView::kMasked, at};
    const auto start = steady_now();
    const auto found = must(views::RulesView(context).due(limit));
    fmt::print("{:>9} due of {} timers: {:.2f} ms\n", found.size(), count,
               seconds_since(start) * 1e3);
  };
  look({due - 1}, 200);
  look({due + 10'000'000'000}, 200);
  look({due + 10'000'000'000}, 10'000);
  fmt::print("{} pending timers: {:.0f} MB of memory more than before\n", count,
             resident_mb() - before);
}

}  // namespace
}  // namespace dealog::bench

int main(int argc, char** argv) {
  const auto number = [&](int place, std::uint64_t otherwise) {
    return argc > place ? std::strtoull(argv[place], nullptr, 10) : otherwise;
  };
  dealog::bench::bench_replay(number(1, 500'000));
  dealog::bench::bench_timers(number(2, 1'000'000));
  return 0;
}
