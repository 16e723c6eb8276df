// The deal itself, its touches and tasks, as triggers see them.
#include <algorithm>

#include "dealog/v1/deal_events.pb.h"
#include "projections/automation/rule_deal.hpp"

namespace dealog::views {
namespace {

using rules::TriggerKind;

bool has_visited(const v1::RuleDealRow& row, const std::string& stage) {
  return std::ranges::find(row.visited(), stage) != row.visited().end();
}

// Visits are counted as the deal's state counts them, not as the event says: among moves that rules
// would have made (a back-test) the numbers of the past are others.
void enter(DealRules& deal, const std::string& stage, std::uint32_t visit) {
  auto& row = deal.edit();
  row.set_stage(stage);
  row.set_visit(visit);
  if (!has_visited(row, stage)) row.add_visited(stage);
  // What waits in a stage that was left goes on no more.
  deal.cancel([](const v1::PendingRuleRef& ref) {
    const bool of_visit =
        is_kind(ref, TriggerKind::kStageEntered) || is_kind(ref, TriggerKind::kStageReentered);
    return of_visit && ref.step() > 0;
  });
}

void entered(DealRules& deal, const std::string& stage, bool again) {
  deal.happened(TriggerKind::kStageEntered, {.code = stage});
  if (again) deal.happened(TriggerKind::kStageReentered, {.code = stage});
}

void opened(const v1::DealOpened& m, const RecordedEvent& event, DealRules& deal) {
  auto& row = deal.edit();
  row.set_pipeline(m.pipeline());
  deal.set_open(true);
  row.set_episode(1);
  row.set_owner(m.owner());
  if (!m.amount().currency().empty()) *row.mutable_amount() = m.amount();
  row.set_work_type(m.work_type());
  row.set_source(m.source());
  row.set_company(m.company());
  row.set_expected_close_date(m.expected_close_date());
  enter(deal, m.stage(), 1);
  deal.happened(TriggerKind::kDealOpened, {});
  deal.happened(TriggerKind::kStageEntered, {.code = m.stage()});
  deal.start(TriggerKind::kNoNextStep, when(event));
  start_all_deadlines(deal);
}

// History elsewhere, also of a deal that was opened a moment ago in the same append.
void stage_reported(const v1::DealStageReported& m, const RecordedEvent& event, DealRules& deal) {
  const auto first = event.position.value - event.append_index;
  deal.cancel([&](const v1::PendingRuleRef& ref) { return ref.position() >= first; });
  enter(deal, m.to(), std::max(deal.row().visit(), m.visit()));
}

void stage_changed(const v1::DealStageChanged& m, const RecordedEvent&, DealRules& deal) {
  deal.happened(TriggerKind::kStageLeft, {.code = m.from()});
  const bool again = has_visited(deal.row(), m.to());
  enter(deal, m.to(), deal.row().visit() + 1);
  entered(deal, m.to(), again);
}

// Timers and pauses are about open deals.
void close(DealRules& deal) {
  deal.set_open(false);
  deal.edit().set_unanswered_since_us(0);
  deal.cancel([](const v1::PendingRuleRef& ref) {
    return ref.step() > 0 || ref.kind() >= static_cast<std::uint32_t>(TriggerKind::kNoAnswer);
  });
}

void won(const v1::DealWon& m, const RecordedEvent&, DealRules& deal) {
  close(deal);
  if (m.origin().empty()) deal.happened(TriggerKind::kDealWon, {});
}

void lost(const v1::DealLost& m, const RecordedEvent&, DealRules& deal) {
  close(deal);
  if (m.origin().empty()) deal.happened(TriggerKind::kDealLost, {});
}

void start_overdue(DealRules& deal, const v1::RuleTaskRow& task) {
  deal.start(TriggerKind::kTaskOverdue, {task.overdue_us()}, task.task(), task.kind());
}

void reopened(const v1::DealReopened& m, const RecordedEvent& event, DealRules& deal) {
  deal.set_open(true);
  deal.edit().set_episode(m.episode());
  // What waited for the deal's being won or lost waits for nothing now.
  deal.cancel([](const v1::PendingRuleRef& ref) { return ref.step() > 0; });
  const auto& row = deal.row();
  const bool again = has_visited(row, m.stage());
  enter(deal, m.stage(), row.visit() + 1);
  deal.happened(TriggerKind::kDealReopened, {});
  entered(deal, m.stage(), again);
  if (row.tasks().empty()) deal.start(TriggerKind::kNoNextStep, when(event));
  for (const auto& task : row.tasks()) {
    if (task.overdue_us() > when(event).us) start_overdue(deal, task);
  }
  for (const auto& invoice : row.invoices()) {
    if (invoice.overdue_us() <= when(event).us || invoice.outstanding_minor() <= 0) continue;
    deal.start(TriggerKind::kInvoiceOverdue, {invoice.overdue_us()}, invoice.invoice(),
               invoice.kind());
  }
  for (const auto& quote : row.quotes()) start_expiry(deal, quote.quote());
  start_all_deadlines(deal);
}

// ---- touches: the row is written only when a rule cares ----

void answer(DealRules& deal, Timestamp at) {
  if (deal.row().unanswered_since_us() != 0 && at.us >= deal.row().unanswered_since_us()) {
    deal.edit().set_unanswered_since_us(0);
  }
  deal.cancel([&](const v1::PendingRuleRef& ref) {
    return is_kind(ref, TriggerKind::kNoAnswer) && at.us >= ref.since_us();
  });
}

template <class Touch>
void heard(DealRules& deal, const Touch& m, Timestamp at) {
  if (m.direction() != "in" || m.kind() == "note") return;
  deal.cancel([&](const v1::PendingRuleRef& ref) {
    return is_kind(ref, TriggerKind::kQuoteSilent) && at.us >= ref.since_us();
  });
  if (m.answers_customer() || !deal.listens(TriggerKind::kNoAnswer)) return;
  if (!deal.row().open() || deal.row().unanswered_since_us() != 0) return;
  deal.edit().set_unanswered_since_us(at.us);
  deal.start(TriggerKind::kNoAnswer, at);
}

void touched(const v1::TouchRecorded& m, const RecordedEvent& event, DealRules& deal) {
  if (m.answers_customer()) answer(deal, when(event));
  heard(deal, m, when(event));
  deal.happened(TriggerKind::kTouch,
                {.touch_kind = m.kind(),
                 .touch_direction = m.direction(),
                 .touch_outcome = m.outcome(),
                 .answers_customer = m.answers_customer()},
                m.touch());
}

void touch_amended(const v1::TouchAmended& m, const RecordedEvent& event, DealRules& deal) {
  if (m.answers_customer()) answer(deal, when(event));
}

// ---- tasks ----

int find_task(const v1::RuleDealRow& row, const std::string& id) {
  for (int i = 0; i < row.tasks_size(); ++i) {
    if (row.tasks(i).task() == id) return i;
  }
  return -1;
}

void task_created(const v1::TaskCreated& m, const RecordedEvent&, DealRules& deal) {
  auto& task = *deal.edit().add_tasks();
  task.set_task(m.task());
  task.set_kind(m.kind());
  task.set_overdue_us(m.due().overdue_at());
  // A rule that goes on after a pause may have planned this step itself.
  deal.cancel([](const v1::PendingRuleRef& ref) {
    return is_kind(ref, TriggerKind::kNoNextStep) && ref.step() == 0;
  });
  if (deal.row().open()) start_overdue(deal, task);
}

// The kind of the task; nothing when it is not open.
std::optional<std::string> close_task(DealRules& deal, const std::string& id) {
  const int place = find_task(deal.row(), id);
  if (place < 0) return std::nullopt;
  std::string kind = deal.row().tasks(place).kind();
  deal.edit().mutable_tasks()->DeleteSubrange(place, 1);
  deal.cancel(TriggerKind::kTaskOverdue, id);
  if (deal.row().tasks().empty() && deal.row().open()) {
    deal.start(TriggerKind::kNoNextStep, when(deal.event()));
  }
  return kind;
}

void task_completed(const v1::TaskCompleted& m, const RecordedEvent&, DealRules& deal) {
  if (const auto kind = close_task(deal, m.task())) {
    deal.happened(TriggerKind::kTaskCompleted, {.code = *kind}, m.task());
  }
}

void task_cancelled(const v1::TaskCancelled& m, const RecordedEvent&, DealRules& deal) {
  close_task(deal, m.task());
}

// Its timers begin anew from the new time.
void move_task(DealRules& deal, const std::string& id, std::int64_t overdue_us) {
  const int place = find_task(deal.row(), id);
  if (place < 0 || deal.row().tasks(place).overdue_us() == overdue_us) return;
  auto& task = *deal.edit().mutable_tasks(place);
  task.set_overdue_us(overdue_us);
  deal.cancel(TriggerKind::kTaskOverdue, id);
  if (deal.row().open()) start_overdue(deal, task);
}

void task_rescheduled(const v1::TaskRescheduled& m, const RecordedEvent&, DealRules& deal) {
  move_task(deal, m.task(), m.due().overdue_at());
}
void task_reassigned(const v1::TaskReassigned& m, const RecordedEvent&, DealRules& deal) {
  move_task(deal, m.task(), m.due().overdue_at());
}

}  // namespace

void add_rule_deal_handlers(DealRuleHandlers& handlers) {
  handlers.on<&opened>()
      .on<&stage_reported>()
      .on<&stage_changed>()
      .on<&won>()
      .on<&lost>()
      .on<&reopened>()
      .on<&touched>()
      .on<&touch_amended>()
      .on<&task_created>()
      .on<&task_completed>()
      .on<&task_cancelled>()
      .on<&task_rescheduled>()
      .on<&task_reassigned>();
}

}  // namespace dealog::views
