// What became of a command.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "libs/base/timestamp.hpp"
#include "libs/event/catalogue.hpp"
#include "libs/event/event.hpp"

namespace dealog {

struct AppendedEvent {
  Uuid id;
  StreamName stream;
  StreamVersion version;  // of its stream
  Position position;
  const EventType* type = nullptr;  // never null
};

struct Outcome {
  Uuid command_id;
  // Of this append, or of the first one when it had been made before. A command that changed
  // nothing has first 0 and the head of the log as last.
  Position first;
  Position last;
  Timestamp recorded;
  bool existed = false;  // answered from the log: the work was not run
  std::vector<AppendedEvent> events;

  // The first event of a type: which deal was opened, which payment was received.
  template <class M>
  const AppendedEvent* find() const {
    for (const auto& event : events) {
      if (event.type->descriptor == M::descriptor()) return &event;
    }
    return nullptr;
  }
  // The version of a touched stream after the append.
  std::optional<StreamVersion> version_of(std::string_view stream) const {
    std::optional<StreamVersion> version;
    for (const auto& event : events) {
      if (event.stream == stream) version = event.version;
    }
    return version;
  }
};

// An outcome and what the work returned; no value when the work was not run (`existed`): then the
// answer is rendered from the log as of `outcome.last`.
template <class T>
struct Done {
  Outcome outcome;
  std::optional<T> value;
};

}  // namespace dealog
