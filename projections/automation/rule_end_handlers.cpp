// How triggers ended, which stands on the deal's stream; and how often each rule did what.
#include "dealog/v1/intake_events.pb.h"
#include "dealog/v1/rule_events.pb.h"
#include "libs/projection/row_keys.hpp"
#include "projections/automation/rule_deal.hpp"

namespace dealog::views {
namespace {

using Count = void (*)(v1::RuleCountsRow&);

void count(DealRules& deal, std::string_view rule, Count add) {
  const RecordedEvent& event = deal.event();
  auto& row = deal.batch().edit<v1::RuleCountsRow>(
      row_keys::key(row_keys::kRuleCounts, deal.row().pipeline(), rule));
  add(row);
  row.set_last_us(event.recorded.us);
  row.set_last_event(std::string(event.id.view()));
}

// After a pause the rule of the trigger that ended goes on.
template <class Event>
void ended_for_now(DealRules& deal, const Event& m, Count add) {
  const auto ended = deal.end(m.trigger());
  if (ended && m.goes_on_at() != 0) {
    deal.go_on(*ended, m.rule(), m.regulation_version(), m.next_step(), {m.goes_on_at()},
               m.has_pause() ? &m.pause() : nullptr, m.has_awaited() ? &m.awaited() : nullptr);
  }
  count(deal, m.rule(), add);
}

void fired(const v1::RuleFired& m, const RecordedEvent&, DealRules& deal) {
  ended_for_now(deal, m, [](auto& row) { row.set_fired(row.fired() + 1); });
}
void simulated(const v1::RuleSimulated& m, const RecordedEvent&, DealRules& deal) {
  ended_for_now(deal, m, [](auto& row) { row.set_simulated(row.simulated() + 1); });
}

// Triggers of other kinds end so as well: they are not in the deal's row.
void skipped(const v1::EffectSkipped& m, const RecordedEvent&, DealRules& deal) {
  const auto ended = deal.end(m.trigger());
  if (ended) count(deal, ended->rule(), [](auto& row) { row.set_skipped(row.skipped() + 1); });
}
void failed(const v1::EffectFailed& m, const RecordedEvent&, DealRules& deal) {
  const auto ended = deal.end(m.trigger());
  if (ended) count(deal, ended->rule(), [](auto& row) { row.set_failed(row.failed() + 1); });
}

}  // namespace

void add_rule_end_handlers(DealRuleHandlers& handlers) {
  handlers.on<&fired>().on<&simulated>().on<&skipped>().on<&failed>();
}

}  // namespace dealog::views
