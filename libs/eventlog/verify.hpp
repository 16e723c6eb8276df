// Whether a stopped log is what it claims to be, row by row.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "libs/base/result.hpp"
#include "libs/event/position.hpp"
#include "libs/eventlog/signed_head.hpp"

namespace rocksdb {
class Env;
}

namespace dealog {

struct VerifyOptions {
  std::filesystem::path folder;  // the log's own: <data>/log
  // Signed heads whose signatures were found to be this log's: they must still hold.
  std::vector<TreeHead> heads = {};
  // The newest one that the service wrote beside the log; it counts only in the log's own epoch.
  std::optional<TreeHead> own_head = {};
  // Off for a copy that never had one, such as what a backup holds.
  bool needs_watermark = true;
  // Where to read the records that were dropped from the log; empty: they are not read, and of them
  // only the tree is checked.
  std::filesystem::path archive = {};
  // Called now and then with how far the check of the events is. May be empty.
  std::function<void(Position done, Position head)> progress = {};
  rocksdb::Env* environment = nullptr;  // for tests; not owned
};

// A delivery whose raw body is not there although the log says nothing of its period being over.
struct AbsentBody {
  Position position;
  std::uint64_t key = 0;  // that the body was sealed under
};

struct VerifyProblem {
  Position position;  // 0: it belongs to no position
  std::string what;
};

struct VerifyReport {
  static constexpr std::size_t kListedProblems = 50;

  std::string log_id;
  std::string epoch;
  std::optional<Position> watermark;  // as its file says
  Position head;                      // of the commits, or of the events where those reach further
  merkle::Hash root{};
  std::uint64_t events = 0;    // that were read
  std::uint64_t archived = 0;  // of them out of the archive
  std::uint64_t unread = 0;    // that lie in the archive, which was not read
  std::uint64_t commits = 0;
  std::uint64_t streams = 0;
  std::uint64_t tags = 0;
  std::uint64_t personal_tags = 0;
  std::uint64_t raw_bodies = 0;
  std::uint64_t expired_bodies = 0;       // absent, as an event says
  std::uint64_t unarchived_bodies = 0;    // absent, since the log was made without them
  std::vector<AbsentBody> absent_bodies;  // whoever has the keys can tell which were erased
  std::uint64_t subject_keys = 0;

  std::uint64_t problem_count = 0;
  std::vector<VerifyProblem> problems;  // the first kListedProblems in the order they were met
  std::optional<VerifyProblem> first;   // the one with the lowest position > 0
  bool is_sound() const { return problem_count == 0; }
};

// Checks, without changing the folder: positions without a gap; every record whole, of this log and
// at its own position; stream versions; appends complete; recorded time never back; leaf hashes,
// frontiers and bounds of every commits row; rows of streams, ids and tags against the events in
// both directions; keys of sealed boxes against subject_keys; personal tags and raw bodies point at
// events that exist (the absence of a tag is no fault: which ones should exist is written inside
// sealed boxes); raw bodies of deliveries are there, or expired, or are named as absent. An end
// that is missing in events and commits alike shows by the watermark and by the given heads: their
// trees must be the beginning of the log's.
//
// Records that were dropped are read from the archive where it is given. Where it is not, their
// leaves in the tree and the rows that answer repeated requests must be there, and no more is said.
//
// Rows that the disk does not give whole are problems like others, and the check goes on behind
// them. A broken log is a report, not an Error. Errors: those of Database::open.
Result<VerifyReport> verify_log(const VerifyOptions& options);

}  // namespace dealog
