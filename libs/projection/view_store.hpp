// Where the rows of the views lie: an ordered map of bytes that is written in atomic batches and
// read through snapshots. Everything in it can be thrown away and built again from the log.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/result.hpp"
#include "libs/base/timestamp.hpp"
#include "libs/event/position.hpp"

namespace dealog {

enum class ScanOrder { kForward, kBackward };

// Key and value live only during the call. Returns false to stop.
using RowVisitor = std::function<bool(std::string_view key, std::string_view value)>;

// Errors of all reads: kInternal "view_store_failed". A row that is not there is no error.
class ViewReader {
 public:
  virtual ~ViewReader() = default;
  virtual Result<std::optional<std::string>> get(std::string_view key) const = 0;
  // Rows with begin ≤ key < end in byte order; an empty `end` is the end of the store.
  virtual Result<void> scan(std::string_view begin, std::string_view end, ScanOrder order,
                            const RowVisitor& visit) const = 0;
  Result<void> scan_prefix(std::string_view prefix, ScanOrder order, const RowVisitor& visit) const;
};

// The store as it stood at one moment. Thread: any, one thread at a time.
class ViewSnapshot : public ViewReader {
 public:
  // Position of the last event whose rows it shows, and that event's recorded time.
  Position position() const { return position_; }
  Timestamp recorded() const { return recorded_; }

 protected:
  // Reads the checkpoint row; called once by the implementation.
  Result<void> read_checkpoint();

 private:
  Position position_;
  Timestamp recorded_;
};

struct RowWrite {
  std::string key;
  std::optional<std::string> value;  // nothing: delete
};

// Thread: snapshots from any; write and make_durable from one thread (the projector's).
class ViewStore : public ViewReader {
 public:
  virtual Result<std::unique_ptr<ViewSnapshot>> snapshot() const = 0;
  // All or nothing, also across a crash: rows and their checkpoint go in one call, in the order of
  // their keys, each key once.
  virtual Result<void> write(std::vector<RowWrite> rows) = 0;
  // Everything written so far survives a crash from here on.
  virtual Result<void> make_durable() = 0;
  // Rewrites the range so that deleted rows are gone from the disk as well: after an erasure.
  virtual Result<void> purge_deleted(std::string_view prefix) = 0;
};

// The first key after all keys that begin with `prefix`; empty when there is none.
std::string prefix_end(std::string_view prefix);

}  // namespace dealog
