// What is to leave the process, what is on its way, and what waits for a person.
#pragma once

#include "libs/projection/projector.hpp"

namespace dealog::views {

// Thread: projector.
class EffectsProjector final : public Projector {
 public:
  std::string_view name() const override { return "effects"; }
  std::uint32_t version() const override { return 2; }
  std::string_view prefix() const override;
  void apply(const RecordedEvent& event, ViewBatch& batch) override;
};

}  // namespace dealog::views
