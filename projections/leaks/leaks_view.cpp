#include "projections/leaks/leaks_view.hpp"

#include <algorithm>

#include "libs/base/encoding.hpp"
#include "projections/leaks/source_leaks.hpp"

namespace dealog::views {
namespace {

using Leaks = std::array<std::vector<Leak>, kLamps>;

constexpr std::array<std::string_view, kLamps> kCodes = {"no_next_step",
                                                         "overdue",
                                                         "stuck",
                                                         "unanswered",
                                                         "quote_without_follow_up",
                                                         "invoice_overdue",
                                                         "payment_unmatched",
                                                         "approval_waiting",
                                                         "owner_absent",
                                                         "delivery_failed"};

// Kinds of tasks that bring somebody to talk to the customer about the quote.
constexpr std::array<std::string_view, 4> kFollowUps = {"follow_up", "call", "meeting",
                                                        "agree_terms"};

std::vector<Leak>& of(Leaks& leaks, LampCode lamp) { return leaks[static_cast<std::size_t>(lamp)]; }

// Looks at one card after the other.
class CardLeaks {
 public:
  CardLeaks(const LeakFilter& filter, const std::map<std::string, std::int64_t>& gone, Timestamp at,
            Leaks& leaks)
      : filter_(filter), gone_(gone), at_(at), leaks_(leaks) {}

  void look(const v1::CardRow& card) {
    if (!passes(filter_.pipeline, card.pipeline()) || !passes(filter_.source, card.source())) {
      return;
    }
    add_overdue_tasks(card);
    if (!passes(filter_.owner, card.owner())) return;
    add_invoices(card);
    if (card.outcome() != "open") return;
    if (card.tasks().empty()) add(LampCode::kNoNextStep, card, card.no_task_since_us());
    if (is_reached(card.stuck_us(), at_)) add(LampCode::kStuck, card, card.stuck_us());
    if (is_reached(card.answer_by_us(), at_)) add(LampCode::kUnanswered, card, card.answer_by_us());
    add_quote(card);
    const auto owner = gone_.find(card.owner());
    if (owner != gone_.end()) add(LampCode::kOwnerAbsent, card, owner->second);
  }

 private:
  static bool passes(const std::string& wanted, const std::string& value) {
    return wanted.empty() || wanted == value;
  }

  Leak& add(LampCode lamp, const v1::CardRow& card, std::int64_t since_us) {
    Leak& leak = of(leaks_, lamp).emplace_back();
    leak.id = leak.deal = card.deal();
    leak.pipeline = card.pipeline();
    leak.stage = card.stage();
    leak.owner = card.owner();
    leak.source = card.source();
    if (card.has_value()) leak.amount = money_of(card.value());
    leak.since = {since_us};
    return leak;
  }

  void add_overdue_tasks(const v1::CardRow& card) {
    for (const auto& task : card.tasks()) {
      if (!is_reached(task.overdue_us(), at_) || !passes(filter_.owner, task.assignee())) continue;
      Leak& leak = add(LampCode::kOverdue, card, task.overdue_us());
      leak.id = leak.task = task.task();
      leak.owner = task.assignee();
    }
  }

  void add_invoices(const v1::CardRow& card) {
    for (const auto& invoice : card.invoices()) {
      if (!is_reached(invoice.overdue_us(), at_)) continue;
      Leak& leak = add(LampCode::kInvoiceOverdue, card, invoice.overdue_us());
      leak.id = leak.invoice = invoice.invoice();
      leak.amount = money_of(invoice.outstanding());
    }
  }

  void add_quote(const v1::CardRow& card) {
    if (card.quote_submitted_us() != 0) {
      Leak& leak = add(LampCode::kApprovalWaiting, card, card.quote_submitted_us());
      leak.id = leak.quote = card.quote();
    }
    if (card.quote_sent_us() == 0) return;
    const bool followed = std::ranges::any_of(card.tasks(), [](const v1::CardTask& task) {
      return std::ranges::find(kFollowUps, task.kind()) != kFollowUps.end();
    });
    if (followed) return;
    Leak& leak = add(LampCode::kQuoteWithoutFollowUp, card, card.quote_sent_us());
    leak.quote = card.quote();
  }

