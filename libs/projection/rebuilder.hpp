// Views built anew from position 0 beside the live ones, and the comparison of the two.
#pragma once

#include <functional>

#include "libs/projection/page_projector.hpp"

namespace dealog {

struct RebuildOptions {
  // Events per write: a row that changes a hundred times within a page is written once.
  std::size_t page_events = 100'000;
  // A page ends earlier when so many rows wait, which bounds memory at about 400 MB.
  std::size_t page_rows = 100'000;
  // Events that are read ahead of the projectors, on the other core: as many as are decoded while
  // a page is written. About 1 KB each.
  std::size_t decoded_ahead = 32'768;
};

struct RebuildProgress {
  Position position;
  Position head;
  std::uint64_t rows_written = 0;
};
// Returns false to give up.
using RebuildListener = std::function<bool(const RebuildProgress&)>;

// Reads the log up to its head at the call into `store`, which must be empty, and makes it durable.
// Errors: those of log and store; kUnavailable "rebuild_stopped" when the listener gave up.
Result<RebuildProgress> rebuild(const EventLog& log,
                                std::vector<std::unique_ptr<Projector>> projectors,
                                ViewStore& store, const RebuildOptions& options = {},
                                const RebuildListener& listener = {});

// What the rows of a view add up to, in any order: equal rows give equal digests. The checkpoint
// does not count.
struct ViewDigest {
  std::uint64_t rows = 0;
  std::array<std::uint64_t, 4> sum{};

  void add(std::string_view key, std::string_view value);
  bool operator==(const ViewDigest&) const = default;
  std::string hex() const;
};
Result<ViewDigest> digest_of(const ViewReader& rows, std::string_view prefix);

struct ViewDifference {
  std::string view;
  ViewDigest left, right;
};
// Views whose rows differ between two stores at the same position.
Result<std::vector<ViewDifference>> differences(
    const ViewReader& left, const ViewReader& right,
    const std::vector<std::unique_ptr<Projector>>& projectors);

}  // namespace dealog
