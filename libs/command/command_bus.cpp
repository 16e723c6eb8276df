#include "libs/command/command_bus.hpp"

#include <algorithm>
#include <future>

#include <fmt/format.h>
#include <pthread.h>

#include "libs/base/assert.hpp"
#include "libs/base/limits.hpp"
#include "libs/command/job.hpp"
#include "libs/domain/common/refusal.hpp"
#include "libs/event/codec.hpp"

namespace dealog {
namespace {

thread_local bool on_bus_thread = false;

// No stream has such a name.
constexpr std::string_view kTurnsLane = "~turns";
constexpr int kAttemptsBeforeTurns = 2;
static_assert(kAttemptsBeforeTurns <= limits::kConflictRetries);

// A random namespace (RFC 9562), fixed for ever: it makes the ids of all keyed commands.
const Uuid& command_name_space() {
  static const Uuid name_space = *Uuid::from_hex("2f6de0c35a7d4b0f8c1e94b7a06d3e55");
  return name_space;
}

void append_part(std::string& out, std::string_view part) {
  out += std::to_string(part.size());
  out += ':';
  out += part;
}

std::unexpected<Error> busy(Language language, std::string_view ru, std::string_view en) {
  return refuse(language, ErrorKind::kUnavailable, "busy", ru, en);
}

bool is_conflict(const Error& error) {
  return error.kind == ErrorKind::kConflict &&
         (error.code == "version_conflict" || error.code == "tag_conflict");
}

std::unexpected<Error> too_many_conflicts(Caller caller, Language language) {
  if (caller == Caller::kSource) {
    return busy(language, "то же самое всё время меняют другие; повторите через секунду",
                "others kept changing the same things; come again in a second");
  }
  return refuse(language, ErrorKind::kConflict, "version_conflict",
                "это в тот же миг всё время меняли другие; посмотрите ещё раз и повторите",
                "others kept changing this at the same moment; look at it again and repeat");
}

}  // namespace

Uuid command_id_of(const Idempotency& idempotency) {
  std::string name;
  append_part(name, idempotency.principal);
  append_part(name, idempotency.method);
  append_part(name, idempotency.path);
  append_part(name, idempotency.key);
  return Uuid::derived(command_name_space(), name);
}

CommandBus::CommandBus(EventLog& log, KeyRing& keys, const Clock& clock, IdSource& ids,
                       BusOptions options)
    : log_(log),
      keys_(keys),
      clock_(clock),
      ids_(ids),
      options_(options),
      folds_(log, keys, cache_) {
  DEALOG_ASSERT(options_.threads > 0);
  for (unsigned i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { work_loop(); });
}

CommandBus::~CommandBus() {
  {
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return unfinished_ == 0; });
    stopping_ = true;
  }
  ready_changed_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void CommandBus::submit(CommandRequest request, Work work, Callback done) {
  auto job = std::make_shared<Job>(std::move(request), std::move(work), std::move(done));
  if (job->request.idempotency) {
    job->id = command_id_of(*job->request.idempotency);
    job->fingerprint = keys_.fingerprint(job->request.idempotency->canonical);
    job->keyed = true;
  } else if (!job->request.computed_id.is_nil()) {
    job->id = job->request.computed_id;
    job->keyed = true;
  } else {
    job->id = ids_.next();
  }
  Result<void> admitted;
  {
    const std::lock_guard lock(mutex_);
    admitted = admit(job);
    if (admitted) enter_lanes(job);
    job->submitted = true;
  }
  if (!admitted) return job->done(fail(std::move(admitted).error()));
  if (job->decided_here) {
    const bool was_on_bus_thread = std::exchange(on_bus_thread, true);
    attempt(job);
    on_bus_thread = was_on_bus_thread;
  }
}

Result<Outcome> CommandBus::run(CommandRequest request, Work work) {
  DEALOG_ASSERT(!on_bus_thread);
  std::promise<Result<Outcome>> promise;
  auto answer = promise.get_future();
  submit(std::move(request), std::move(work),
         [&promise](Result<Outcome> outcome) { promise.set_value(std::move(outcome)); });
  return answer.get();
}

BusStats CommandBus::stats() const {
  const std::lock_guard lock(mutex_);
  return stats_;
}

void CommandBus::work_loop() {
  on_bus_thread = true;
  pthread_setname_np(pthread_self(), "commands");
  std::unique_lock lock(mutex_);
  while (true) {
    ready_changed_.wait(lock, [this] { return stopping_ || !ready_.empty(); });
    if (ready_.empty()) return;
    JobRef job = std::move(ready_.front());
    ready_.pop_front();
    lock.unlock();
    step(job);
    job.reset();
    lock.lock();
  }
}

void CommandBus::step(const JobRef& job) {
  if (job->appended) {
    on_appended(job);
  } else {
    attempt(job);
  }
}

