// Timers that run in the time of the deal's owner: in their calendar, standing still while they are
// away. They move when that time, or the owner, becomes another.
#include <algorithm>

#include "dealog/v1/absence_events.pb.h"
#include "dealog/v1/party_events.pb.h"
#include "libs/projection/row_keys.hpp"
#include "projections/automation/rule_deal.hpp"

namespace dealog::views {
namespace {

std::string user_key(std::string_view user) { return row_keys::key(row_keys::kRuleUser, user); }

rules::OwnTime own_time(const v1::RuleUserRow* row) {
  rules::OwnTime own;
  if (row == nullptr) return own;
  own.time_zone = row->time_zone();
  own.calendar = row->calendar();
  for (const auto& absence : row->absences()) {
    own.absences.push_back({{absence.begins_us()}, {absence.ends_us()}});
  }
  return own;
}

v1::OwnersTimerRow timer_row(const rules::RuleTime& time, const rules::TimeLimit& limit,
                             Timestamp from) {
  v1::OwnersTimerRow timer;
  timer.set_from_us(from.us);
  timer.set_minutes(limit.amount.count());
  timer.set_business(limit.business);
  timer.set_owners_calendar(time.owners_calendar);
  timer.set_stops_in_absence(time.stops_in_absence);
  return timer;
}

}  // namespace

bool take_users_time(const RecordedEvent& event, ViewBatch& batch) {
  if (const auto* registered = event.as<v1::UserRegistered>()) {
    auto& row = batch.edit<v1::RuleUserRow>(user_key(event.stream));
    row.set_time_zone(registered->time_zone());
    row.set_calendar(registered->calendar());
    return true;
  }
  if (const auto* changed = event.as<v1::UserDetailsChanged>()) {
    if (!changed->has_time_zone() && !changed->has_calendar()) return false;
    auto& row = batch.edit<v1::RuleUserRow>(user_key(event.stream));
    if (changed->has_time_zone()) row.set_time_zone(changed->time_zone());
    if (changed->has_calendar()) row.set_calendar(changed->calendar());
    return true;
  }
  if (const auto* recorded = event.as<v1::AbsenceRecorded>()) {
    auto& absences = *batch.edit<v1::RuleUserRow>(user_key(event.stream)).mutable_absences();
    auto& absence = *absences.Add();
    absence.set_absence(recorded->absence());
    absence.set_begins_us(recorded->begins_at());
    absence.set_ends_us(recorded->ends_at());
    std::ranges::sort(absences, {}, &v1::RuleAbsenceRow::begins_us);
    return true;
  }
  const auto* withdrawn = event.as<v1::AbsenceWithdrawn>();
  if (withdrawn == nullptr) return false;
  auto& absences = *batch.edit<v1::RuleUserRow>(user_key(event.stream)).mutable_absences();
  const auto gone = std::ranges::find(absences, withdrawn->absence(), &v1::RuleAbsenceRow::absence);
  if (gone == absences.end()) return false;
  absences.erase(gone);
  return true;
}

// Instants of the company's calendar are those of the version in force when they are reckoned.
std::optional<Timestamp> DealRules::reckon(const v1::OwnersTimerRow& timer) {
  const auto& regulation = book_->regulation;
  const std::string& owner = row().owner();
  const auto* user = owner.empty() ? nullptr : batch_.find<v1::RuleUserRow>(user_key(owner));
  const auto calendar = rules::calendar_of_owner(
      regulation.calendar, regulation.calendars,
      {.owners_calendar = timer.owners_calendar(), .stops_in_absence = timer.stops_in_absence()},
      own_time(user));
  const rules::TimeLimit limit{std::chrono::minutes(timer.minutes()), timer.business()};
  if (!timer.day().empty()) {
    rules::RuleTrigger deadline;
    deadline.after = limit;
    deadline.before = timer.before();
    deadline.time_of_day = std::chrono::minutes(timer.time_of_day_minutes());
    const auto day = Date::parse(timer.day());
    if (!day) return std::nullopt;
    return rules::deadline_at(deadline, *day, calendar);
  }
  const Timestamp from{timer.from_us()};
  // What is due at once is so when the owner is there again.
  return limit.amount.count() == 0 ? calendar.pass(from, limit.amount)
                                   : limit.after(from, calendar);
}

void DealRules::add_owners_timer(const rules::Rule& rule, Timestamp since, std::string_view about) {
  auto timer = timer_row(rule.time, rule.trigger.after, since);
  auto ref = timer_of(rule, since, *reckon(timer), about);
  *ref.mutable_timer() = std::move(timer);
  add(std::move(ref), book_->regulation.version, book_->regulation.code);
  remember_owner();
}

// A day of the deal is the customer's as well: it does not stand still.
void DealRules::add_owners_deadline(const rules::Rule& rule, Date day, std::string_view about) {
  auto timer = timer_row({.owners_calendar = true}, rule.trigger.after, when(event_));
  timer.set_day(day.text());
  timer.set_time_of_day_minutes(rule.trigger.time_of_day.count());
  timer.set_before(rule.trigger.before);
  const auto due = reckon(timer);
  if (!due || *due <= when(event_)) return;
  auto ref = timer_of(rule, when(event_), *due, about);
  *ref.mutable_timer() = std::move(timer);
  add(std::move(ref), book_->regulation.version, book_->regulation.code);
  remember_owner();
}

void DealRules::go_on(const v1::PendingRuleRef& ended, std::string_view rule, std::uint64_t version,
                      std::uint32_t step, Timestamp due, const v1::OwnersPause* pause,
                      const v1::AwaitedTrigger* awaited) {
  v1::PendingRuleRef ref = ended;
  ref.clear_timer();
  ref.clear_awaited();
  ref.clear_came();
  if (awaited != nullptr) *ref.mutable_awaited()->mutable_trigger() = *awaited;
  ref.set_rule(std::string(rule));
  ref.set_step(step);
  ref.set_due_us(due.us);
  if (pause != nullptr && book_ != nullptr) {
    const rules::RuleTime time{.owners_calendar = pause->owners_calendar(),
                               .stops_in_absence = pause->stops_in_absence()};
    const rules::TimeLimit limit{std::chrono::minutes(pause->minutes()), pause->business()};
    *ref.mutable_timer() = timer_row(time, limit, {pause->begins_at()});
    ref.set_due_us(reckon(ref.timer())->us);
  }
  add(std::move(ref), version, row().pipeline());
  if (pause != nullptr && book_ != nullptr) remember_owner();
}

void DealRules::set_owner(const std::string& owner) {
  const bool waits = waits_for_owner();
  if (waits) forget_owner(row().owner());
  edit().set_owner(owner);
  if (!waits) return;
  remember_owner();
  move_timers();
}

void DealRules::move_timers() {
  if (book_ == nullptr || !waits_for_owner()) return;
  const Timestamp now = event_.recorded;
  for (auto& ref : *edit().mutable_pending()) {
    if (!ref.has_timer()) continue;
    const auto due = reckon(ref.timer());
    const bool stays = !due || due->us == ref.due_us() || (*due <= now && ref.due_us() <= now.us);
    if (stays) continue;
    batch_.remove_index(due_key(ref));
    ref.set_due_us(std::max(*due, now).us);
    // A key is never given twice, and it may have stood at this moment before.
    auto& timer = *ref.mutable_timer();
    timer.set_moved_position(event_.position.value);
    timer.set_moved_ordinal(ordinal_++);
    v1::PendingRuleRow moved = due_row(ref, row().pipeline());
    moved.set_regulation_version(timer.regulation_version());
    moved.set_episode(timer.episode());
    moved.set_causation_depth(timer.causation_depth());
    moved.set_correlation_id(timer.correlation_id());
    batch_.add_index(due_key(ref), moved.SerializeAsString());
  }
}

bool DealRules::waits_for_owner() const {
  return std::ranges::any_of(row().pending(), &v1::PendingRuleRef::has_timer);
}

void DealRules::remember_owner() {
  const std::string& owner = row().owner();
  if (owner.empty()) return;
  batch_.put(row_keys::key(row_keys::kRuleOfOwner, owner, deal_), "");
}

void DealRules::forget_owner(const std::string& owner) {
  if (owner.empty()) return;
  batch_.erase(row_keys::key(row_keys::kRuleOfOwner, owner, deal_));
}

}  // namespace dealog::views
