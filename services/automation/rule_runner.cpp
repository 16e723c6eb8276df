#include "services/automation/rule_runner.hpp"

#include <algorithm>
#include <future>

#include "libs/base/logging.hpp"
#include "libs/command/regulation_book.hpp"
#include "projections/accounts/accounts_view.hpp"
#include "projections/deals/deals_view.hpp"

namespace dealog::automation {
namespace {

constexpr std::chrono::milliseconds kProjectedWithin{5'000};
// Users that rules may choose among; a company of more is not one that this is for.
constexpr std::size_t kStaff = 5'000;

}  // namespace

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
      staff.members.push_back({*id, user.role, deals == open.end() ? 0 : deals->second, user.team});
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
  RuleNeeds all;
  auto staff = std::make_shared<use_cases::Staff>();
  for (auto& pending : TRY(views::RulesView(context).due(kRulesPerStep))) {
    const RuleNeeds needs = needs_of(regulations, pending);
    all.add(needs);
    const auto& work = works.emplace_back(work_of(std::move(pending), needs, staff));
    if (!is_schedule(work->pending)) continue;
    work->scheduled = TRY(scheduled_deals(context, bus_.folds(), work->pending));
    if (work->scheduled.left_out == 0) continue;
    log_warning("a schedule left deals out", {{"rule", work->pending.rule},
                                              {"deals", std::to_string(work->scheduled.left_out)}});
  }
  staff->counted_at = snapshot->position();
  staff->public_url = public_url_;
  if (all.staff) TRY(read_staff(context, all.counts, *staff));
  return works;
}

// Side by side, so that they share the log's syncs; on a caller's own thread one after the other,
// so that the same run gives the same log.
std::vector<Result<Outcome>> RuleRunner::carry_out(const Works& works) {
  std::vector<std::future<Result<Outcome>>> outcomes;
  for (const auto& work : works) {
    auto told = std::make_shared<std::promise<Result<Outcome>>>();
    outcomes.push_back(told->get_future());
    bus_.submit(
        command_of(work->pending, work->needs),
        [work](Unit& unit) { return automation::carry_out(unit, *work); },
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
Result<Position> RuleRunner::finish(RuleWork& work, Result<Outcome> outcome) {
  if (outcome) return outcome->last;
  if (is_passing(outcome.error())) return fail(std::move(outcome).error());
  const Error error = std::move(outcome).error();
  if (error.code != use_cases::kSimulated) {
    log_info("a rule was refused", {{"rule", work.pending.rule}, {"code", error.code}});
  }
  const auto end = [&](Unit& unit) { return end_refused(unit, work, error); };
  return TRY(bus_.run(command_of(work.pending, {}), end)).last;
}

}  // namespace dealog::automation
