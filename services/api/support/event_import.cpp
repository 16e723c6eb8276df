#include "services/api/support/event_import.hpp"

#include <algorithm>
#include <unordered_set>

#include "libs/event/codec.hpp"

namespace dealog::api {
namespace {

// A queue that is full empties within milliseconds.
constexpr std::chrono::milliseconds kPause{2};
constexpr std::chrono::seconds kViewsWait{1};

bool is_busy(const Error& error) { return error.code == "busy" || error.code == "log_busy"; }

// The log takes nothing more: every further line would meet the same.
bool is_stopped(const Error& error) {
  return error.kind == ErrorKind::kUnknown || error.kind == ErrorKind::kInternal ||
         error.code == "log_stopped";
}

// Ids that somebody counted up are spread, too.
std::size_t lane_of(const DealId& deal) {
  constexpr std::uint64_t kGoldenRatio = 0x9E3779B97F4A7C15;
  return (std::hash<DealId>{}(deal)*kGoldenRatio >> 32) % limits::kImportLanes;
}

// Whether the event of the position is one of the fact's kind in its stream.
Result<bool> is_same(const EventLog& log, Position position,
                     const use_cases::HistoricalFact& fact) {
  std::optional<Result<RecordedEvent>> found;
  TRY(log.read(position, Direction::kForward, 1, [&](const StoredEvent& stored) {
    found = decode(stored.record, Open::kNothing, nullptr);
    return false;
  }));
  if (!found) return false;
  const auto& event = TRY(std::move(*found));
  const bool touch = std::holds_alternative<deal::RecordTouch>(fact.fact);
  return event.stream == fact.deal.text() &&
         event.type->name == (touch ? "TouchRecorded" : "DealStageReported");
}

Error id_taken(const Uuid& id, Position position) {
  return {ErrorKind::kConflict, "event_id_taken",
          "the id evt_" + id.hex() + " is that of another fact, at position " +
              std::to_string(position.value) + "; give this one an id of its own"};
}

}  // namespace

EventImport::~EventImport() {
  std::unique_lock lock(mutex_);
  wait_until(lock, 0);
}

bool EventImport::add(std::string_view piece) {
  splitter_.add(piece,
                [this](std::size_t number, std::string_view line) { take_line(number, line); });
  const std::scoped_lock lock(mutex_);
  return report_.stopped_at == 0;
}

ImportReport EventImport::finish() {
  splitter_.finish([this](std::size_t number, std::string_view line) { take_line(number, line); });
  for (std::size_t lane = 0; lane < filling_.size(); ++lane) send(lane);
  std::unique_lock lock(mutex_);
  wait_until(lock, 0);
  std::ranges::sort(report_.errors, {}, &ImportError::line);
  return report_;
}

ImportReport EventImport::report() const {
  const std::scoped_lock lock(mutex_);
  return report_;
}

void EventImport::take_line(std::size_t number, std::string_view line) {
  {
    const std::scoped_lock lock(mutex_);
    if (report_.stopped_at > 0) return;
    ++report_.lines;
    if (report_.stopped || report_.refused >= limits::kImportRefusals) {
      report_.stopped_at = number;
      return;
    }
  }
  auto fact = parse_import_line(line, options_.language);
  if (!fact) {
    const std::scoped_lock lock(mutex_);
    return refuse(number, std::move(fact).error());
  }
  const std::size_t lane = lane_of(fact->deal);
  BatchRef& batch = filling_[lane];
  if (!batch) batch = std::make_shared<Batch>();
  batch->bytes += line.size();
  batch->lines.push_back({number, std::move(*fact)});
  if (batch->lines.size() >= limits::kImportBatch || batch->bytes >= limits::kImportBatchBytes) {
    send(lane);
  }
}

void EventImport::send(std::size_t lane) {
  BatchRef batch = std::exchange(filling_[lane], nullptr);
  if (!batch) return;
  wait_for_views();
  {
    std::unique_lock lock(mutex_);
    // Some of them at once, so that this thread is not woken for each.
    if (left_ >= limits::kImportBatches) wait_until(lock, limits::kImportBatches * 2 / 3);
    if (report_.stopped) return;
    batch->careful = std::exchange(found_existing_, false);
    lanes_[lane].waiting.push_back(std::move(batch));
    ++left_;
    batch = next(lanes_[lane]);
  }
  if (batch) submit(lane, std::move(batch));
}

void EventImport::submit(std::size_t lane, BatchRef batch) {
  CommandRequest request{.name = "import_events",
                         .stream = {},
                         .actor = {use_cases::kImportActor, options_.importer},
                         .rights = options_.rights,
                         .language = options_.language};
  bus_.submit(
      std::move(request), [batch](Unit& unit) { return decide(unit, *batch); },
      [this, lane, batch](Result<Outcome> outcome) { done(lane, batch, std::move(outcome)); });
}

Result<void> EventImport::decide(Unit& unit, Batch& batch) {
  const auto& log = unit.folds().log();
  batch.fates.assign(batch.lines.size(), Fate::kImported);
  batch.errors.assign(batch.lines.size(), {});
  std::unordered_set<Uuid, std::hash<Uuid>> ids;
  for (std::size_t i = 0; i < batch.lines.size(); ++i) {
    const auto& fact = batch.lines[i].fact;
    // A line that stands in the file twice.
    if (!ids.insert(fact.event_id).second) {
      batch.fates[i] = Fate::kExisted;
      continue;
    }
    const auto known = batch.careful ? TRY(log.find_event(fact.event_id)) : std::nullopt;
    if (known) {
      const bool same = TRY(is_same(log, *known, fact));
      batch.fates[i] = same ? Fate::kExisted : Fate::kRefused;
      if (!same) batch.errors[i] = id_taken(fact.event_id, *known);
      continue;
    }
    if (auto recorded = use_cases::record_fact(unit, fact); !recorded) {
      if (is_stopped(recorded.error())) return recorded;
      batch.fates[i] = Fate::kRefused;
      batch.errors[i] = std::move(recorded).error();
    }
  }
  return {};
}

void EventImport::done(std::size_t lane, const BatchRef& batch, Result<Outcome> outcome) {
  BatchRef following;
  {
    const std::scoped_lock lock(mutex_);
    lanes_[lane].on_the_way = false;
    conclude(lanes_[lane], batch, std::move(outcome));
    following = next(lanes_[lane]);
    fewer_.notify_one();
  }
  // While there is one, whoever destroys this waits for it.
  if (following) submit(lane, std::move(following));
}

EventImport::BatchRef EventImport::next(Lane& lane) {
  if (lane.on_the_way || lane.turned_away || lane.waiting.empty()) return nullptr;
  lane.on_the_way = true;
  return lane.waiting.front();
}

void EventImport::conclude(Lane& lane, const BatchRef& batch, Result<Outcome> outcome) {
  if (report_.stopped) return stop(*report_.stopped);
  const std::string_view code = outcome ? "" : std::string_view(outcome.error().code);
  if ((outcome && outcome->existed) || code == "idempotency_key_reused") {
    // Some id was there, or came to be there meanwhile: each is asked for.
    batch->careful = true;
  } else if (!outcome && is_busy(outcome.error())) {
    lane.turned_away = true;
  } else if (!outcome && is_stopped(outcome.error())) {
    stop(std::move(outcome).error());
  } else if (!outcome && batch->lines.size() > 1) {
    split(lane);
  } else {
    if (outcome) settle(*batch, *outcome);
    if (!outcome) refuse(batch->lines.front().number, std::move(outcome).error());
    lane.waiting.pop_front();
    --left_;
  }
}

void EventImport::settle(Batch& batch, const Outcome& outcome) {
  for (std::size_t i = 0; i < batch.lines.size(); ++i) {
    if (batch.fates[i] == Fate::kRefused) {
      refuse(batch.lines[i].number, std::move(batch.errors[i]));
    } else if (batch.fates[i] == Fate::kExisted) {
      ++report_.existed;
      found_existing_ = true;
    } else {
      ++report_.imported;
    }
  }
  if (outcome.first.value > 0) report_.last = std::max(report_.last, outcome.last);
}

// One of the first batch's lines spoils the append for all (a deal whose key is gone): each by
// itself.
void EventImport::split(Lane& lane) {
  const BatchRef batch = lane.waiting.front();
  lane.waiting.pop_front();
  left_ += batch->lines.size() - 1;
  while (!batch->lines.empty()) {
    auto single = std::make_shared<Batch>();
    single->careful = true;
    single->lines.push_back(std::move(batch->lines.back()));
    batch->lines.pop_back();
    lane.waiting.push_front(std::move(single));
  }
}

void EventImport::stop(Error why) {
  if (!report_.stopped) report_.stopped = std::move(why);
  left_ = 0;
  for (Lane& lane : lanes_) {
    // Of what is on the way the answer is waited for.
    lane.waiting.resize(lane.on_the_way ? 1 : 0);
    left_ += lane.waiting.size();
  }
}

void EventImport::refuse(std::size_t line, Error error) {
  ++report_.refused;
  if (report_.errors.size() < limits::kImportErrors) {
    report_.errors.push_back({line, std::move(error)});
  }
}

void EventImport::wait_until(std::unique_lock<std::mutex>& lock, std::size_t at_most) {
  while (left_ > at_most) {
    const bool waiting = std::ranges::any_of(lanes_, &Lane::turned_away);
    if (!waiting) {
      fewer_.wait(lock);
      continue;
    }
    static_cast<void>(fewer_.wait_for(lock, kPause, [] { return false; }));
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      if (!std::exchange(lanes_[i].turned_away, false)) continue;
      BatchRef batch = next(lanes_[i]);
      lock.unlock();
      if (batch) submit(i, std::move(batch));
      lock.lock();
    }
  }
}

void EventImport::wait_for_views() {
  if (options_.views == nullptr) return;
  const std::uint64_t head = bus_.log().head().value;
  if (head <= limits::kImportViewsBehind) return;
  static_cast<void>(
      options_.views->wait_for(Position{head - limits::kImportViewsBehind}, kViewsWait));
}

}  // namespace dealog::api
