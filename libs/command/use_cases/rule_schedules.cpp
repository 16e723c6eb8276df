#include "libs/command/use_cases/rule_schedules.hpp"

#include <algorithm>

#include "dealog/v1/trigger_events.pb.h"
#include "libs/command/use_cases/rule_texts.hpp"
#include "libs/domain/deal/rule_run.hpp"
#include "libs/domain/rule/rule.hpp"

namespace dealog::use_cases {
namespace {

// Three years of a schedule that comes every quarter of an hour; what is missed beyond is not
// counted any more.
constexpr std::uint32_t kMissedCounted = 100'000;

struct Times {
  Timestamp last;
  std::uint32_t missed = 0;
};
Times times_until(const rules::Cron& cron, Timestamp due, Timestamp now) {
  Times times{.last = due};
  while (times.missed < kMissedCounted) {
    const auto next = cron.next(times.last);
    if (!next || *next > now) break;
    times.last = *next;
    ++times.missed;
  }
  return times;
}

v1::ScheduleRan event_of(const ScheduleCall& call) {
  v1::ScheduleRan event;
  event.set_trigger(call.trigger);
  event.set_rule(call.rule);
  event.set_pipeline(call.pipeline);
  event.set_regulation_version(call.regulation_version);
  event.set_due_at(call.due_at.us);
  return event;
}

void emit(Unit& unit, const v1::ScheduleRan& head, const ScheduleCall& call) {
  const std::string stream = rule::id_of(call.pipeline, call.rule).text();
  const auto& deals = call.deals;
  std::size_t next = 0;
  do {
    v1::ScheduleRan part = head;
    part.set_part(static_cast<std::uint32_t>(next / kDealsOfScheduleEvent));
    const std::size_t end = std::min(next + kDealsOfScheduleEvent, deals.size());
    if (head.skipped().empty()) {
      for (std::size_t i = next; i < end; ++i) part.add_deals(deals[i]);
    }
    unit.emit(stream, {make_event(std::move(part))});
    next = end;
  } while (next < deals.size() && head.skipped().empty());
}

}  // namespace

Result<void> run_schedule(Unit& unit, const ScheduleCall& call) {
  const auto texts = TRY(texts_of(unit, call.pipeline, call.rule, call.regulation_version));
  v1::ScheduleRan event = event_of(call);
  event.set_left_out(call.left_out);
  event.set_skipped(std::string(texts.gone()));
  if (texts.rule != nullptr) {
    const Times times = times_until(texts.rule->trigger.cron, call.due_at, unit.now());
    event.set_due_at(times.last.us);
    event.set_missed(times.missed);
    const auto& calendar = texts.own->calendar;
    if (event.skipped().empty() && deal::too_late(*texts.rule, times.last, unit.now(), calendar)) {
      event.set_skipped("late");
    }
  }
  emit(unit, event, call);
  return {};
}

Result<void> skip_schedule(Unit& unit, const ScheduleCall& call, std::string_view reason) {
  v1::ScheduleRan event = event_of(call);
  event.set_skipped(std::string(reason));
  emit(unit, event, call);
  return {};
}

}  // namespace dealog::use_cases
