// What racing clients did to a log and what it told them, and whether one order explains it all.
// Positions are that order, so it need not be searched for: each answer is held against the log as
// it was at its position, or at some moment between question and answer (Herlihy and Wing 1990).
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "libs/eventlog/event_log.hpp"

namespace dealog::testing {

// Thread: any, but for findings().
class LogHistory {
 public:
  // Sends the append and records question and answer.
  Result<Appended> append(EventLog& log, const AppendRequest& request);
  // Reads how far the log, or a stream, has come.
  Position head(const EventLog& log);
  StreamVersion read_stream(const EventLog& log, const std::string& stream);

  // What no order explains, as sentences; empty: nothing. Positions are dense and every stream's
  // versions 1, 2, 3 … ; what was answered before another was asked stands before it; conditions of
  // what was written held just before it; each refusal had its reason at some moment before its
  // answer; the same key got the same answer; what is unknown is there once at most and whole;
  // reads saw what had been acknowledged. To be asked when no client runs any more.
  std::vector<std::string> findings(const EventLog& log) const;

  std::size_t size() const { return appends_.size() + reads_.size(); }

  struct Append {
    std::vector<EncodedEvent> events;  // without their bytes
    std::vector<Condition> conditions;
    OnExisting on_existing = OnExisting::kRequireSame;
    std::uint64_t asked = 0;
    std::uint64_t answered = 0;
    std::optional<Appended> written;  // or existed
    std::string refusal;              // code, "" when written
    bool unknown = false;
  };
  struct Read {
    std::string stream;  // "": the head
    std::uint64_t asked = 0;
    std::uint64_t answered = 0;
    std::uint64_t seen = 0;
  };

 private:
  std::atomic<std::uint64_t> time_ = 0;
  std::mutex mutex_;
  std::vector<Append> appends_;  // guarded by mutex_ while clients run
  std::vector<Read> reads_;      // guarded by mutex_ while clients run
};

}  // namespace dealog::testing
