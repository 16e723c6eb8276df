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

// A row of a deal is some 400 bytes; what every event touches lies in all of it.
void fetch(const v1::DealRow& row) {
  constexpr std::size_t kCacheLine = 64;
  const auto* bytes = reinterpret_cast<const char*>(&row);
  for (std::size_t at = 0; at < sizeof row; at += kCacheLine) __builtin_prefetch(bytes + at);
}

// What a touch, which is most of what happens to a deal, overwrites.
void fetch(const v1::TouchSummary& touch) {
  for (const auto* text : {&touch.touch(), &touch.kind(), &touch.direction(), &touch.outcome()}) {
    __builtin_prefetch(text);
  }
}

}  // namespace

std::string_view DealsProjector::prefix() const { return row_keys::kDeals; }

void DealsProjector::apply(const RecordedEvent& event, ViewBatch& batch) {
  if (!event.stream.starts_with("deal_")) return;
  auto& row = batch.edit<v1::DealRow>(key_of(event.stream));
  if (row.deal().empty()) row.set_deal(event.stream);
  row.set_version(event.version.value);
  row.set_updated_us(event.recorded.us);
  DealChange change{row, batch};
  if (handlers().knows(event)) handlers().apply(event, change);
  if (change.form) row.set_form_version(event.version.value);
  if (change.card) changed_cards_.insert(event.stream);
}

void DealsProjector::expect(std::span<const RecordedEvent> events, const ViewBatch& batch) {
  expected_.clear();
  for (const auto& event : events) {
    if (!event.stream.starts_with("deal_")) continue;
    const auto* row = batch.parsed<v1::DealRow>(key_of(event.stream));
    if (row == nullptr) continue;
    fetch(*row);
    expected_.push_back(row);
  }
  // Each of these loops waits for what the one before has asked for.
  for (const auto* row : expected_) __builtin_prefetch(&row->last_touch());
  for (const auto* row : expected_) fetch(row->last_touch());
  for (const auto* row : expected_) __builtin_prefetch(row->last_touch().touch().data());
}

std::string_view DealsProjector::key_of(std::string_view deal) {
  key_.assign(row_keys::kDeal).append(deal);
  return key_;
}

void DealsProjector::finish_page(ViewBatch& batch) {
  for (const auto& deal : changed_cards_) {
    auto& row = batch.edit<v1::DealRow>(key_of(deal));
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
