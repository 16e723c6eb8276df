// What turns events into rows.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "libs/event/event.hpp"
#include "libs/projection/view_batch.hpp"

namespace dealog {

// A projector reads its own rows and the event, never a clock, never another view and never the
// log: its rows are a function of the events before them alone. Sealed fields come closed; rows
// keep the boxes. Thread: projector.
class Projector {
 public:
  virtual ~Projector() = default;
  // Names the view in checkpoints and digests ("deals").
  virtual std::string_view name() const = 0;
  // Raised whenever the same events give other rows: the views are then built anew.
  virtual std::uint32_t version() const = 0;
  // With which all keys of its rows begin.
  virtual std::string_view prefix() const = 0;

  virtual void apply(const RecordedEvent& event, ViewBatch& batch) = 0;
  // What apply() is given next, so that rows which lie in memory can be fetched into the caches of
  // the processor, many at once. Changes nothing, and nobody need call it.
  virtual void expect(std::span<const RecordedEvent> events, const ViewBatch& batch) {
    (void)events, (void)batch;
  }
  // After the last event of a page: writes rows that follow from others (an index of what the page
  // touched). Must leave the same rows however the events were cut into pages.
  virtual void finish_page(ViewBatch& batch) { (void)batch; }
};

}  // namespace dealog
