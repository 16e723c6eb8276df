// A log in memory that a test fills event by event, as if decisions had made them.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/clock.hpp"
#include "libs/eventlog/in_memory_log.hpp"
#include "tests/support/memory_key_ring.hpp"

namespace dealog::testing {

struct EventOptions {
  std::vector<Tag> tags = {};
  std::string subject = {};
  std::optional<Timestamp> occurred = std::nullopt;
  Uuid amends = {};
};

class History {
 public:
  explicit History(std::uint64_t seed = 1) : ids_(clock_, seed), log_(clock_) {}

  // Appends one event; its id is `last_id()` then.
  template <class M>
  Position append(const std::string& stream, M message, EventOptions options = {}) {
    NewEvent event = make_event(std::move(message), std::move(options.tags));
    event.subject = std::move(options.subject);
    event.amends = options.amends;
    if (options.occurred) event.occurred = OccurredAt{.at = *options.occurred};
    last_id_ = ids_.next();
    const CommandMeta meta{.actor = {"system", "test"},
                           .now = clock_.now(),
                           .command_id = last_id_,
                           .fingerprint = {},
                           .causation_id = {},
                           .correlation_id = {},
                           .causation_depth = 0,
                           .rule = {},
                           .rule_version = 0};
    auto encoded = encode({{stream, std::move(event)}}, meta, keys_);
    if (!encoded) throw std::runtime_error("encode: " + encoded.error().message);
    auto appended = log_.append_and_wait({.events = std::move(*encoded)});
    if (!appended) throw std::runtime_error("append: " + appended.error().message);
    return appended->last;
  }

  template <class Id>
  std::string make_id() {
    return ids_.make<Id>().text();
  }

  ManualClock& clock() { return clock_; }
  EventLog& log() { return log_; }
  MemoryKeyRing& keys() { return keys_; }
  const Uuid& last_id() const { return last_id_; }

 private:
  ManualClock clock_{Timestamp::parse("2026-03-02T09:00:00Z").value()};
  SeededIds ids_;
  InMemoryLog log_;
  MemoryKeyRing keys_;
  Uuid last_id_;
};

inline Timestamp time_of(std::string_view text) { return Timestamp::parse(text).value(); }

}  // namespace dealog::testing
