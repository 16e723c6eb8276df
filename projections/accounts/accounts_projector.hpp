// Writes the rows of users and their tokens.
#pragma once

#include "libs/projection/projector.hpp"

namespace dealog::views {

// Thread: projector.
class AccountsProjector final : public Projector {
 public:
  std::string_view name() const override { return "accounts"; }
  std::uint32_t version() const override { return 3; }
  std::string_view prefix() const override;
  void apply(const RecordedEvent& event, ViewBatch& batch) override;
};

}  // namespace dealog::views
