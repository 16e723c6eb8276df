// Writes the rows of products.
#pragma once

#include "libs/projection/projector.hpp"

namespace dealog::views {

// Thread: projector.
class PricesProjector final : public Projector {
 public:
  std::string_view name() const override { return "prices"; }
  std::uint32_t version() const override { return 1; }
  std::string_view prefix() const override;
  void apply(const RecordedEvent& event, ViewBatch& batch) override;
};

}  // namespace dealog::views
