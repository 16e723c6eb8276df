#include "services/automation/backtest/trial.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dealog/v1/intake_events.pb.h"
#include "dealog/v1/rule_events.pb.h"
#include "dealog/v1/trigger_events.pb.h"
#include "libs/command/elsewhere_book.hpp"
#include "libs/command/use_cases/regulations.hpp"
#include "libs/domain/user/user.hpp"
#include "libs/event/codec.hpp"
#include "libs/projection/row_keys.hpp"

namespace dealog::automation {
namespace {

// Rows that wait to be written while the time before the trial is looked at.
constexpr std::size_t kRowsAtOnce = 4'096;
constexpr std::uint64_t kSeed = 1;  // the same trial gives the same ids

Result<RecordedEvent> decode_closed(const StoredEvent& stored) {
  return decode(stored.record, Open::kNothing, nullptr);
}

// The row of a deal as the events up to a position leave it, while no rule is in force.
Result<std::optional<v1::RuleDealRow>> row_until(const EventLog& past, const std::string& deal,
                                                 Position until, std::string_view key) {
  TrialRows rows;
  ViewBatch batch(rows, 1);
  views::RulesProjector projector;
  Result<void> decoded;
  TRY(past.read_stream(deal, {1}, Direction::kForward, SIZE_MAX, [&](const StoredEvent& stored) {
    if (stored.position > until) return false;
    auto event = decode_closed(stored);
    if (!event) {
      decoded = fail(std::move(event).error());
      return false;
    }
    projector.apply(*event, batch);
    return true;
  }));
  if (!decoded) return fail(std::move(decoded).error());
  if (batch.error()) return fail(*batch.error());
  const auto* row = batch.find<v1::RuleDealRow>(key);
  return row == nullptr ? std::nullopt : std::optional(*row);
}

}  // namespace

Trial::Trial(const EventLog& past, const KeyRing& keys, Position start, Timestamp at)
    : past_(past),
      start_(start),
      clock_(at),
      ids_(clock_, kSeed),
      log_(past, start, clock_),
      keys_(keys),
      bus_(log_, keys_, clock_, ids_, {.threads = 1}),
      regulations_(bus_.folds()),
      staff_(bus_.folds()),
      batch_(rows_) {}

Result<RegulationRef> Trial::begin(std::string_view pipeline, const std::string& yaml) {
  pipeline_ = pipeline;
  const StreamName stream = regulation::stream_of(pipeline);
  const CommandRequest publish{.name = "publish_pipeline",
                               .stream = stream,
                               .actor = {"system", "backtest"},
                               .rights = user::Rights::all()};
  // A version of its own, whatever is in force: modes set by hand do not hold for it.
  const std::string text = yaml + (yaml.ends_with('\n') ? "" : "\n") + "# tried on the past\n";
  // Whoever was hired since may be named: the rules are to work from now on.
  FoldCache cache;
  const Folds folds(past_, keys_, cache);
  const ElsewhereBook now(folds);
  TRY(bus_.run(publish, [&](Unit& unit) -> Result<void> {
    TRY(use_cases::publish_regulation(unit, pipeline, text, {.against = &now}));
    return {};
  }));
  const auto regulation = TRY(regulations_.current(pipeline));
  for (const rules::Rule& rule : regulation->rules) {
    needs_.add(needs_of(rule));
    rule_ids_.push_back(rule::id_of(pipeline, rule.id).text());
    if (rule.mode == rules::RuleMode::kLive) continue;
    CommandRequest mode = publish;
    mode.name = "set_rule_mode", mode.stream = rule_ids_.back();
    TRY(bus_.run(mode, [&](Unit& unit) {
      return use_cases::set_rule_mode(unit, pipeline, {rule.id, "live"});
    }));
  }
  std::ranges::sort(rule_ids_);
  return regulation;
}

Result<void> Trial::look_back(const RecordedEvent& event) {
  if (needs_.counts) staff_.see(event);
  if (!needs_.schedules || !event.stream.starts_with("deal_")) return {};
  projector_.apply(event, batch_);
  if (batch_.error()) return fail(*batch_.error());
  return batch_.dirty() < kRowsAtOnce ? Result<void>{} : write_rows();
}

Result<void> Trial::enforce() {
  if (needs_.owners_time) TRY(know_users());
  TRY(project_added());
  return write_rows();
}

// Whose time counts for timers: as they were before the trial.
Result<void> Trial::know_users() {
  for (const auto& user :
       TRY(bus_.folds().with_tag(open_tag(std::string(user::kUsersTag)), kStaff))) {
    Result<void> decoded;
    TRY(past_.read_stream(user.stream, {1}, Direction::kForward, SIZE_MAX,
                          [&](const StoredEvent& stored) {
                            if (stored.position > start_) return false;
                            const auto event = decode_closed(stored);
                            if (event) projector_.apply(*event, batch_);
                            if (!event) decoded = fail(event.error());
                            return event.has_value();
                          }));
    TRY(std::move(decoded));
  }
  return batch_.error() ? fail(*batch_.error()) : Result<void>{};
}

bool Trial::is_left_out(const RecordedEvent& event) const {
  if (event.actor.kind == "rule") return std::ranges::binary_search(rule_ids_, event.actor.id);
  if (const auto* published = event.as<v1::RegulationPublished>()) {
    return published->pipeline() == pipeline_;
  }
  // Of rules that are not tried the log has what they did; nothing else comes of their schedules.
  if (event.as<v1::ScheduleRan>() != nullptr) return true;
  const auto* mode = event.as<v1::RuleModeChanged>();
  return mode != nullptr && mode->pipeline() == pipeline_;
}

Result<void> Trial::show(std::span<RecordedEvent> append) {
  if (append.empty()) return {};
  TRY(run_timers(append.front().recorded));
  clock_.set(std::max(clock_.now(), append.front().recorded));
  for (RecordedEvent& event : append) {
    if (is_left_out(event)) {
      log_.leave_out(event);
      continue;
    }
    TRY(know_deal(event));
    const auto place = log_.show(event);
    event.position = place.position, event.version = place.version;
    bus_.cache().mark_behind(event.stream);
    TRY(project(event));
  }
  return settle();
}

// A deal of before the trial: what rules ask about it is gathered when it is met first.
Result<void> Trial::know_deal(const RecordedEvent& event) {
  if (event.version.value == 1 || !event.stream.starts_with("deal_")) return {};
  const std::string key = row_keys::key(row_keys::kRuleDeal, event.stream);
  if (batch_.find<v1::RuleDealRow>(key) != nullptr) return {};
  auto row = TRY(row_until(past_, event.stream, start_, key));
  if (row) batch_.edit<v1::RuleDealRow>(key) = std::move(*row);
  return {};
}

// Rules that are not tried make no triggers, whatever their pipelines publish meanwhile.
bool Trial::puts_others_in_force(const RecordedEvent& event) const {
  if (const auto* published = event.as<v1::RegulationPublished>()) {
    return published->pipeline() != pipeline_;
  }
  const auto* mode = event.as<v1::RuleModeChanged>();
  return mode != nullptr && mode->pipeline() != pipeline_;
}

Result<void> Trial::project(const RecordedEvent& event) {
  if (puts_others_in_force(event)) return {};
  projector_.apply(event, batch_);
  staff_.see(event);
  if (batch_.error()) return fail(*batch_.error());
  return {};
}

Result<void> Trial::project_added() {
  while (projected_ < log_.added()) {
    std::vector<RecordedEvent> append;
    do {
      append.push_back(TRY(decode_closed(log_.added(projected_++))));
      TRY(project(append.back()));
    } while (append.back().append_index + 1 < append.back().append_count);
    if (made_) made_(append);
  }
  return {};
}

Result<void> Trial::write_rows() {
  if (batch_.dirty() == 0) return {};
  return rows_.write(batch_.collect());
}

Result<void> Trial::settle() {
  while (true) {
    TRY(write_rows());
    const auto first = rows_.first_due();
    if (!first || *first > clock_.now()) return {};
    const ViewContext context{rows_, keys_, PersonalView::kMasked, clock_.now()};
    auto due = TRY(views::RulesView(context).due(kRulesPerStep));
    TRY(carry_out(std::move(due)));
  }
}

Result<void> Trial::run_timers(Timestamp until) {
  for (auto next = rows_.first_due(); next && *next <= until; next = rows_.first_due()) {
    clock_.set(std::max(clock_.now(), *next));
    TRY(settle());
  }
  return {};
}

Result<void> Trial::carry_out(std::vector<views::PendingRule> due) {
  if (stop_ && stop_()) {
    return fail(ErrorKind::kConflict, "backtest_cancelled", "the back-test was cancelled");
  }
  carried_out_ += due.size();
  if (carried_out_ > kTrialTriggers) {
    return fail(ErrorKind::kTooLarge, "backtest_too_large",
                fmt::format("the rules act more than {} times; take a shorter period, or add "
                            "conditions",
                            kTrialTriggers));
  }
  auto staff = std::make_shared<const use_cases::Staff>();
  if (needs_.staff) staff = TRY(staff_.now(needs_.counts, log_.head()));
  std::vector<std::shared_ptr<RuleWork>> works;
  std::vector<Result<Outcome>> outcomes;
  for (auto& pending : due) {
    const RuleNeeds needs = needs_of(regulations_, pending);
    const auto& work = works.emplace_back(work_of(std::move(pending), needs, staff));
    if (!is_schedule(work->pending)) continue;
    const ViewContext context{rows_, keys_, PersonalView::kMasked, clock_.now()};
    work->scheduled = TRY(scheduled_deals(context, bus_.folds(), work->pending));
  }
  for (const auto& work : works) {
    outcomes.push_back(bus_.run(command_of(work->pending, work->needs),
                                [work](Unit& unit) { return automation::carry_out(unit, *work); }));
  }
  for (std::size_t i = 0; i < works.size(); ++i) TRY(end(*works[i], outcomes[i]));
  return project_added();
}

// Nobody else writes here, so what might pass elsewhere does not.
Result<void> Trial::end(RuleWork& work, const Result<Outcome>& outcome) {
  if (outcome) return {};
  const Error& error = outcome.error();
  if (is_passing(error)) return fail(error);
  TRY(bus_.run(command_of(work.pending, {}),
               [&](Unit& unit) { return end_refused(unit, work, error); }));
  return {};
}

}  // namespace dealog::automation
