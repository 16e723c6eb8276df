// Effects that the log asks for and has no end of yet.
#pragma once

#include "libs/projection/view_context.hpp"

namespace dealog::views {

// "allocate_payment": a payment named an invoice or a deal, and is to be matched to it.
struct Trigger {
  std::string id;  // "trg_" and 32 hex digits, computed from the cause: the same in any rebuild
  std::string effect;
  std::string stream;                 // pay_…; the effect's end is recorded there
  Uuid cause;                         // the event that asks for it
  Position position;                  // of the cause
  std::uint32_t causation_depth = 0;  // of the cause
  Uuid correlation_id;
  Money amount;
  std::string invoice_number, invoice, deal;  // as named; at least one is set
};

// Thread: one.
class TriggersView {
 public:
  explicit TriggersView(const ViewContext& context) : context_(context) {}

  // The oldest first, of causes after `after`.
  Result<std::vector<Trigger>> pending(Position after, std::size_t limit) const;
  Result<std::size_t> count() const;

 private:
  const ViewContext& context_;
};

}  // namespace dealog::views
