// Pages of the log through all projectors into one batch with its checkpoint: what the runner, the
// rebuild and reads of the past have in common.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dealog/v1/views.pb.h"
#include "libs/eventlog/event_log.hpp"
#include "libs/projection/projector.hpp"

namespace dealog {

struct Checkpoint {
  Position position;
  Timestamp recorded;
};

// The checkpoint of a store; nothing when it is empty. Errors: those of the store; kInternal
// "checkpoint_broken".
Result<std::optional<v1::CheckpointRow>> read_checkpoint(const ViewReader& rows);

// Thread: projector.
class PageProjector {
 public:
  PageProjector(ViewStore& store, std::vector<std::unique_ptr<Projector>> projectors,
                std::string log_id, std::size_t cached_rows = ViewBatch::kCachedRows);

  // Continues after the checkpoint of the store.
  Result<void> load_checkpoint();
  const Checkpoint& checkpoint() const { return checkpoint_; }

  // Takes one event, which must be the next one (or any later one, for a single stream).
  Result<void> apply(const StoredEvent& stored);
  void apply(const RecordedEvent& event);
  // The same for many, which is quicker.
  void apply(std::span<const RecordedEvent> events);
  // Ends the page: index rows, checkpoint, one atomic write. Nothing is written for an empty page.
  Result<void> write_page();
  // Rewrites the ranges that erasures since the last call left deleted rows in. Costs a compaction
  // of them, so it is called seldom; until then the bytes are unreachable but on the disk.
  Result<void> purge();

  // Whether pages since the last call wrote a row whose key begins with the prefix; watches are
  // numbered from 0 in the order in which they were set, which is before the first page.
  void watch(std::string_view prefix) { watches_.push_back({std::string(prefix), false}); }
  bool take_written(std::size_t watch);

  std::size_t pending_events() const { return pending_events_; }
  std::size_t dirty_rows() const { return batch_.dirty(); }
  std::uint64_t rows_written() const { return rows_written_; }
  const std::vector<std::unique_ptr<Projector>>& projectors() const { return projectors_; }

 private:
  struct Watch {
    std::string prefix;
    bool written = false;
  };

  std::string checkpoint_bytes() const;
  void look_at_watches(const std::vector<RowWrite>& rows);

  ViewStore& store_;
  std::vector<std::unique_ptr<Projector>> projectors_;
  std::string log_id_;
  ViewBatch batch_;
  RecordedEvent decoded_;  // keeps its memory from event to event
  Checkpoint checkpoint_;
  std::size_t pending_events_ = 0;
  std::uint64_t rows_written_ = 0;
  std::set<std::string> purges_;
  std::vector<Watch> watches_;
};

// Applies the log up to `until` (inclusive; at most the head) into `store`, which must be empty or
// hold a checkpoint of the same log. For boards of the past.
Result<Checkpoint> project_until(const EventLog& log, Position until,
                                 std::vector<std::unique_ptr<Projector>> projectors,
                                 ViewStore& store);
// The same with the events of one stream alone: a deal of the past is a fold of its stream.
Result<Checkpoint> project_stream(const EventLog& log, std::string_view stream, Position until,
                                  std::vector<std::unique_ptr<Projector>> projectors,
                                  ViewStore& store);

}  // namespace dealog
