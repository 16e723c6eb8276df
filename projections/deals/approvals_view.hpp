// Quotes that wait for the approval of their discount, and the prices of lines.
#pragma once

#include <functional>

#include "libs/base/id.hpp"
#include "libs/event/position.hpp"
#include "libs/projection/view_context.hpp"
#include "projections/deals/deal.hpp"

namespace dealog::views {

struct WaitingApproval {
  std::string deal, quote, pipeline;
  std::uint32_t revision = 0;
  std::string role;        // of the step that waits; "": whoever may override
  std::uint32_t step = 0;  // from 1; 0: the regulation names no steps
  std::uint32_t steps = 0;
  Money total;
  std::int32_t discount_basis_points = 0;
  bool below_floor = false;
  Timestamp asked_at;  // since when the step waits
  std::optional<Timestamp> due_at;
  bool overdue = false;
  bool escalated = false;
  // The event that began the step.
  Uuid cause, correlation_id;
  std::uint32_t causation_depth = 0;
};

// Thread: one.
class ApprovalsView {
 public:
  explicit ApprovalsView(const ViewContext& context) : context_(context) {}

  // By quote; those that `keep` takes, so that a page is full as long as there are
  // more. Without it all: whoever shows them asks the deal whether they still wait, since one that
  // was closed meanwhile is among them.
  using Keep = std::function<Result<bool>(const WaitingApproval&)>;
  Result<Page<WaitingApproval>> waiting(const PageRequest& page, const Keep& keep = {}) const;
  // Those whose step is over its time and not escalated yet.
  Result<std::vector<WaitingApproval>> due(std::size_t limit) const;

 private:
  const ViewContext& context_;
};

// Adds to the quotes and invoices of a deal where their prices come from, and how approval stands.
Result<void> add_prices(const ViewReader& rows, Deal& deal);

}  // namespace dealog::views
