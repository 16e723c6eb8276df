#include "projections/automation/rules_projector.hpp"

#include <algorithm>

#include "dealog/v1/deal_events.pb.h"
#include "dealog/v1/intake_events.pb.h"
#include "dealog/v1/rule_events.pb.h"
#include "libs/base/encoding.hpp"
#include "libs/projection/row_keys.hpp"
#include "libs/projection/sealed_text.hpp"

namespace dealog::views {
namespace {

std::string book_key(std::string_view pipeline) {
  return row_keys::key(row_keys::kRuleBook, pipeline);
}

std::unique_ptr<RuleBook> parse_book(const v1::RuleBookRow& row) {
  auto book = std::make_unique<RuleBook>();
  book->regulation = rules::parse_regulation(row.yaml()).regulation;
  book->regulation.version = row.version();
  for (const rules::Rule& rule : book->regulation.rules) {
    const auto by_hand = std::ranges::find(row.modes(), rule.id, &v1::RuleModeRow::rule);
    const auto mode = by_hand == row.modes().end()
                          ? rule.mode
                          : rules::parse_mode(by_hand->mode()).value_or(rule.mode);
    if (mode == rules::RuleMode::kOff) continue;
    book->by_trigger[static_cast<std::size_t>(rule.trigger.kind)].push_back(&rule);
  }
  return book;
}

using Count = void (*)(v1::RuleCountsRow&);

void count(ViewBatch& batch, std::string_view pipeline, std::string_view rule,
           const RecordedEvent& event, Count add) {
  auto& row = batch.edit<v1::RuleCountsRow>(row_keys::key(row_keys::kRuleCounts, pipeline, rule));
  add(row);
  row.set_last_us(event.recorded.us);
  row.set_last_event(std::string(event.id.view()));
}

void notified(const v1::NotificationRaised& m, const RecordedEvent& event, ViewBatch& batch) {
  std::string key = row_keys::under(row_keys::kNotification, m.user());
  put_u64(key, event.position.value);
  auto& row = batch.edit<v1::NotificationRow>(key);
  row.set_user(m.user());
  row.set_deal(event.stream);
  row.set_rule(m.rule());
  row.set_pipeline(m.pipeline());
  keep_boxes(event, *row.mutable_text());
  row.set_at_us(event.occurred.at.us);
  row.set_event(std::string(event.id.view()));
  row.set_position(event.position.value);
}

template <class Event>
void go_on(DealRules& deal, const std::optional<v1::PendingRuleRef>& ended, const Event& m) {
  if (!ended || m.goes_on_at() == 0) return;
  deal.go_on(*ended, m.rule(), m.regulation_version(), m.next_step(), {m.goes_on_at()});
}

// The ends of triggers, which stand on the deal's stream.
void end_trigger(DealRules& deal, const RecordedEvent& event, ViewBatch& batch) {
  const auto counted = [&](const std::string& rule, Count add) {
    count(batch, deal.row().pipeline(), rule, event, add);
  };
  if (const auto* fired = event.as<v1::RuleFired>()) {
    go_on(deal, deal.end(fired->trigger()), *fired);
    counted(fired->rule(), [](auto& row) { row.set_fired(row.fired() + 1); });
  } else if (const auto* simulated = event.as<v1::RuleSimulated>()) {
    go_on(deal, deal.end(simulated->trigger()), *simulated);
    counted(simulated->rule(), [](auto& row) { row.set_simulated(row.simulated() + 1); });
  } else if (const auto* skipped = event.as<v1::EffectSkipped>()) {
    const auto ended = deal.end(skipped->trigger());
    if (!ended) return;
    counted(ended->rule(), [](auto& row) { row.set_skipped(row.skipped() + 1); });
  } else if (const auto* failed = event.as<v1::EffectFailed>()) {
    const auto ended = deal.end(failed->trigger());
    if (!ended) return;
    counted(ended->rule(), [](auto& row) { row.set_failed(row.failed() + 1); });
  }
}

const DealRuleHandlers& handlers() {
  static const DealRuleHandlers kHandlers = [] {
    DealRuleHandlers made;
    add_rule_deal_handlers(made);
    add_rule_commerce_handlers(made);
    return made;
  }();
  return kHandlers;
}

bool is_end(const RecordedEvent& event) {
  return event.as<v1::RuleFired>() != nullptr || event.as<v1::RuleSimulated>() != nullptr ||
         event.as<v1::EffectSkipped>() != nullptr || event.as<v1::EffectFailed>() != nullptr;
}

bool is_touch(const RecordedEvent& event) {
  return event.as<v1::TouchRecorded>() != nullptr || event.as<v1::TouchAmended>() != nullptr;
}

}  // namespace

std::string_view RulesProjector::prefix() const { return row_keys::kRules; }

const RuleBook* RulesProjector::book_of(const std::string& pipeline, ViewBatch& batch) {
  if (const auto known = books_.find(pipeline); known != books_.end()) return known->second.get();
  const auto* row = batch.find<v1::RuleBookRow>(book_key(pipeline));
  if (row == nullptr) return nullptr;
  return books_.emplace(pipeline, parse_book(*row)).first->second.get();
}

void RulesProjector::renew_book(const std::string& pipeline, ViewBatch& batch) {
  books_.erase(pipeline);
  auto& all = batch.edit<v1::RulesRow>(row_keys::kRulesOfAll);
  const RuleBook* book = book_of(pipeline, batch);
  using rules::TriggerKind;
  for (const auto kind : {TriggerKind::kTouch, TriggerKind::kNoAnswer, TriggerKind::kQuoteSilent}) {
    // It stays so: timers of an older version may still be ended by a touch.
    if (book != nullptr && !book->of(kind).empty()) all.set_hears_touches(true);
  }
  hears_touches_ = all.hears_touches();
}

void RulesProjector::load_what_is_heard(ViewBatch& batch) {
  loaded_ = true;
  const auto* all = batch.find<v1::RulesRow>(row_keys::kRulesOfAll);
  hears_touches_ = all != nullptr && all->hears_touches();
}

void RulesProjector::apply(const RecordedEvent& event, ViewBatch& batch) {
  if (event.stream.starts_with("deal_")) return apply_to_deal(event, batch);
  if (const auto* published = event.as<v1::RegulationPublished>()) {
    auto& row = batch.edit<v1::RuleBookRow>(book_key(published->pipeline()));
    row.set_version(published->version());
    row.set_yaml(published->yaml());
    row.clear_modes();
    renew_book(published->pipeline(), batch);
  } else if (const auto* mode = event.as<v1::RuleModeChanged>()) {
    auto& row = batch.edit<v1::RuleBookRow>(book_key(mode->pipeline()));
    if (row.version() != mode->regulation_version()) return;
    auto& modes = *row.mutable_modes();
    const auto known = std::ranges::find(modes, mode->rule(), &v1::RuleModeRow::rule);
    auto& changed = known == modes.end() ? *modes.Add() : *known;
    changed.set_rule(mode->rule());
    changed.set_mode(mode->mode());
    renew_book(mode->pipeline(), batch);
  }
}

void RulesProjector::apply_to_deal(const RecordedEvent& event, ViewBatch& batch) {
  if (!loaded_) load_what_is_heard(batch);
  if (!hears_touches_ && is_touch(event)) return;
  const bool known = handlers().knows(event), ends = is_end(event);
  if (const auto* notification = event.as<v1::NotificationRaised>()) {
    notified(*notification, event, batch);
  }
  if (!known && !ends) return;
  std::string key = row_keys::key(row_keys::kRuleDeal, event.stream);
  const auto* opened = event.as<v1::DealOpened>();
  const auto* row = opened ? nullptr : batch.find<v1::RuleDealRow>(key);
  const RuleBook* book = nullptr;
  if (opened != nullptr) book = book_of(opened->pipeline(), batch);
  if (row != nullptr) book = book_of(row->pipeline(), batch);
  DealRules deal(book, event, std::move(key), batch);
  if (ends) return end_trigger(deal, event, batch);
  handlers().apply(event, deal);
}

}  // namespace dealog::views
