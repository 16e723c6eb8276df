#include "libs/command/use_cases/signals.hpp"

#include "dealog/v1/trigger_events.pb.h"
#include "libs/domain/common/refusal.hpp"

namespace dealog::use_cases {
namespace {

Result<std::optional<DealId>> deal_meant(Unit& unit, const ArrivedSignal& arrived) {
  if (arrived.deal) {
    const auto* state = TRY(unit.glance<deal::State>(arrived.deal->text()));
    return state->exists() ? arrived.deal : std::nullopt;
  }
  if (arrived.person.contacts.empty()) return std::nullopt;
  OpenDealInput open{.pipeline = arrived.pipeline,
                     .person = arrived.person,
                     .on_open_deal = OnOpenDeal::kTouchOnly,
                     .language = unit.language()};
  const auto found = TRY(open_deal(unit, open));
  if (found.deal.is_nil()) return std::nullopt;
  return found.deal;
}

}  // namespace

Result<DealId> receive_signal(Unit& unit, const ArrivedSignal& arrived) {
  const auto deal = TRY(deal_meant(unit, arrived));
  if (!deal) {
    return refuse(unit.language(), ErrorKind::kUnprocessable, "deal_not_found",
                  "сигнал не относится ни к одной сделке: нет такой сделки или открытой сделки "
                  "этого человека",
                  "the signal is of no deal: there is no such deal, nor an open one of the person");
  }
  v1::SignalReceived event;
  event.set_signal(arrived.signal);
  event.set_source(arrived.source);
  unit.emit(deal->text(), {make_event(std::move(event))});
  return *deal;
}

}  // namespace dealog::use_cases
