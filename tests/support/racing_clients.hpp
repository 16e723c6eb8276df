// Clients that race for a few streams, tags and keys of a log, and write down what they see.
#pragma once

#include <algorithm>
#include <random>
#include <thread>

#include "tests/support/log_history.hpp"
#include "tests/unit/eventlog/log_fixtures.hpp"

namespace dealog::testing {

// One client: expected versions from what it read last, claims of tags, repeated keys, reads.
inline void race(EventLog& log, LogHistory& history, std::uint64_t seed, int steps) {
  std::mt19937_64 random(seed);
  const auto pick = [&](std::uint64_t n) { return random() % n; };
  for (int i = 0; i < steps; ++i) {
    const std::string stream = "deal_" + std::to_string(pick(4));
    if (pick(8) == 0) {
      history.head(log);
      continue;
    }
    const auto version = history.read_stream(log, stream);
    // Few ids, so that clients repeat their own requests and each other's, sometimes with
    // another fingerprint.
    const auto id = 1 + pick(static_cast<std::uint64_t>(steps) * 2);
    std::vector<EventSketch> events;
    for (std::uint64_t k = 0; k <= id % 3; ++k) {
      events.push_back({.stream = k == 0 ? stream : "deal_" + std::to_string(pick(4)),
                        .id = id * 4 + k,
                        .payload = "p",
                        .fingerprint = pick(10) == 0 ? "other" : "same"});
      if (pick(3) == 0) events.back().open_tags = {"tag_" + std::to_string(pick(3))};
    }
    std::vector<Condition> conditions;
    if (pick(3) != 0) conditions.push_back(StreamAt{stream, version});
    if (pick(4) == 0) {
      const auto seen = log.head().value;
      conditions.push_back(
          NoTagAfter{false, "tag_" + std::to_string(pick(3)), {seen - std::min(seen, pick(20))}});
    }
    auto request = append_of(events, std::move(conditions));
    if (pick(4) == 0) request.on_existing = OnExisting::kAcceptAny;
    history.append(log, request);
  }
}

inline std::vector<std::string> race_and_check(EventLog& log, std::uint64_t seed, int clients,
                                               int steps) {
  LogHistory history;
  {
    std::vector<std::jthread> running;
    for (int i = 0; i < clients; ++i) {
      running.emplace_back(
          [&, i] { race(log, history, seed + static_cast<std::uint64_t>(i), steps); });
    }
  }
  return history.findings(log);
}

}  // namespace dealog::testing
