// Writes the rows of payments and the index of those with something left to match.
#pragma once

#include "libs/projection/projector.hpp"

namespace dealog::views {

// Thread: projector.
class PaymentsProjector final : public Projector {
 public:
  std::string_view name() const override { return "payments"; }
  std::uint32_t version() const override { return 2; }
  std::string_view prefix() const override;
  void apply(const RecordedEvent& event, ViewBatch& batch) override;
};

}  // namespace dealog::views
