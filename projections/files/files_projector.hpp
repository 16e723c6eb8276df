// Writes a row for each file that lies with a deal.
#pragma once

#include "libs/projection/projector.hpp"

namespace dealog::views {

// Thread: projector.
class FilesProjector final : public Projector {
 public:
  std::string_view name() const override { return "files"; }
  std::uint32_t version() const override { return 1; }
  std::string_view prefix() const override;
  void apply(const RecordedEvent& event, ViewBatch& batch) override;
};

}  // namespace dealog::views
