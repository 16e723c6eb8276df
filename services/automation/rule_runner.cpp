#include "services/automation/rule_runner.hpp"

#include <algorithm>
#include <future>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "libs/base/logging.hpp"
#include "libs/command/regulation_book.hpp"
#include "libs/command/use_cases/documents.hpp"
#include "projections/accounts/accounts_view.hpp"
#include "projections/deals/deals_view.hpp"

namespace dealog::automation {
namespace {

constexpr std::chrono::milliseconds kProjectedWithin{5'000};
// Users that rules may choose among; a company of more is not one that this is for.
constexpr std::size_t kStaff = 5'000;
constexpr std::size_t kReasonBytes = 500;

// Errors after which trying again may help: everything else is the trigger's end.
bool is_passing(const Error& error) {
  return error.kind == ErrorKind::kUnavailable || error.kind == ErrorKind::kUnknown ||
         error.kind == ErrorKind::kInternal || error.code == "version_conflict" ||
         error.code == "request_in_progress";
}

// Nothing went wrong: there is nothing that the rule could do, or nobody.
bool asks_for_nothing(const Error& error) {
  return error.code == "deal_closed" || error.code == "nobody_to_assign" ||
         error.code == "nobody_to_write" || error.code == "nothing_to_send";
}

use_cases::TriggeredRule triggered_of(const views::PendingRule& pending) {
  return {.trigger = pending.trigger,
          .pipeline = pending.pipeline,
          .rule = pending.rule,
          .regulation_version = pending.regulation_version,
          .deal = DealId::parse(pending.deal).value_or(DealId{}),
          .call = {.step = pending.step,
                   .visit = pending.visit,
                   .episode = pending.episode,
                   .about = pending.about,
                   .due_at = pending.due_at,
                   .since = pending.since},
          .causation_depth = pending.causation_depth};
}

// "gate_not_met: quote:sent, field:amount": codes alone, nothing that was typed.
std::string reason_of(const Error& error) {
  std::string reason = error.code;
  for (const auto& field : error.fields) {
    reason += fmt::format("{} {}", reason == error.code ? ":" : ",", field.pointer);
  }
  boost::system::error_code wrong;
  const auto data = boost::json::parse(error.data, wrong);
  if (!wrong && data.is_object()) {
    if (const auto* unmet = data.as_object().if_contains("unmet"); unmet && unmet->is_array()) {
      for (const auto& one : unmet->as_array()) {
        reason += fmt::format("{} {}", reason == error.code ? ":" : ",",
                              std::string_view(one.at("criterion").as_string()));
      }
    }
  }
  if (reason.size() > kReasonBytes) reason.resize(kReasonBytes);
  return reason;
}

struct Needs {
  bool staff = false, chooses = false, counts = false, papers = false;
};

Needs needs_of(const RegulationBook& regulations, const views::PendingRule& pending) {
  Needs needs;
  const auto regulation = regulations.version(pending.pipeline, pending.regulation_version);
  const rules::Rule* rule = regulation ? (*regulation)->rule(pending.rule) : nullptr;
  if (rule == nullptr) return needs;
  for (const rules::RuleAction& action : rule->actions) {
    const bool assigns = action.kind == rules::ActionKind::kAssign;
    needs.staff |= assigns || action.kind == rules::ActionKind::kNotify ||
                   action.kind == rules::ActionKind::kSendMail ||
                   action.kind == rules::ActionKind::kSendMessage;
    needs.papers |= action.kind == rules::ActionKind::kSendQuote ||
                    action.kind == rules::ActionKind::kSendInvoice;
    needs.chooses |= assigns;
    needs.counts |= assigns && action.by == rules::AssignBy::kLeastLoaded;
  }
  return needs;
}

}  // namespace

struct RuleRunner::Work {
  views::PendingRule pending;
  use_cases::TriggeredRule triggered;
  bool chooses = false, papers = false;
  std::shared_ptr<const use_cases::Staff> staff;
  use_cases::RuleAttempt attempt;
};

RuleRunner::RuleRunner(CommandBus& bus, const ViewStore& views, const ProjectionRunner& projections,
                       std::string public_url)
    : bus_(bus), views_(views), projections_(projections), public_url_(std::move(public_url)) {}

RuleRunner::~RuleRunner() { stop(); }

void RuleRunner::start() {
  start_after_ = bus_.log().head();
  started_ = true;
  worker_ = std::make_unique<Worker>("rules", [this] {
    if (projections_.position() < start_after_) return Worker::Step::kIdle;
    const auto done = run_once();
    if (done) return *done ? Worker::Step::kMore : Worker::Step::kIdle;
    log_warning("rules are delayed", {{"code", done.error().code}});
    return Worker::Step::kRetryLater;
  });
}

void RuleRunner::stop() {
  if (worker_) worker_->stop();
}

void RuleRunner::wake() {
  if (worker_) worker_->wake();
}

Result<void> RuleRunner::read_staff(const ViewContext& context, bool count_deals,
                                    use_cases::Staff& staff) {
  std::map<std::string, std::uint32_t> open;
  if (count_deals) open = TRY(views::DealsView(context).open_by_owner());
  PageRequest page{.limit = limits::kPageItems};
  while (staff.members.size() < kStaff) {
    const auto users = TRY(views::AccountsView(context).users(page));
    for (const auto& user : users.items) {
      const auto id = UserId::parse(user.id);
      if (!user.active || !id) continue;
      const auto deals = open.find(user.id);
      staff.members.push_back({*id, user.role, deals == open.end() ? 0 : deals->second});
    }
    if (!users.next_cursor) break;
    page.cursor = *users.next_cursor;
  }
  return {};
}

Result<RuleRunner::Works> RuleRunner::look() {
  const auto snapshot = TRY(views_.snapshot());
  const ViewContext context{*snapshot, bus_.keys(), PersonalView::kMasked, bus_.clock().now()};
  const RegulationBook regulations(bus_.folds());
  Works works;
  Needs all;
  auto staff = std::make_shared<use_cases::Staff>();
  for (auto& pending : TRY(views::RulesView(context).due(kRulesPerStep))) {
    const Needs needs = needs_of(regulations, pending);
    all.staff |= needs.staff;
    all.counts |= needs.counts;
    auto triggered = triggered_of(pending);
    works.push_back(std::make_shared<Work>(Work{.pending = std::move(pending),
                                                .triggered = std::move(triggered),
                                                .chooses = needs.chooses,
                                                .papers = needs.papers,
                                                .staff = staff,
                                                .attempt = {}}));
  }
  staff->counted_at = snapshot->position();
  staff->public_url = public_url_;
  if (all.staff) TRY(read_staff(context, all.counts, *staff));
  return works;
}

CommandRequest RuleRunner::command_of(const views::PendingRule& pending, bool chooses,
                                      bool papers) const {
  const RuleId rule = rule::id_of(pending.pipeline, pending.rule);
  CommandRequest request{
      .name = "carry_out_rule",
      .stream = pending.deal,
      .actor = {"rule", rule.text()},
      .rights = user::Rights{user::Right::kRead, user::Right::kWrite},
      .caller = Caller::kSource,
      .computed_id = Uuid::derived(pending.cause, pending.trigger),
      .cause = Cause{pending.cause, pending.correlation_id, pending.causation_depth},
      .rule = pending.rule,
      .rule_version = pending.regulation_version};
  if (chooses) request.also.push_back(rule.text());
  if (papers) request.also.emplace_back(use_cases::kDocumentsLane);
  return request;
}

// Side by side, so that they share the log's syncs; on a caller's own thread one after the other,
// so that the same run gives the same log.
std::vector<Result<Outcome>> RuleRunner::carry_out(const Works& works) {
  std::vector<std::future<Result<Outcome>>> outcomes;
  for (const auto& work : works) {
    auto told = std::make_shared<std::promise<Result<Outcome>>>();
    outcomes.push_back(told->get_future());
    bus_.submit(
        command_of(work->pending, work->chooses, work->papers),
        [work](Unit& unit) {
          return use_cases::carry_out_rule(unit, work->triggered, *work->staff, work->attempt);
        },
        [told](Result<Outcome> outcome) { told->set_value(std::move(outcome)); });
    if (!started_) outcomes.back().wait();
  }
  // All of them are waited for, whatever became of the first: nothing runs on behind our back.
  std::vector<Result<Outcome>> ended;
  for (auto& outcome : outcomes) ended.push_back(outcome.get());
  return ended;
}

Result<bool> RuleRunner::run_once() {
  const auto works = TRY(look());
  std::vector<Result<Outcome>> ended = carry_out(works);
  Position last;
  Result<void> passing;
  for (std::size_t i = 0; i < works.size(); ++i) {
    auto position = finish(*works[i], std::move(ended[i]));
    if (position) {
      last = std::max(last, *position);
    } else {
      passing = fail(std::move(position).error());
    }
  }
  // The next look must not find again what has just been settled.
  if (!works.empty() && !projections_.wait_for(last, kProjectedWithin)) {
    return fail(ErrorKind::kUnavailable, "position_not_reached", "the views are behind");
  }
  if (!passing) return fail(std::move(passing).error());
  return !works.empty();
}

// What was refused appended nothing, so the trigger's id is free for saying how it ended.
Result<Position> RuleRunner::finish(Work& work, Result<Outcome> outcome) {
  if (outcome) return outcome->last;
  if (is_passing(outcome.error())) return fail(std::move(outcome).error());
  const Error error = std::move(outcome).error();
  const bool tried = error.code == use_cases::kSimulated;
  if (!tried) log_info("a rule was refused", {{"rule", work.pending.rule}, {"code", error.code}});
  const auto end = [&](Unit& unit) -> Result<void> {
    const std::string reason = reason_of(error);
    if (tried || work.attempt.simulated) {
      return use_cases::record_simulation(unit, work.triggered, work.attempt.events,
                                          tried ? std::string() : reason);
    }
    if (asks_for_nothing(error)) return use_cases::skip_rule(unit, work.triggered, reason);
    return use_cases::fail_rule(unit, work.triggered, reason);
  };
  return TRY(bus_.run(command_of(work.pending, false, false), end)).last;
}

}  // namespace dealog::automation
