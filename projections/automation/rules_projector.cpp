#include "projections/automation/rules_projector.hpp"

#include <algorithm>

#include "dealog/v1/deal_events.pb.h"
#include "libs/base/encoding.hpp"
#include "libs/projection/row_keys.hpp"
#include "libs/projection/sealed_text.hpp"
#include "projections/automation/rule_schedules.hpp"

namespace dealog::views {
namespace {

std::string book_key(std::string_view pipeline) {
  return row_keys::key(row_keys::kRuleBook, pipeline);
}

std::string schedules_key(std::string_view pipeline) {
  return row_keys::key(row_keys::kRuleSchedules, pipeline);
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

const DealRuleHandlers& handlers() {
  static const DealRuleHandlers kHandlers = [] {
    DealRuleHandlers made;
    add_rule_deal_handlers(made);
    add_rule_field_handlers(made);
    add_rule_commerce_handlers(made);
    add_rule_end_handlers(made);
    return made;
  }();
  return kHandlers;
}

// A pause of some rule that is on may be ended by one.
bool waits_for_touches(const RuleBook& book) {
  const auto waits = [](const rules::RuleAction& action) {
    return action.until && action.until->kind == rules::TriggerKind::kTouch;
  };
  return std::ranges::any_of(book.by_trigger, [&](const auto& of_kind) {
    return std::ranges::any_of(of_kind, [&](const rules::Rule* rule) {
      return std::ranges::any_of(rule->actions, waits);
    });
  });
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

const RuleBook* RulesProjector::renew_book(const std::string& pipeline, ViewBatch& batch) {
  books_.erase(pipeline);
  auto& all = batch.edit<v1::RulesRow>(row_keys::kRulesOfAll);
  const RuleBook* book = book_of(pipeline, batch);
  using rules::TriggerKind;
  for (const auto kind : {TriggerKind::kTouch, TriggerKind::kNoAnswer, TriggerKind::kQuoteSilent}) {
    // It stays so: timers of an older version may still be ended by a touch.
    if (book != nullptr && !book->of(kind).empty()) all.set_hears_touches(true);
  }
  if (book != nullptr && waits_for_touches(*book)) all.set_hears_touches(true);
  hears_touches_ = all.hears_touches();
  return book;
}

void RulesProjector::load_what_is_heard(ViewBatch& batch) {
  loaded_ = true;
  const auto* all = batch.find<v1::RulesRow>(row_keys::kRulesOfAll);
  hears_touches_ = all != nullptr && all->hears_touches();
}

void RulesProjector::apply(const RecordedEvent& event, ViewBatch& batch) {
  if (event.stream.starts_with("deal_")) return apply_to_deal(event, batch);
  if (event.stream.starts_with("usr_")) return apply_to_user(event, batch);
  if (const auto* m = event.as<v1::RegulationPublished>()) {
    published(*m, event, batch);
  } else if (const auto* changed = event.as<v1::RuleModeChanged>()) {
    mode_changed(*changed, event, batch);
  } else if (const auto* ran = event.as<v1::ScheduleRan>()) {
    auto& waiting = batch.edit<v1::RuleSchedulesRow>(schedules_key(ran->pipeline()));
    schedule_ran(*ran, book_of(ran->pipeline(), batch), waiting, event, batch);
  }
}

void RulesProjector::published(const v1::RegulationPublished& m, const RecordedEvent& event,
                               ViewBatch& batch) {
  auto& row = batch.edit<v1::RuleBookRow>(book_key(m.pipeline()));
  row.set_version(m.version());
  row.set_yaml(m.yaml());
  row.clear_modes();
  auto& waiting = batch.edit<v1::RuleSchedulesRow>(schedules_key(m.pipeline()));
  waiting.set_cause(std::string(event.id.view()));
  plan_schedules(renew_book(m.pipeline(), batch), waiting, event, batch);
}

void RulesProjector::mode_changed(const v1::RuleModeChanged& m, const RecordedEvent& event,
                                  ViewBatch& batch) {
  auto& row = batch.edit<v1::RuleBookRow>(book_key(m.pipeline()));
  if (row.version() != m.regulation_version()) return;
  auto& modes = *row.mutable_modes();
  const auto known = std::ranges::find(modes, m.rule(), &v1::RuleModeRow::rule);
  auto& changed = known == modes.end() ? *modes.Add() : *known;
  changed.set_rule(m.rule());
  changed.set_mode(m.mode());
  auto& waiting = batch.edit<v1::RuleSchedulesRow>(schedules_key(m.pipeline()));
  plan_schedules(renew_book(m.pipeline(), batch), waiting, event, batch);
}

// The deals that wait in the time of their owner, and no others, stand under the owner.
void RulesProjector::apply_to_user(const RecordedEvent& event, ViewBatch& batch) {
  if (!take_users_time(event, batch)) return;
  std::uint32_t ordinal = 0;
  for (const auto& index :
       batch.keys_under(row_keys::under(row_keys::kRuleOfOwner, event.stream))) {
    const std::string deal(row_keys::last_part(index));
    const std::string key = row_keys::key(row_keys::kRuleDeal, deal);
    const auto place = batch.seek<v1::RuleDealRow>(key);
    if (!place) continue;
    const RuleBook* book = book_of(place.row<v1::RuleDealRow>().pipeline(), batch);
    DealRules rules(book, event, deal, key, place, ordinal, batch);
    rules.move_timers();
    ordinal = rules.next_ordinal();
  }
}

void RulesProjector::apply_to_deal(const RecordedEvent& event, ViewBatch& batch) {
  if (!handlers().knows(event)) {
    const auto* notification = event.as<v1::NotificationRaised>();
    if (notification != nullptr) notified(*notification, event, batch);
    return;
  }
  if (!loaded_) load_what_is_heard(batch);
  if (!hears_touches_ && is_touch(event)) return;
  key_.assign(row_keys::kRuleDeal).append(event.stream);
  ViewBatch::Place place;
  const RuleBook* book = nullptr;
  if (event.version.value == 1) {
    const auto* opened = event.as<v1::DealOpened>();
    if (opened != nullptr) book = book_of(opened->pipeline(), batch);
  } else if ((place = batch.seek<v1::RuleDealRow>(key_))) {
    book = book_of(place.row<v1::RuleDealRow>().pipeline(), batch);
  }
  DealRules deal(book, event, key_, place, batch);
  handlers().apply(event, deal);
}

}  // namespace dealog::views
