#include "projections/deals/deals_projector.hpp"

#include "libs/projection/row_keys.hpp"
#include "projections/deals/card.hpp"
#include "projections/deals/deal_change.hpp"

namespace dealog::views {
namespace {

const DealHandlers& handlers() {
  static const DealHandlers kHandlers = [] {
    DealHandlers made;
    add_deal_handlers(made);
    add_task_handlers(made);
    add_commerce_handlers(made);
    return made;
  }();
  return kHandlers;
}

}  // namespace

std::string_view DealsProjector::prefix() const { return row_keys::kDeals; }

void DealsProjector::apply(const RecordedEvent& event, ViewBatch& batch) {
  if (!event.stream.starts_with("deal_")) return;
  auto& row = batch.edit<v1::DealRow>(row_keys::key(row_keys::kDeal, event.stream));
  row.set_deal(event.stream);
  row.set_version(event.version.value);
  row.set_updated_us(event.recorded.us);
  DealChange change{row, batch};
  if (handlers().knows(event)) handlers().apply(event, change);
  if (change.form) row.set_form_version(event.version.value);
  if (change.card) changed_cards_.insert(event.stream);
}

void DealsProjector::finish_page(ViewBatch& batch) {
  for (const auto& deal : changed_cards_) {
    auto& row = batch.edit<v1::DealRow>(row_keys::key(row_keys::kDeal, deal));
    const std::string_view place = card_place(row);
    if (!row.card_place().empty() && row.card_place() != place) {
      batch.erase(row_keys::position_key(row.card_place(), row.opened_position()));
    }
    row.set_card_place(std::string(place));
    batch.put_if_changed(row_keys::position_key(place, row.opened_position()),
                         card_of(row).SerializeAsString());
  }
  changed_cards_.clear();
}

}  // namespace dealog::views
