// What clients of a log were told, kept where no crash of the log reaches it, and whether a log
// that came back keeps every word of it.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "libs/eventlog/event_log.hpp"

namespace rocksdb {
class Env;
}

namespace dealog::testing {

// The append with this number, the same each time it is sent: one to three events over two streams,
// with tags of both kinds, a key and a raw body now and then.
AppendRequest append_number(std::uint64_t number);
std::uint64_t events_of_append(std::uint64_t number);

// Thread: any.
class LogLedger {
 public:
  struct Place {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
  };

  void invoked(std::uint64_t number);
  // What the log said to it: acknowledged, unknown, or that it was not written. A place that
  // differs from the one told before is a finding.
  void answered(std::uint64_t number, const Result<Appended>& answer);
  // A reader or a subscriber was shown this head.
  void shown(Position head);

  std::size_t acknowledged() const;
  // Numbers whose answer is unknown, to be sent again.
  std::vector<std::uint64_t> unknown() const;

  // What is wrong with this log, as sentences; empty: nothing. Acknowledged appends are there once,
  // whole, where they were said to be; refused ones are not there; unknown ones at most once; every
  // event belongs to an append that was sent and carries its bytes; nothing that was shown is gone;
  // streams and ids lead to the same events.
  std::vector<std::string> findings_in(const EventLog& log) const;

 private:
  enum class Said { kNothing, kUnknown, kRefused, kAcknowledged };
  struct Entry {
    Said said = Said::kNothing;
    Place place;
  };

  mutable std::mutex mutex_;
  std::map<std::uint64_t, Entry> entries_;  // guarded by mutex_
  std::uint64_t shown_ = 0;                 // guarded by mutex_
  std::vector<std::string> findings_;       // guarded by mutex_
};

// What verify_log and the second reader of tests/support say about a log that is closed.
std::vector<std::string> closed_log_findings(const std::filesystem::path& folder,
                                             rocksdb::Env* environment);

}  // namespace dealog::testing
