// What an event of a deal does to the triggers of rules. Inside projections/automation only.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "dealog/v1/rule_events.pb.h"
#include "dealog/v1/rule_views.pb.h"
#include "dealog/v1/trigger_events.pb.h"
#include "libs/projection/event_handlers.hpp"
#include "libs/projection/view_batch.hpp"
#include "libs/rules/regulation.hpp"

namespace dealog::views {

// The rules in force in a pipeline that are not off, by what triggers them: one that cannot match
// an event is not looked at.
struct RuleBook {
  rules::Regulation regulation;
  std::array<std::vector<const rules::Rule*>, rules::kTriggerKinds> by_trigger;

  const std::vector<const rules::Rule*>& of(rules::TriggerKind kind) const {
    return by_trigger[static_cast<std::size_t>(kind)];
  }
};

// One event against the rules of its deal's pipeline. Thread: projector.
class DealRules {
 public:
  // `book` is null while nothing was published; `place` is that of the deal's row, if there is one.
  // All must outlive it.
  DealRules(const RuleBook* book, const RecordedEvent& event, std::string_view row_key,
            ViewBatch::Place place, ViewBatch& batch);
  // The same of a deal that the event, of another stream, only names; `ordinal` is that of the
  // trigger that may come of it, among those of the event.
  DealRules(const RuleBook* book, const RecordedEvent& event, std::string_view deal,
            std::string_view row_key, ViewBatch::Place place, std::uint32_t ordinal,
            ViewBatch& batch);

  // The deal's row to look at; an empty one when there is none.
  const v1::RuleDealRow& row() const { return *row_; }
  v1::RuleDealRow& edit();

  // Whether some rule waits for this.
  bool listens(rules::TriggerKind kind) const { return acts_ && !book_->of(kind).empty(); }
  // It happened: a trigger for each rule that it is meant for.
  void happened(rules::TriggerKind kind, const rules::Occurrence& occurrence,
                std::string_view about = {});
  // A timer for each rule: it runs out the rule's time after `since`.
  void start(rules::TriggerKind kind, Timestamp since, std::string_view about = {},
             std::string_view code = {});
  // A timer for each rule: it runs out when that day of the company's calendar is over.
  void start_end_of_day(rules::TriggerKind kind, Date day, std::string_view about);
  // A timer for each rule that waits for this date of the deal, as long as its moment is to come.
  void start_deadlines(std::string_view field, Date day);
  // Their timers, and what goes on after a pause of theirs.
  void cancel_deadlines(std::string_view field);
  // The schedule of a rule came, and named the deal.
  void scheduled(const v1::ScheduleRan& ran);
  // After a pause the rule of an ended trigger goes on; `pause` is null unless the owner's time
  // counts, `awaited` unless something ends the pause before.
  void go_on(const v1::PendingRuleRef& ended, std::string_view rule, std::uint64_t version,
             std::uint32_t step, Timestamp due, const v1::OwnersPause* pause,
             const v1::AwaitedTrigger* awaited);

  // Another owns the deal: what waits in the owner's time moves.
  void set_owner(const std::string& owner);
  // The owner's time is another: what waits in it moves, never to before this event.
  void move_timers();
  // The ordinal that the next trigger of the event would have.
  std::uint32_t next_ordinal() const { return ordinal_; }

  // Takes away the pending triggers for which `gone` is true.
  template <class Gone>
  void cancel(const Gone& gone) {
    bool any = false;
    for (const auto& ref : row().pending()) any = any || gone(ref);
    if (!any) return;
    auto& pending = *edit().mutable_pending();
    bool of_owner = false;
    for (int i = pending.size() - 1; i >= 0; --i) {
      if (!gone(pending[i])) continue;
      of_owner = of_owner || pending[i].has_timer();
      batch_.remove_index(due_key(pending[i]));
      pending.DeleteSubrange(i, 1);
    }
    if (of_owner && !waits_for_owner()) forget_owner(row().owner());
  }
  void cancel(rules::TriggerKind kind, std::string_view about);
  // Ends one; nothing when it is not pending.
  std::optional<v1::PendingRuleRef> end(std::string_view trigger);

  // Whether schedules look at the deal.
  void set_open(bool open);

  const RecordedEvent& event() const { return event_; }
  // Null while nothing was published.
  const rules::Regulation* regulation() const { return book_ ? &book_->regulation : nullptr; }
  ViewBatch& batch() { return batch_; }

 private:
  static std::string due_key(const v1::PendingRuleRef& ref);
  // Pauses that waited for it are over.
  void wake(rules::TriggerKind kind, const rules::Occurrence& occurrence);
  void wake(v1::PendingRuleRef& ref);
  v1::PendingRuleRef timer_of(const rules::Rule& rule, Timestamp since, Timestamp due,
                              std::string_view about) const;
  void add_timer(const rules::Rule& rule, Timestamp since, Timestamp due, std::string_view about);
  void add(v1::PendingRuleRef ref, std::uint64_t version, std::string_view pipeline);
  v1::PendingRuleRow due_row(const v1::PendingRuleRef& ref, std::string_view pipeline) const;

  // ---- in the owner's time (rule_owners_time.cpp) ----
  void add_owners_timer(const rules::Rule& rule, Timestamp since, std::string_view about);
  void add_owners_deadline(const rules::Rule& rule, Date day, std::string_view about);
  std::optional<Timestamp> reckon(const v1::OwnersTimerRow& timer);
  bool waits_for_owner() const;
  void remember_owner();
  void forget_owner(const std::string& owner);

  const RuleBook* book_;
  const RecordedEvent& event_;
  const std::string_view deal_;
  const std::string_view row_key_;
  const ViewBatch::Place place_;
  ViewBatch& batch_;
  v1::RuleDealRow* edited_ = nullptr;
  const v1::RuleDealRow* row_;
  bool acts_;
  std::uint32_t ordinal_ = 0;
};

// The key of a trigger that is due then, zero at once. Instants of timers and positions sort in the
// same key.
std::string rule_due_key(Timestamp due, std::uint64_t position, std::uint32_t ordinal);

// A field that stands openly; nothing when it is empty, or sealed.
std::optional<rules::FieldValue> open_field(const v1::RuleDealRow& row, std::string_view path);
// Whether the rule can act on the deal, as far as that can be told by what stands openly.
bool may_act(const rules::Rule& rule, const v1::RuleDealRow& row);

// What an event of a user says about their time; whether it is another now.
bool take_users_time(const RecordedEvent& event, ViewBatch& batch);

using DealRuleHandlers = EventHandlers<DealRules>;
void add_rule_deal_handlers(DealRuleHandlers& handlers);      // the deal, touches, tasks
void add_rule_field_handlers(DealRuleHandlers& handlers);     // its fields and dates
void add_rule_commerce_handlers(DealRuleHandlers& handlers);  // quotes, invoices, money
void add_rule_end_handlers(DealRuleHandlers& handlers);       // how triggers ended

// A quote that was sent is waited for until its day is over.
void start_expiry(DealRules& deal, const std::string& quote);
// Its dates are waited for, from its opening or reopening on.
void start_all_deadlines(DealRules& deal);

inline Timestamp when(const RecordedEvent& event) { return event.occurred.at; }
inline bool is_kind(const v1::PendingRuleRef& ref, rules::TriggerKind kind) {
  return ref.kind() == static_cast<std::uint32_t>(kind);
}

}  // namespace dealog::views
