// The suite that every EventLog passes: the fixture. A new store is one class with log() and
// reopen(), added to LogStores.
#pragma once

#include <gtest/gtest.h>

#include "tests/unit/eventlog/log_fixtures.hpp"

namespace dealog::testing {

template <class Store>
class LogConformance : public ::testing::Test {
 protected:
  EventLog& log() { return store_.log(); }
  void reopen() { store_.reopen(); }

  Result<Appended> append(const std::vector<EventSketch>& events,
                          std::vector<Condition> conditions = {}) {
    return log().append_and_wait(append_of(events, std::move(conditions)));
  }
  // An append that must succeed; answers its last position.
  Position must(const std::vector<EventSketch>& events, std::vector<Condition> conditions = {}) {
    const auto appended = append(events, std::move(conditions));
    if (!appended) ADD_FAILURE() << appended.error().code << ": " << appended.error().message;
    return appended ? appended->last : Position{};
  }
  // `count` events to `stream`, one append each, with ids from `first_id` on.
  void fill(const std::string& stream, std::uint64_t first_id, int count) {
    for (int i = 0; i < count; ++i) must({{.stream = stream, .id = first_id + i}});
  }

  std::vector<ReadBack> read(Position from, Direction direction, std::size_t limit = 1000) {
    std::vector<ReadBack> events;
    check(log().read(from, direction, limit, into(events)));
    return events;
  }
  std::vector<ReadBack> read_stream(const std::string& stream, StreamVersion from,
                                    Direction direction, std::size_t limit = 1000) {
    std::vector<ReadBack> events;
    check(log().read_stream(stream, from, direction, limit, into(events)));
    return events;
  }
  std::vector<ReadBack> read_tag(bool personal, const std::string& tag, Position from,
                                 Direction direction, std::size_t limit = 1000) {
    std::vector<ReadBack> events;
    check(log().read_tag(personal, tag, from, direction, limit, into(events)));
    return events;
  }
  static std::vector<std::uint64_t> positions(const std::vector<ReadBack>& events) {
    std::vector<std::uint64_t> all;
    for (const auto& event : events) all.push_back(event.position.value);
    return all;
  }
  static void check(const Result<void>& result) {
    if (!result) ADD_FAILURE() << result.error().code << ": " << result.error().message;
  }

  ManualClock clock_{kNoon};
  Store store_{clock_};
};

using LogStores = ::testing::Types<InMemoryStore, RocksStore>;
inline constexpr Position kEnd{UINT64_MAX};
inline constexpr StreamVersion kLatest{UINT64_MAX};
using Places = std::vector<std::uint64_t>;

}  // namespace dealog::testing