void CommandBus::attempt(const JobRef& job) {
  if (job->keyed && job->attempts == 0) {
    auto known = answer_from_log(*job);
    if (!known) return finish(job, fail(std::move(known).error()));
    if (*known) return finish(job, std::move(**known));
  }
  ++job->attempts;
  auto request = decide(*job);
  if (!request) return finish(job, fail(std::move(request).error()));
  if (!*request) {
    Outcome unchanged{.command_id = job->id, .last = log_.head(), .recorded = log_.head_time()};
    return finish(job, std::move(unchanged));
  }
  // From here on the job belongs to whoever takes it out of the queue.
  log_.append(std::move(**request), [this, job](Result<Appended> result) {
    job->appended = std::move(result);
    // What succeeded is answered by the log's own thread: waking one of ours costs more. What
    // failed may have to be decided anew.
    if (!*job->appended) return make_ready(job);
    const bool was_on_bus_thread = std::exchange(on_bus_thread, true);
    on_appended(job);
    on_bus_thread = was_on_bus_thread;
  });
}

Result<std::optional<Outcome>> CommandBus::answer_from_log(const Job& job) const {
  const auto position = TRY(log_.find_event(job.id));
  if (!position) return std::nullopt;
  std::optional<Result<RecordedEvent>> event;
  TRY(log_.read(*position, Direction::kForward, 1, [&](const StoredEvent& stored) {
    event = decode(stored.record, Open::kNothing, nullptr);
    return false;
  }));
  DEALOG_ASSERT(event.has_value());
  if (!*event) return fail(event->error());
  const RecordedEvent& first = **event;
  if (job.request.idempotency && first.fingerprint != job.fingerprint) {
    return refuse(job.request.language, ErrorKind::kUnprocessable, "idempotency_key_reused",
                  "с этим ключом идемпотентности уже был другой запрос; возьмите новый ключ",
                  "this idempotency key was used for another request; take a new key");
  }
  const Position start{position->value - first.append_index};
  return TRY(outcome_of_existing(job.id, start, {start.value + first.append_count - 1}));
}

// Runs the work and turns what it emitted into an append; nothing when it emitted nothing.
Result<std::optional<AppendRequest>> CommandBus::decide(Job& job) {
  const auto& request = job.request;
  // As the log records it: a wall clock that was set back stands still until it has caught up, else
  // what is decided now would lie before what was decided a moment ago.
  job.now = std::max(clock_.now(), log_.head_time());
  if (job.attempts == 1) job.started = job.now;
  job.appended.reset();
  job.unit.emplace(Unit::Given{.folds = folds_,
                               .keys = keys_,
                               .ids = ids_,
                               .actor = request.actor,
                               .rights = request.rights,
                               .language = request.language,
                               .now = job.now,
                               .started = job.started,
                               .command_id = job.id,
                               .causation_depth = request.cause ? request.cause->depth + 1 : 0});
  TRY(job.work(*job.unit));
  if (job.unit->emitted_.empty()) return std::nullopt;
  const bool exclusive = request.access == Access::kExclusive;
  if (exclusive && options_.consequences) options_.consequences(*job.unit);
  CommandMeta meta{.actor = request.actor,
                   .now = job.now,
                   .command_id = job.id,
                   .fingerprint = job.fingerprint,
                   .rule = request.rule,
                   .rule_version = request.rule_version};
  if (request.cause) {
    meta.causation_id = request.cause->event;
    meta.correlation_id = request.cause->correlation;
    meta.causation_depth = request.cause->depth + 1;
  }
  AppendRequest append;
  append.events = TRY(encode(job.unit->emitted_, meta, keys_));
  append.conditions = job.unit->take_conditions();
  append.raw_bodies = std::move(job.unit->raw_bodies_);
  append.on_existing =
      request.computed_id.is_nil() ? OnExisting::kRequireSame : OnExisting::kAcceptAny;
  auto& of_unit = job.unit->fresh_keys_;
  auto& of_first = append.events.front().fresh_keys;
  of_first.insert(of_first.end(), of_unit.begin(), of_unit.end());
  job.event_ids.clear();
  job.fresh_keys.clear();
  for (const auto& event : append.events) {
    job.event_ids.push_back(event.id);
    job.fresh_keys.insert(job.fresh_keys.end(), event.fresh_keys.begin(), event.fresh_keys.end());
  }
  remember_fresh_keys(job);
  add_unrecorded_keys(job, append.events);
  return append;
}

void CommandBus::on_appended(const JobRef& job) {
  auto result = std::move(*job->appended);
  job->appended.reset();
  if (!result) {
    if (!is_conflict(result.error())) return finish(job, fail(std::move(result).error()));
    for (const auto& touched : job->unit->touched_) cache_.mark_behind(touched->stream);
    job->unit.reset();
    if (job->attempts > limits::kConflictRetries) {
      return finish(job, too_many_conflicts(job->request.caller, job->request.language));
    }
    return decide_again(job);
  }
  forget_recorded_keys(*job);
  if (result->existed) {
    return finish(job, outcome_of_existing(job->id, result->first, result->last));
  }
  finish(job, outcome_of(*job, *result));
}

