// History in bulk: facts from elsewhere, decided and made durable in batches.
#pragma once

#include <array>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "libs/command/command_bus.hpp"
#include "libs/projection/projection_runner.hpp"
#include "services/api/support/import_lines.hpp"

namespace dealog::api {

namespace limits {
// Facts of one append: enough to make its fixed cost small, few enough that whoever writes to one
// of its deals at the same moment waits a millisecond, not ten.
inline constexpr std::size_t kImportBatch = 128;
inline constexpr std::size_t kImportBatchBytes = 2 << 20;
// Facts of one deal stay in their order, those of different deals need not: this many batches are
// decided and written beside each other.
inline constexpr std::size_t kImportLanes = 4;
// Full batches in memory, the ones on the way to the disk included.
inline constexpr std::size_t kImportBatches = 12;
inline constexpr std::size_t kImportErrors = 100;     // that a report lists
inline constexpr std::size_t kImportRefusals = 1000;  // after so many it is no history at all
// Of one request: some 25,000 touches.
inline constexpr std::size_t kImportBodyBytes = 8 << 20;
// How many events the views may be behind before an import waits for them: half a second.
inline constexpr std::uint64_t kImportViewsBehind = 20'000;
}  // namespace limits

struct ImportError {
  std::size_t line = 0;
  Error error;
};

struct ImportReport {
  std::uint64_t lines = 0;  // looked at; blank ones are none
  std::uint64_t imported = 0;
  std::uint64_t existed = 0;  // their ids were in the log already
  std::uint64_t refused = 0;
  // The first of them, limits::kImportErrors at most, by line.
  std::vector<ImportError> errors;
  // Not 0: the last line that was looked at, since too many were refused, or the log stopped.
  std::size_t stopped_at = 0;
  std::optional<Error> stopped = std::nullopt;
  Position last;  // of what was imported
};

// A line that is refused leaves the others alone. The ids of events make repeating harmless: an id
// that is there counts as done, so an upload that broke is sent again as a whole.
//
// Facts of one deal take effect in the order of their lines: each deal has a lane, and of a lane
// one batch is on the way at a time. Thread: one; the callbacks come on the bus's own.
class EventImport {
 public:
  struct Options {
    std::string importer;      // usr_… or a word; recorded as the actor's id, its kind is "import"
    user::Rights rights = {};  // `import` is asked for by whoever makes this
    Language language = Language::kEn;
    // Views that the import waits for when they fall behind; null: none.
    const ProjectionRunner* views = nullptr;
  };
  EventImport(CommandBus& bus, Options options) : bus_(bus), options_(std::move(options)) {}
  ~EventImport();  // waits for what is on the way
  EventImport(const EventImport&) = delete;
  EventImport& operator=(const EventImport&) = delete;

  // A piece of the text, cut anywhere. Waits while as much as allowed is on the way. False: it has
  // stopped, and nothing more is looked at.
  bool add(std::string_view piece);
  // Takes the last line and waits until everything is durable or refused.
  ImportReport finish();
  // So far; counts what is durable.
  ImportReport report() const;

 private:
  struct Line {
    std::size_t number = 0;
    use_cases::HistoricalFact fact;
  };
  enum class Fate { kImported, kExisted, kRefused };
  struct Batch {
    std::vector<Line> lines;
    std::size_t bytes = 0;
    bool careful = false;  // asks of each id whether it is in the log
    // By line, of the last attempt to decide.
    std::vector<Fate> fates = {};
    std::vector<Error> errors = {};
  };
  using BatchRef = std::shared_ptr<Batch>;
  struct Lane {
    std::deque<BatchRef> waiting;  // the first one may be on the way
    bool on_the_way = false;
    bool turned_away = false;  // a queue was full: to be sent again in a moment
  };

  void take_line(std::size_t number, std::string_view line);
  void send(std::size_t lane);
  void submit(std::size_t lane, BatchRef batch);
  static Result<void> decide(Unit& unit, Batch& batch);
  void done(std::size_t lane, const BatchRef& batch, Result<Outcome> outcome);
  // Of what follows, all with mutex_ held.
  // The batch that the lane sends next, if it may now.
  BatchRef next(Lane& lane);
  void conclude(Lane& lane, const BatchRef& batch, Result<Outcome> outcome);
  void settle(Batch& batch, const Outcome& outcome);
  void split(Lane& lane);
  void stop(Error why);
  void refuse(std::size_t line, Error error);
  // Until at most so many batches are left; sends those again that were turned away.
  void wait_until(std::unique_lock<std::mutex>& lock, std::size_t at_most);
  void wait_for_views();

  CommandBus& bus_;
  const Options options_;
  LineSplitter splitter_;
  std::array<BatchRef, limits::kImportLanes> filling_;

  mutable std::mutex mutex_;
  std::condition_variable fewer_;
  std::array<Lane, limits::kImportLanes> lanes_;  // guarded by mutex_
  std::size_t left_ = 0;                          // guarded by mutex_; batches in all lanes
  // Guarded by mutex_. Some of the last ids were there: the next batch asks for each.
  bool found_existing_ = false;
  ImportReport report_;  // guarded by mutex_
};

}  // namespace dealog::api
