// The lamps: where deals leak. The number on a lamp and the list behind it come from one scan of
// one snapshot, judged at the same instant, so they always agree.
#pragma once

#include <array>

#include "libs/projection/view_context.hpp"

namespace dealog::views {

// In the order of the panel.
enum class LampCode {
  kNoNextStep,            // open deals without an open task; since the last one was closed
  kOverdue,               // open tasks past their due instant
  kStuck,                 // open deals beyond the limit of their stage
  kUnanswered,            // open deals whose customer was not answered in time
  kQuoteWithoutFollowUp,  // open deals with a quote sent, not decided, and no open task with the
                          // customer (follow_up, call, meeting, agree_terms)
  kInvoiceOverdue,        // invoices past their day and not paid, of deals that are not lost
  kPaymentUnmatched,      // payments of which something is left to match
  kApprovalWaiting,       // quotes submitted for approval
  kOwnerAbsent,           // open deals whose owner left
  kDeliveryFailed,        // deliveries in quarantine, fetches given up, mailboxes that cannot be
                          // read, effects that were not sent or are unknown, silent sources
};
inline constexpr std::size_t kLamps = 10;
std::string_view code_of(LampCode lamp);  // "no_next_step", …
std::optional<LampCode> lamp_of(std::string_view code);

// One thing that keeps a lamp lit. Of the ids, those that apply are set.
struct Leak {
  std::string id;  // of the thing counted: deal, task, invoice, payment, quote, delivery,
                   // fetch, effect or source
  std::string deal, task, invoice, quote, payment, delivery, fetch, effect, source;
  std::string pipeline, stage, owner;  // of the deal; `owner` is the assignee of a task
  std::optional<Money> amount;         // at risk
  Timestamp since;                     // the instant at which it began to leak
};

struct Lamp {
  LampCode code{};
  std::size_t count = 0;
  std::vector<Money> amounts;  // at risk, one per currency; each deal counts once
  std::optional<Timestamp> oldest_at;
};

struct LampList {
  Lamp lamp;
  Page<Leak> page;  // the oldest first
};

// Empty members do not filter. Lamps that concern no deal (payments, deliveries) do not depend on
// pipeline and owner.
struct LeakFilter {
  std::string pipeline, owner, source;
};

// Thread: one.
class LeaksView {
 public:
  explicit LeaksView(const ViewContext& context) : context_(context) {}

  Result<std::vector<Lamp>> lamps(const LeakFilter& filter) const;
  Result<LampList> list(LampCode lamp, const LeakFilter& filter, const PageRequest& page) const;
  // All that any lamp counts, in no order: what the two above are made from.
  Result<std::array<std::vector<Leak>, kLamps>> leaks(const LeakFilter& filter) const;

 private:
  const ViewContext& context_;
};

}  // namespace dealog::views
