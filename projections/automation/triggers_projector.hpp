// Writes a row for each effect that an event asks for, and takes it away when the log has its end.
#pragma once

#include "libs/projection/projector.hpp"

namespace dealog::views {

// Thread: projector.
class TriggersProjector final : public Projector {
 public:
  std::string_view name() const override { return "automation"; }
  std::uint32_t version() const override { return 1; }
  std::string_view prefix() const override;
  void apply(const RecordedEvent& event, ViewBatch& batch) override;
};

// The id of the trigger that an event makes for an effect. The projector's version does not enter
// it, so a rebuild by newer code finds the same ends.
std::string trigger_id(const Uuid& cause, std::string_view effect);

}  // namespace dealog::views
