// One command on its way through the bus.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libs/command/command_bus.hpp"
#include "libs/command/unit.hpp"
#include "libs/eventlog/event_log.hpp"

namespace dealog {

// Thread: one at a time; handed on through the bus's queue.
struct CommandBus::Job {
  Job(CommandRequest asked, Work asked_work, Callback answer)
      : request(std::move(asked)), work(std::move(asked_work)), done(std::move(answer)) {}

  CommandRequest request;
  Work work;
  Callback done;

  Uuid id;
  bool keyed = false;  // its id follows from the request: it may be in the log already
  std::string fingerprint;
  std::vector<StreamName> lanes;
  std::size_t granted = 0;
  bool submitted = false;     // what becomes ready from now on is for the bus's threads
  bool decided_here = false;  // by the submitting thread

  int attempts = 0;
  Timestamp now = {};      // of this attempt
  Timestamp started = {};  // of the first one
  std::optional<Unit> unit = std::nullopt;
  std::vector<Uuid> event_ids = {};                         // of what was handed to the log
  std::vector<SubjectKey> fresh_keys = {};                  // that this append records
  std::optional<Result<Appended>> appended = std::nullopt;  // the log's answer
};

}  // namespace dealog
