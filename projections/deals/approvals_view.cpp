#include "projections/deals/approvals_view.hpp"

#include "dealog/v1/price_views.pb.h"
#include "libs/projection/price_keys.hpp"
#include "libs/projection/row_reading.hpp"

namespace dealog::views {
namespace {

WaitingApproval read_waiting(const v1::WaitingApprovalRow& row, Timestamp at) {
  return {.deal = row.deal(),
          .quote = row.quote(),
          .pipeline = row.pipeline(),
          .revision = row.revision(),
          .role = row.role(),
          .step = row.step(),
          .steps = row.steps(),
          .total = money_of(row.total()),
          .discount_basis_points = row.discount_basis_points(),
          .below_floor = row.below_floor(),
          .asked_at = {row.asked_us()},
          .due_at = instant(row.due_us()),
          .overdue = is_reached(row.due_us(), at),
          .escalated = row.escalated(),
          .cause = Uuid::from_bytes(row.cause()),
          .correlation_id = Uuid::from_bytes(row.correlation_id()),
          .causation_depth = row.causation_depth()};
}

std::optional<Money> money_if_named(const v1::Money& money) {
  if (money.currency().empty()) return std::nullopt;
  return money_of(money);
}

std::vector<ListedPrice> read_prices(const v1::LinesPriceRow& row) {
  std::vector<ListedPrice> out;
  for (const auto& line : row.lines()) {
    out.push_back({.product = line.product(),
                   .price = line.price(),
                   .list = money_if_named(line.list()),
                   .floor = money_if_named(line.floor()),
                   .discount_basis_points = line.discount_basis_points(),
                   .vat_basis_points = std::nullopt});
    if (line.has_vat_basis_points()) out.back().vat_basis_points = line.vat_basis_points();
  }
  return out;
}

std::vector<ApprovalStep> read_steps(const v1::LinesPriceRow& row) {
  std::vector<ApprovalStep> out;
  for (const auto& step : row.steps()) {
    out.push_back({.role = step.role(),
                   .state = step.state(),
                   .due_at = instant(step.due_us()),
                   .escalated = step.escalated(),
                   .decided_at = instant(step.decided_us()),
                   .decided_by = step.decided_by()});
  }
  return out;
}

Result<std::optional<v1::LinesPriceRow>> find_prices(const ViewReader& rows,
                                                     const std::string& subject) {
  return find_row<v1::LinesPriceRow>(rows, row_keys::key(row_keys::kLinesPrice, subject));
}

}  // namespace

Result<Page<WaitingApproval>> ApprovalsView::waiting(const PageRequest& page,
                                                     const Keep& keep) const {
  return page_of_rows<WaitingApproval>(
      context_.rows, row_keys::kWaitingApproval, page,
      [&](std::string_view, std::string_view value) -> Result<std::optional<WaitingApproval>> {
        auto waiting = read_waiting(TRY(parse_row<v1::WaitingApprovalRow>(value)), context_.at);
        if (keep && !TRY(keep(waiting))) return std::nullopt;
        return waiting;
      });
}

Result<std::vector<WaitingApproval>> ApprovalsView::due(std::size_t limit) const {
  std::vector<WaitingApproval> out;
  TRY(visit_rows<v1::WaitingApprovalRow>(
      context_.rows, row_keys::kWaitingApproval, ScanOrder::kForward,
      [&](std::string_view, const v1::WaitingApprovalRow& row) {
        if (!row.escalated() && is_reached(row.due_us(), context_.at)) {
          out.push_back(read_waiting(row, context_.at));
        }
        return out.size() < limit;
      }));
  return out;
}

Result<void> add_prices(const ViewReader& rows, Deal& deal) {
  for (Quote& quote : deal.quotes) {
    const auto row = TRY(find_prices(rows, quote.id));
    if (!row || row->revision() != quote.revision) continue;
    quote.prices = read_prices(*row);
    quote.below_floor = row->below_floor();
    quote.steps = read_steps(*row);
  }
  for (Invoice& invoice : deal.invoices) {
    if (const auto row = TRY(find_prices(rows, invoice.id))) invoice.prices = read_prices(*row);
  }
  return {};
}

}  // namespace dealog::views
