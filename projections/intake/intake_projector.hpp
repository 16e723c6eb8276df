// Writes the rows of sources and deliveries, their counters and the queue of pending deliveries.
#pragma once

#include "libs/projection/projector.hpp"

namespace dealog::views {

// Thread: projector.
class IntakeProjector final : public Projector {
 public:
  std::string_view name() const override { return "intake"; }
  std::uint32_t version() const override { return 2; }
  std::string_view prefix() const override;
  void apply(const RecordedEvent& event, ViewBatch& batch) override;
};

}  // namespace dealog::views
