#include "projections/automation/rule_schedules.hpp"

#include <fmt/format.h>

#include "libs/domain/rule/rule.hpp"
#include "libs/projection/row_keys.hpp"

namespace dealog::views {
namespace {

std::string key_of(const v1::RuleScheduleRow& row) {
  return rule_due_key({row.due_us()}, row.position(), row.ordinal());
}

void wait_for_next(const RuleBook& book, const rules::Rule& rule, Timestamp after,
                   std::uint32_t ordinal, v1::RuleSchedulesRow& row, const RecordedEvent& event,
                   ViewBatch& batch) {
  const auto due = rule.trigger.cron.next(after);
  if (!due) return;
  const std::string& pipeline = book.regulation.code;
  const Uuid cause = Uuid::from_bytes(row.cause());
  const std::string about = fmt::format("at/{}", due->us);
  auto& waits = *row.add_schedules();
  waits.set_rule(rule.id);
  waits.set_trigger(rule::trigger_id(cause, pipeline, rule.id, 0, about, 0));
  waits.set_regulation_version(book.regulation.version);
  waits.set_due_us(due->us);
  waits.set_position(event.position.value);
  waits.set_ordinal(ordinal);
  v1::PendingRuleRow pending;
  pending.set_rule(rule.id);
  pending.set_pipeline(pipeline);
  pending.set_regulation_version(book.regulation.version);
  pending.set_about(about);
  pending.set_due_us(due->us);
  pending.set_since_us(event.recorded.us);
  pending.set_cause(row.cause());
  pending.set_position(event.position.value);
  // What one time leads to has nothing to do with what another did.
  pending.set_correlation_id(std::string(Uuid::derived(cause, waits.trigger()).view()));
  batch.add_index(key_of(waits), pending.SerializeAsString());
}

}  // namespace

void plan_schedules(const RuleBook* book, v1::RuleSchedulesRow& row, const RecordedEvent& event,
                    ViewBatch& batch) {
  auto& all = *row.mutable_schedules();
  for (int i = all.size() - 1; i >= 0; --i) {
    if (all[i].due_us() <= event.recorded.us) continue;
    batch.remove_index(key_of(all[i]));
    all.DeleteSubrange(i, 1);
  }
  if (book == nullptr) return;
  std::uint32_t ordinal = 0;
  for (const rules::Rule* rule : book->of(rules::TriggerKind::kSchedule)) {
    wait_for_next(*book, *rule, event.recorded, ordinal++, row, event, batch);
  }
}

void schedule_ran(const v1::ScheduleRan& ran, const RuleBook* book, v1::RuleSchedulesRow& row,
                  const RecordedEvent& event, ViewBatch& batch) {
  auto& all = *row.mutable_schedules();
  bool waited = false;
  for (int i = all.size() - 1; i >= 0; --i) {
    if (all[i].trigger() != ran.trigger()) continue;
    waited = true;
    batch.remove_index(key_of(all[i]));
    all.DeleteSubrange(i, 1);
  }
  std::uint32_t ordinal = 0;
  for (const auto& deal : ran.deals()) {
    const std::string key = row_keys::key(row_keys::kRuleDeal, deal);
    const auto place = batch.seek<v1::RuleDealRow>(key);
    DealRules(book, event, deal, key, place, ordinal++, batch).scheduled(ran);
  }
  // Of an older version: the rule of the one in force has its own time already.
  if (!waited || book == nullptr || book->regulation.version != ran.regulation_version()) return;
  for (const rules::Rule* rule : book->of(rules::TriggerKind::kSchedule)) {
    if (rule->id == ran.rule()) wait_for_next(*book, *rule, {ran.due_at()}, 0, row, event, batch);
  }
}

}  // namespace dealog::views
