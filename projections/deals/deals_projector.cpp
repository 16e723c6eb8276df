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
    add_approval_handlers(made);
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
  auto& row = row_of(event, batch);
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
  applied_ = 0;
  for (const auto& event : events) {
    if (!event.stream.starts_with("deal_")) continue;
    const auto place = batch.place_of(key_of(event.stream));
    if (!place) continue;
    fetch(place.row<v1::DealRow>());
    expected_.push_back({&event, place});
  }
  // Each of these loops waits for what the one before has asked for.
  const auto touch = [](const Expected& one) -> const v1::TouchSummary& {
    return one.place.row<v1::DealRow>().last_touch();
  };
  for (const auto& one : expected_) __builtin_prefetch(&touch(one));
  for (const auto& one : expected_) fetch(touch(one));
  for (const auto& one : expected_) __builtin_prefetch(touch(one).touch().data());
}

v1::DealRow& DealsProjector::row_of(const RecordedEvent& event, ViewBatch& batch) {
  if (applied_ < expected_.size() && expected_[applied_].event == &event) {
    return batch.edit<v1::DealRow>(expected_[applied_++].place);
  }
  const auto key = key_of(event.stream);
  // Nothing was before the first event of a stream.
  return event.version.value == 1 ? batch.edit_new<v1::DealRow>(key) : batch.edit<v1::DealRow>(key);
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
    const auto key = row_keys::position_key(place, row.opened_position());
    const auto card = card_of(row).SerializeAsString();
    if (row.card_place().empty()) {
      batch.put(key, card);  // there is none to compare it with
    } else {
      batch.put_if_changed(key, card);
    }
    row.set_card_place(std::string(place));
  }
  changed_cards_.clear();
}

}  // namespace dealog::views
