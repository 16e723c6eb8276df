#include "projections/automation/rule_deal.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "libs/base/encoding.hpp"
#include "libs/domain/rule/rule.hpp"
#include "libs/projection/row_keys.hpp"
#include "libs/rules/open_fields.hpp"

namespace dealog::views {
namespace {

// What came from elsewhere is history: it triggers nothing here.
constexpr std::string_view kImportActor = "import";

class RowFields final : public rules::OpenFields {
 public:
  explicit RowFields(const v1::RuleDealRow& row) : row_(row) {}
  bool knows(std::string_view path) const override {
    return path == "amount" || path == "expected_close_date" || text(path) != nullptr;
  }
  std::optional<rules::FieldValue> field(std::string_view path) const override {
    if (path == "amount") {
      const auto currency = Currency::parse(row_.amount().currency());
      if (!currency) return std::nullopt;
      return Money{row_.amount().minor(), *currency};
    }
    if (path == "expected_close_date") {
      const auto date = Date::parse(row_.expected_close_date());
      if (!date) return std::nullopt;
      return *date;
    }
    const std::string* value = text(path);
    if (value == nullptr || value->empty()) return std::nullopt;
    return *value;
  }

 private:
  const std::string* text(std::string_view path) const {
    if (path == "owner") return &row_.owner();
    if (path == "work_type") return &row_.work_type();
    if (path == "source") return &row_.source();
    if (path == "company") return &row_.company();
    return nullptr;
  }
  const v1::RuleDealRow& row_;
};

}  // namespace

std::optional<rules::FieldValue> open_field(const v1::RuleDealRow& row, std::string_view path) {
  return RowFields(row).field(path);
}

// What is not so when it happens does not become so in the moment until it would be carried out.
bool may_act(const rules::Rule& rule, const v1::RuleDealRow& row) {
  const RowFields fields(row);
  return std::ranges::none_of(
      rule.conditions, [&](const rules::Criterion& c) { return rules::surely_fails(c, fields); });
}

std::string rule_due_key(Timestamp due, std::uint64_t position, std::uint32_t ordinal) {
  std::string key;
  key.reserve(row_keys::kRuleDue.size() + 3 * sizeof(std::uint64_t));
  key.append(row_keys::kRuleDue);
  put_u64(key, static_cast<std::uint64_t>(due.us));
  put_u64(key, position);
  put_u64(key, ordinal);
  return key;
}

DealRules::DealRules(const RuleBook* book, const RecordedEvent& event, std::string_view deal,
                     std::string_view row_key, ViewBatch::Place place, std::uint32_t ordinal,
                     ViewBatch& batch)
    : book_(book),
      event_(event),
      deal_(deal),
      row_key_(row_key),
      place_(place),
      batch_(batch),
      row_(place ? &place.row<v1::RuleDealRow>() : &v1::RuleDealRow::default_instance()),
      acts_(book != nullptr),
      ordinal_(ordinal) {}

DealRules::DealRules(const RuleBook* book, const RecordedEvent& event, std::string_view row_key,
                     ViewBatch::Place place, ViewBatch& batch)
    : book_(book),
      event_(event),
      deal_(event.stream),
      row_key_(row_key),
      place_(place),
      batch_(batch),
      row_(place ? &place.row<v1::RuleDealRow>() : &v1::RuleDealRow::default_instance()),
      acts_(book != nullptr && event.actor.kind != kImportActor) {
  // Nothing was before the first event of a stream.
  if (event.version.value == 1) row_ = edited_ = &batch.edit_new<v1::RuleDealRow>(row_key_);
}

v1::RuleDealRow& DealRules::edit() {
  if (edited_ == nullptr) {
    edited_ =
        place_ ? &batch_.edit<v1::RuleDealRow>(place_) : &batch_.edit<v1::RuleDealRow>(row_key_);
    row_ = edited_;
  }
  return *edited_;
}

void DealRules::happened(rules::TriggerKind kind, const rules::Occurrence& occurrence,
                         std::string_view about) {
  if (acts_) wake(kind, occurrence);
  if (!listens(kind)) return;
  for (const rules::Rule* rule : book_->of(kind)) {
    if (!rules::matches(rule->trigger, occurrence) || !may_act(*rule, row())) continue;
    v1::PendingRuleRef ref;
    ref.set_rule(rule->id);
    ref.set_kind(static_cast<std::uint32_t>(kind));
    ref.set_about(std::string(about));
    ref.set_since_us(when(event_).us);
    add(std::move(ref), book_->regulation.version, book_->regulation.code);
  }
}

void DealRules::start(rules::TriggerKind kind, Timestamp since, std::string_view about,
                      std::string_view code) {
  if (!listens(kind) || since.is_zero()) return;
  const rules::Occurrence occurrence{.code = code};
  // Rules tend to wait as long as each other, and business time is dear to reckon.
  const rules::TimeLimit* reckoned = nullptr;
  Timestamp due;
  for (const rules::Rule* rule : book_->of(kind)) {
    if (!rules::matches(rule->trigger, occurrence)) continue;
    if (rule->time.is_owners()) {
      add_owners_timer(*rule, since, about);
      continue;
    }
    const auto& after = rule->trigger.after;
    if (reckoned == nullptr || *reckoned != after) {
      due = after.amount.count() == 0 ? since : after.after(since, book_->regulation.calendar);
      reckoned = &after;
    }
    add_timer(*rule, since, due, about);
  }
}

void DealRules::start_end_of_day(rules::TriggerKind kind, Date day, std::string_view about) {
  if (!listens(kind)) return;
  day.days += 1;
  const auto end =
      local_instant(day, std::chrono::minutes(0), book_->regulation.calendar.time_zone);
  // What is past when it begins to count is let go.
  if (end && *end > when(event_)) start(kind, *end, about);
}

void DealRules::start_deadlines(std::string_view field, Date day) {
  if (!listens(rules::TriggerKind::kDeadline)) return;
  for (const rules::Rule* rule : book_->of(rules::TriggerKind::kDeadline)) {
    if (!rules::matches(rule->trigger, {.code = field})) continue;
    const std::string about = fmt::format("{}:{}", field, day.text());
    if (rule->time.owners_calendar) {
      add_owners_deadline(*rule, day, about);
      continue;
    }
    const auto due = rules::deadline_at(rule->trigger, day, book_->regulation.calendar);
    // What is past when the date is written down is let go.
    if (!due || *due <= when(event_)) continue;
    add_timer(*rule, when(event_), *due, about);
  }
}

void DealRules::cancel_deadlines(std::string_view field) {
  cancel([&](const v1::PendingRuleRef& ref) {
    const std::string_view about = ref.about();
    return is_kind(ref, rules::TriggerKind::kDeadline) && about.starts_with(field) &&
           about.substr(field.size()).starts_with(':');
  });
}

void DealRules::scheduled(const v1::ScheduleRan& ran) {
  if (!row().open()) return;
  v1::PendingRuleRef ref;
  ref.set_rule(ran.rule());
  ref.set_kind(static_cast<std::uint32_t>(rules::TriggerKind::kSchedule));
  // One event names many deals: each trigger is about its own.
  ref.set_about(std::string(deal_));
  ref.set_since_us(ran.due_at());
  ref.set_due_us(ran.due_at());
  add(std::move(ref), ran.regulation_version(), ran.pipeline());
}

v1::PendingRuleRef DealRules::timer_of(const rules::Rule& rule, Timestamp since, Timestamp due,
                                       std::string_view about) const {
  v1::PendingRuleRef ref;
  ref.set_rule(rule.id);
  ref.set_kind(static_cast<std::uint32_t>(rule.trigger.kind));
  ref.set_about(std::string(about));
  ref.set_since_us(since.us);
  ref.set_due_us(due.us);
  return ref;
}

void DealRules::add_timer(const rules::Rule& rule, Timestamp since, Timestamp due,
                          std::string_view about) {
  add(timer_of(rule, since, due, about), book_->regulation.version, book_->regulation.code);
}

void DealRules::set_open(bool open) {
  edit().set_open(open);
  const std::string key = row_keys::key(row_keys::kRuleOpen, row().pipeline(), deal_);
  open ? batch_.put(key, "1") : batch_.erase(key);
}

void DealRules::add(v1::PendingRuleRef ref, std::uint64_t version, std::string_view pipeline) {
  auto& row = edit();
  ref.set_cause(event_.id.view().data(), event_.id.view().size());
  ref.set_visit(row.visit());
  ref.set_position(event_.position.value);
  ref.set_ordinal(ordinal_++);
  v1::PendingRuleRow due = due_row(ref, pipeline);
  due.set_regulation_version(version);
  due.set_episode(row.episode());
  due.set_causation_depth(event_.causation_depth);
  due.set_correlation_id(std::string(event_.correlation_id.view()));
  if (ref.has_timer()) {
    auto& timer = *ref.mutable_timer();
    timer.set_regulation_version(version);
    timer.set_episode(row.episode());
    timer.set_causation_depth(due.causation_depth());
    timer.set_correlation_id(due.correlation_id());
  }
  if (ref.has_awaited()) {
    auto& awaited = *ref.mutable_awaited();
    awaited.set_regulation_version(version);
    awaited.set_episode(row.episode());
    awaited.set_causation_depth(due.causation_depth());
    awaited.set_correlation_id(due.correlation_id());
  }
  batch_.add_index(due_key(ref), due.SerializeAsString());
  *row.add_pending() = std::move(ref);
}

// All of the row that the reference knows.
v1::PendingRuleRow DealRules::due_row(const v1::PendingRuleRef& ref,
                                      std::string_view pipeline) const {
  v1::PendingRuleRow due;
  due.set_rule(ref.rule());
  due.set_pipeline(std::string(pipeline));
  due.set_step(ref.step());
  due.set_deal(std::string(deal_));
  due.set_visit(ref.visit());
  due.set_about(ref.about());
  due.set_due_us(ref.due_us());
  due.set_since_us(ref.since_us());
  due.set_cause(ref.cause());
  due.set_position(ref.position());
  due.set_came(ref.came());
  return due;
}

void DealRules::cancel(rules::TriggerKind kind, std::string_view about) {
  cancel([&](const v1::PendingRuleRef& ref) { return is_kind(ref, kind) && ref.about() == about; });
}

std::optional<v1::PendingRuleRef> DealRules::end(std::string_view trigger) {
  const auto is_it = [&](const v1::PendingRuleRef& ref) {
    return trigger == rule::trigger_id(Uuid::from_bytes(ref.cause()), row().pipeline(), ref.rule(),
                                       ref.visit(), ref.about(), ref.step());
  };
  const auto found = std::ranges::find_if(row().pending(), is_it);
  if (found == row().pending().end()) return std::nullopt;
  const v1::PendingRuleRef ended = *found;
  cancel([&](const v1::PendingRuleRef& ref) {
    return ref.position() == ended.position() && ref.ordinal() == ended.ordinal();
  });
  return ended;
}

std::string DealRules::due_key(const v1::PendingRuleRef& ref) {
  const auto& timer = ref.timer();
  if (timer.moved_position() == 0) {
    return rule_due_key({ref.due_us()}, ref.position(), ref.ordinal());
  }
  return rule_due_key({ref.due_us()}, timer.moved_position(), timer.moved_ordinal());
}

}  // namespace dealog::views
