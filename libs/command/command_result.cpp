// What the bus does once the log has answered: outcomes, folds and keys.
#include <algorithm>

#include "libs/base/assert.hpp"
#include "libs/command/command_bus.hpp"
#include "libs/command/job.hpp"
#include "libs/command/recorded_form.hpp"
#include "libs/event/codec.hpp"

namespace dealog {

Outcome CommandBus::outcome_of(Job& job, const Appended& appended) {
  Outcome outcome{.command_id = job.id,
                  .first = appended.first,
                  .last = appended.last,
                  .recorded = appended.recorded};
  const auto& emitted = job.unit->emitted_;
  outcome.events.reserve(emitted.size());
  for (std::size_t i = 0; i < emitted.size(); ++i) {
    outcome.events.push_back({.id = job.event_ids[i],
                              .stream = emitted[i].stream,
                              .version = appended.versions[i],
                              .position = {appended.first.value + i},
                              .type = &event_type_of(*emitted[i].event.payload)});
  }
  advance_folds(job, outcome);
  return outcome;
}

// Brings the cached folds of the touched streams up to date.
void CommandBus::advance_folds(Job& job, const Outcome& outcome) {
  const auto& emitted = job.unit->emitted_;
  std::vector<RecordedEvent> recorded;
  for (const auto& touched : job.unit->touched_) {
    if (touched->emitted.empty()) continue;
    const StreamVersion base = touched->base ? touched->base->version() : StreamVersion{};
    // Without a condition others may have come in between.
    if (outcome.events[touched->emitted.front()].version != base.next()) {
      cache_.mark_behind(touched->stream);
      continue;
    }
    recorded.clear();
    for (const std::size_t place : touched->emitted) {
      recorded.push_back(recorded_form(emitted[place], job.request.actor, job.now,
                                       {.id = job.event_ids[place],
                                        .position = outcome.events[place].position,
                                        .version = outcome.events[place].version,
                                        .recorded = outcome.recorded}));
    }
    touched->overlay.reset();
    cache_.advance(touched->stream, recorded, std::move(touched->base));
  }
}

Result<Outcome> CommandBus::outcome_of_existing(const Uuid& command_id, Position first,
                                                Position last) const {
  Outcome outcome{.command_id = command_id, .first = first, .last = last, .existed = true};
  std::optional<Error> broken;
  TRY(log_.read(first, Direction::kForward, last.value - first.value + 1,
                [&](const StoredEvent& stored) {
                  auto event = decode(stored.record, Open::kNothing, nullptr);
                  if (!event) {
                    broken = std::move(event).error();
                    return false;
                  }
                  outcome.recorded = event->recorded;
                  outcome.events.push_back({.id = event->id,
                                            .stream = std::move(event->stream),
                                            .version = event->version,
                                            .position = event->position,
                                            .type = event->type});
                  return true;
                }));
  if (broken) return fail(std::move(*broken));
  return outcome;
}

void CommandBus::remember_fresh_keys(const Job& job) {
  if (job.fresh_keys.empty()) return;
  const std::lock_guard lock(keys_mutex_);
  for (const auto& fresh : job.fresh_keys) unrecorded_keys_[fresh.subject] = fresh.key;
  has_unrecorded_keys_ = true;
}

void CommandBus::add_unrecorded_keys(Job& job, std::vector<EncodedEvent>& events) {
  if (!has_unrecorded_keys_) return;
  const auto& emitted = job.unit->emitted_;
  const std::lock_guard lock(keys_mutex_);
  for (std::size_t i = 0; i < events.size(); ++i) {
    for (const auto& subject : {emitted[i].stream, emitted[i].event.subject}) {
      const auto found = unrecorded_keys_.find(subject);
      if (found == unrecorded_keys_.end()) continue;
      const SubjectKey key{found->first, found->second};
      const bool known = std::any_of(job.fresh_keys.begin(), job.fresh_keys.end(),
                                     [&](const auto& own) { return own.subject == key.subject; });
      if (known) continue;
      events[i].fresh_keys.push_back(key);
      job.fresh_keys.push_back(key);
    }
  }
}

void CommandBus::forget_recorded_keys(const Job& job) {
  if (job.fresh_keys.empty()) return;
  const std::lock_guard lock(keys_mutex_);
  for (const auto& recorded : job.fresh_keys) unrecorded_keys_.erase(recorded.subject);
  has_unrecorded_keys_ = !unrecorded_keys_.empty();
}

}  // namespace dealog
