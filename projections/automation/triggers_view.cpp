#include "projections/automation/triggers_view.hpp"

#include "libs/projection/row_reading.hpp"

namespace dealog::views {

Result<std::vector<Trigger>> TriggersView::pending(Position after, std::size_t limit) const {
  std::vector<Trigger> out;
  Result<void> parsed;
  const auto visit = [&](std::string_view, std::string_view value) {
    if (out.size() == limit) return false;
    auto row = parse_row<v1::TriggerRow>(value);
    if (!row) {
      parsed = fail(std::move(row).error());
      return false;
    }
    out.push_back({.id = row->trigger(),
                   .effect = row->effect(),
                   .stream = row->stream(),
                   .cause = Uuid::from_bytes(row->cause()),
                   .position = {row->position()},
                   .causation_depth = row->causation_depth(),
                   .correlation_id = Uuid::from_bytes(row->correlation_id()),
                   .amount = money_of(row->amount()),
                   .invoice_number = row->invoice_number(),
                   .invoice = row->invoice(),
                   .deal = row->deal()});
    return true;
  };
  TRY(context_.rows.scan(row_keys::position_key(row_keys::kTrigger, after.value + 1),
                         prefix_end(row_keys::kTrigger), ScanOrder::kForward, visit));
  if (!parsed) return fail(std::move(parsed).error());
  return out;
}

Result<std::size_t> TriggersView::count() const {
  std::size_t rows = 0;
  TRY(context_.rows.scan_prefix(row_keys::kTrigger, ScanOrder::kForward,
                                [&](std::string_view, std::string_view) {
                                  ++rows;
                                  return true;
                                }));
  return rows;
}

}  // namespace dealog::views
