#include "services/api/render/payment.hpp"

namespace dealog::api {

json::object render(const views::Payment& payment) {
  json::array allocations;
  for (const auto& part : payment.allocations) {
    allocations.push_back(
        {{"deal", part.deal}, {"invoice", or_null(part.invoice)}, {"amount", render(part.amount)}});
  }
  return {{"id", payment.id},
          {"version", payment.version},
          {"provider", payment.provider},
          {"external_id", payment.external_id},
          {"amount", render(payment.amount)},
          {"matched", render(payment.matched)},
          {"refunded", render(payment.refunded)},
          {"unallocated", render(payment.unmatched)},
          {"state", payment.state},
          {"reason", or_null(payment.reason)},
          {"received_at", render(payment.received_at)},
          {"recorded_at", render(payment.recorded_at)},
          {"invoice_number", or_null(payment.invoice_number)},
          {"invoice", or_null(payment.invoice)},
          {"deal", or_null(payment.deal)},
          {"purpose", render(payment.purpose)},
          {"payer", render(payment.payer)},
          {"test", payment.test},
          {"source", or_null(payment.source)},
          {"allocations", std::move(allocations)}};
}

}  // namespace dealog::api