// Whoever keeps losing takes turns with the others who do: of them only one runs, so each of them
// wins soon. It holds its other lanes while it waits here, but nobody here waits for another lane.
void CommandBus::decide_again(const JobRef& job) {
  {
    const std::lock_guard lock(mutex_);
    ++stats_.conflicts;
    if (job->attempts == kAttemptsBeforeTurns) {
      job->lanes.emplace_back(kTurnsLane);
      Lane& lane = lanes_[job->lanes.back()];
      lane.push_back({job, false, false});
      return grant(lane);
    }
  }
  attempt(job);
}

void CommandBus::finish(const JobRef& job, Result<Outcome> result) {
  job->unit.reset();
  Callback done = std::move(job->done);
  {
    const std::lock_guard lock(mutex_);
    if (job->keyed) running_ids_.erase(job->id);
    leave_lanes(job);
    ++stats_.commands;
    if (!result) ++stats_.refused;
    if (result && result->existed) ++stats_.repeated;
    --stats_.waiting;
  }
  done(std::move(result));
  // Only now: whoever destroys the bus waits for the callbacks as well.
  const std::lock_guard lock(mutex_);
  if (--unfinished_ == 0) idle_.notify_all();
}

Result<void> CommandBus::admit(const JobRef& job) {
  auto& request = job->request;
  if (request.cause && request.cause->depth + 1 > limits::kCausationDepth) {
    return fail(ErrorKind::kUnprocessable, "causation_too_deep",
                fmt::format("a chain of {} causes is taken for a loop and was stopped",
                            limits::kCausationDepth));
  }
  if (stats_.waiting >= options_.queued_commands) {
    return busy(request.language, "ждёт уже слишком много команд; повторите через секунду",
                "too many commands wait already; come again in a second");
  }
  job->lanes = std::move(request.also);
  if (!request.stream.empty()) job->lanes.push_back(request.stream);
  std::sort(job->lanes.begin(), job->lanes.end());
  job->lanes.erase(std::unique(job->lanes.begin(), job->lanes.end()), job->lanes.end());
  for (const auto& name : job->lanes) {
    const auto lane = lanes_.find(name);
    if (lane != lanes_.end() && lane->second.size() >= options_.queued_per_stream) {
      return busy(request.language,
                  "того же самого ждёт слишком много команд; повторите через секунду",
                  "too many commands on the same thing wait already; come again in a second");
    }
  }
  if (job->keyed && !running_ids_.insert(job->id).second) {
    return refuse(request.language, ErrorKind::kConflict, "request_in_progress",
                  "этот же запрос сейчас выполняется; спросите ответ ещё раз через секунду",
                  "the same request is being carried out; ask again for its answer in a second");
  }
  ++stats_.waiting;
  ++unfinished_;
  return {};
}

// All lanes are entered at once, so two commands stand in the same order in every lane that they
// share, and none waits for another in a circle.
void CommandBus::enter_lanes(const JobRef& job) {
  if (job->lanes.empty()) return be_ready(job);
  for (const auto& name : job->lanes) {
    Lane& lane = lanes_[name];
    const bool shared = job->request.access == Access::kShared && name == job->request.stream;
    lane.push_back({job, shared, false});
    grant(lane);
  }
}

void CommandBus::grant(Lane& lane) {
  for (std::size_t i = 0; i < lane.size(); ++i) {
    LanePlace& place = lane[i];
    if (!place.shared && i > 0) return;
    if (!place.granted) {
      place.granted = true;
      if (++place.job->granted == place.job->lanes.size()) be_ready(place.job);
    }
    if (!place.shared) return;
  }
}

void CommandBus::be_ready(const JobRef& job) {
  if (job->request.brief && !job->submitted) {
    job->decided_here = true;
    return;
  }
  ready_.push_back(job);
  ready_changed_.notify_one();
}

void CommandBus::leave_lanes(const JobRef& job) {
  for (const auto& name : job->lanes) {
    const auto found = lanes_.find(name);
    DEALOG_ASSERT(found != lanes_.end());
    Lane& lane = found->second;
    const auto place =
        std::find_if(lane.begin(), lane.end(), [&](const LanePlace& p) { return p.job == job; });
    DEALOG_ASSERT(place != lane.end());
    lane.erase(place);
    if (lane.empty()) {
      lanes_.erase(found);
    } else {
      grant(lane);
    }
  }
}

void CommandBus::make_ready(const JobRef& job) {
  const std::lock_guard lock(mutex_);
  be_ready(job);
}

}  // namespace dealog