  const LeakFilter& filter_;
  const std::map<std::string, std::int64_t>& gone_;
  const Timestamp at_;
  Leaks& leaks_;
};

// Users who left or are away at the instant, and since when.
Result<std::map<std::string, std::int64_t>> users_who_are_gone(const ViewReader& rows,
                                                               Timestamp at) {
  std::map<std::string, std::int64_t> out;
  TRY(visit_rows<v1::UserRow>(
      rows, row_keys::kUser, ScanOrder::kForward, [&](std::string_view, const v1::UserRow& user) {
        for (const auto& absence : user.absences()) {
          const bool is_now = absence.begins_us() <= at.us && at.us < absence.ends_us();
          if (is_now) out[user.user()] = absence.begins_us();
        }
        if (!user.active()) out[user.user()] = user.deactivated_us();
        return true;
      }));
  return out;
}

Result<void> add_payments(const ViewReader& rows, const LeakFilter& filter,
                          std::vector<Leak>& out) {
  std::vector<std::string> ids;
  TRY(rows.scan_prefix(row_keys::kUnmatched, ScanOrder::kForward,
                       [&](std::string_view, std::string_view id) {
                         ids.emplace_back(id);
                         return true;
                       }));
  return look_up<v1::PaymentRow>(rows, row_keys::kPayment, ids, [&](const v1::PaymentRow& row) {
    if (!filter.source.empty() && filter.source != row.source()) return;
    Leak& leak = out.emplace_back();
    leak.id = leak.payment = row.payment();
    leak.source = row.source();
    leak.amount = Money{row.amount().minor() - row.matched_minor() - row.refunded_minor(),
                        money_of(row.amount()).currency};
    leak.since = {row.recorded_us()};
  });
}

// Each deal's money counts once, however many of its tasks are late; an invoice's and a payment's
// is its own.
std::vector<Money> amounts_of(const std::vector<Leak>& leaks) {
  MoneySums sums;
  std::set<std::string_view> counted;
  for (const auto& leak : leaks) {
    if (!leak.amount) continue;
    const bool own = !leak.invoice.empty() || !leak.payment.empty();
    if (own || counted.insert(leak.deal).second) sums.add(*leak.amount);
  }
  return sums.list();
}

Lamp lamp_from(LampCode code, const std::vector<Leak>& leaks) {
  Lamp lamp{
      .code = code, .count = leaks.size(), .amounts = amounts_of(leaks), .oldest_at = std::nullopt};
  const auto oldest = std::ranges::min_element(leaks, {}, &Leak::since);
  if (oldest != leaks.end()) lamp.oldest_at = oldest->since;
  return lamp;
}

bool earlier(const Leak& a, const Leak& b) {
  return std::tie(a.since, a.id) < std::tie(b.since, b.id);
}

Result<Leak> read_place(const std::string& cursor) {
  Leak place;
  place.since = {INT64_MIN};
  if (cursor.empty()) return place;
  const std::string key = TRY(read_cursor(cursor));
  if (key.size() <= 8) return fail(ErrorKind::kInvalid, "invalid_cursor", "not a cursor of a lamp");
  place.since = {static_cast<std::int64_t>(get_u64(key))};
  place.id = key.substr(8);
  return place;
}

std::string cursor_of(const Leak& leak) {
  std::string key;
  put_u64(key, static_cast<std::uint64_t>(leak.since.us));
  return make_cursor(key + leak.id);
}

}  // namespace

std::string_view code_of(LampCode lamp) { return kCodes[static_cast<std::size_t>(lamp)]; }

std::optional<LampCode> lamp_of(std::string_view code) {
  const auto found = std::ranges::find(kCodes, code);
  if (found == kCodes.end()) return std::nullopt;
  return static_cast<LampCode>(found - kCodes.begin());
}

Result<std::array<std::vector<Leak>, kLamps>> LeaksView::leaks(const LeakFilter& filter) const {
  Leaks out;
  const auto gone = TRY(users_who_are_gone(context_.rows, context_.at));
  CardLeaks cards(filter, gone, context_.at, out);
  TRY(visit_rows<v1::CardRow>(context_.rows, row_keys::kActiveCard, ScanOrder::kForward,
                              [&](std::string_view, const v1::CardRow& card) {
                                cards.look(card);
                                return true;
                              }));
  TRY(add_payments(context_.rows, filter, of(out, LampCode::kPaymentUnmatched)));
  auto& failed = of(out, LampCode::kDeliveryFailed);
  TRY(add_source_leaks(context_, filter, failed));
  return out;
}

Result<std::vector<Lamp>> LeaksView::lamps(const LeakFilter& filter) const {
  const Leaks all = TRY(leaks(filter));
  std::vector<Lamp> out;
  for (std::size_t i = 0; i < kLamps; ++i) {
    out.push_back(lamp_from(static_cast<LampCode>(i), all[i]));
  }
  return out;
}

Result<LampList> LeaksView::list(LampCode lamp, const LeakFilter& filter,
                                 const PageRequest& page) const {
  const Leak after = TRY(read_place(page.cursor));
  Leaks all = TRY(leaks(filter));
  auto& mine = of(all, lamp);
  LampList out{lamp_from(lamp, mine), {}};
  std::ranges::sort(mine, earlier);
  const auto first = std::ranges::upper_bound(mine, after, earlier);
  const auto left = static_cast<std::size_t>(mine.end() - first);
  const auto shown = static_cast<std::ptrdiff_t>(std::min(left, page.limit));
  out.page.items.assign(std::make_move_iterator(first), std::make_move_iterator(first + shown));
  if (left > page.limit) out.page.next_cursor = cursor_of(out.page.items.back());
  return out;
}

}  // namespace dealog::views
