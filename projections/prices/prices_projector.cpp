#include "projections/prices/prices_projector.hpp"

#include "dealog/v1/price_events.pb.h"
#include "dealog/v1/price_views.pb.h"
#include "libs/projection/event_handlers.hpp"
#include "libs/projection/price_keys.hpp"
#include "libs/projection/row_keys.hpp"

namespace dealog::views {
namespace {

template <class Event>
void describe(v1::ProductRow& row, const Event& m) {
  row.set_title(m.title());
  row.set_unit(m.unit());
  row.set_group(m.group());
  row.set_work_type(m.work_type());
}

void added(const v1::ProductAdded& m, const RecordedEvent& event, v1::ProductRow& row) {
  row.set_code(m.code());
  row.set_created_us(event.occurred.at.us);
  describe(row, m);
}

void described(const v1::ProductDescribed& m, const RecordedEvent&, v1::ProductRow& row) {
  describe(row, m);
}

void priced(const v1::ProductPriced& m, const RecordedEvent& event, v1::ProductRow& row) {
  auto& price = *row.add_prices();
  price.set_price(m.price());
  *price.mutable_list() = m.list();
  if (!m.floor().currency().empty()) *price.mutable_floor() = m.floor();
  price.set_vat_basis_points(m.vat_basis_points());
  price.set_vat_of_seller(m.vat_of_seller());
  price.set_since_us(event.recorded.us);
}

void withdrawn(const v1::ProductWithdrawn&, const RecordedEvent&, v1::ProductRow& row) {
  row.set_withdrawn(true);
}
void offered(const v1::ProductOffered&, const RecordedEvent&, v1::ProductRow& row) {
  row.set_withdrawn(false);
}

const EventHandlers<v1::ProductRow>& handlers() {
  static const auto kHandlers = EventHandlers<v1::ProductRow>()
                                    .on<&added>()
                                    .on<&described>()
                                    .on<&priced>()
                                    .on<&withdrawn>()
                                    .on<&offered>();
  return kHandlers;
}

}  // namespace

std::string_view PricesProjector::prefix() const { return row_keys::kPrices; }

void PricesProjector::apply(const RecordedEvent& event, ViewBatch& batch) {
  if (!handlers().knows(event)) return;
  auto& row = batch.edit<v1::ProductRow>(row_keys::key(row_keys::kProduct, event.stream));
  row.set_product(event.stream);
  row.set_version(event.version.value);
  handlers().apply(event, row);
}

}  // namespace dealog::views
