// Payments, and what is left of them to match.
#pragma once

#include "libs/projection/view_context.hpp"

namespace dealog::views {

struct PaymentAllocation {
  std::string deal, invoice;
  Money amount;
};

struct Payment {
  std::string id;
  std::uint64_t version = 0;
  std::string provider, external_id;
  Money amount;
  Money matched;  // to deals, less what was taken back from them by refunds
  Money refunded;
  Money unmatched;     // amount − matched − refunded
  std::string state;   // unmatched while something is left, else matched, or refunded when all is
  std::string reason;  // code: why it waits, where something was tried
  Timestamp received_at;
  Timestamp recorded_at;
  std::string invoice_number, invoice, deal;  // as it was named
  bool test = false;
  std::string source;
  SealedText purpose, payer;
  std::vector<PaymentAllocation> allocations;
};

struct PaymentFilter {
  std::string state;  // unmatched, matched, refunded; "" all
};

// Thread: one.
class PaymentsView {
 public:
  explicit PaymentsView(const ViewContext& context)
      : context_(context), opener_(context.keys, context.personal) {}

  Result<std::optional<Payment>> get(std::string_view payment) const;
  // The latest recorded first.
  Result<Page<Payment>> list(const PaymentFilter& filter, const PageRequest& page) const;

 private:
  const ViewContext& context_;
  BoxOpener opener_;
};

}  // namespace dealog::views
