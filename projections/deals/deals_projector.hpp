// Writes the rows of deals: one DealRow a deal, and beside it a CardRow that is written only when
// what lists and lamps ask about has changed.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "dealog/v1/views.pb.h"
#include "libs/projection/projector.hpp"

namespace dealog::views {

// Thread: projector.
class DealsProjector final : public Projector {
 public:
  std::string_view name() const override { return "deals"; }
  std::uint32_t version() const override { return 4; }
  std::string_view prefix() const override;
  void apply(const RecordedEvent& event, ViewBatch& batch) override;
  void expect(std::span<const RecordedEvent> events, const ViewBatch& batch) override;
  void finish_page(ViewBatch& batch) override;

 private:
  struct Expected {
    const RecordedEvent* event;
    ViewBatch::Place place;
  };

  // The key of the deal's row, valid until the next call.
  std::string_view key_of(std::string_view deal);
  v1::DealRow& row_of(const RecordedEvent& event, ViewBatch& batch);

  std::string key_;
  std::vector<Expected> expected_;
  std::size_t applied_ = 0;              // of those expected
  std::set<std::string> changed_cards_;  // deals of this page
};

}  // namespace dealog::views
