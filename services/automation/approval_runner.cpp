#include "services/automation/approval_runner.hpp"

#include "libs/base/logging.hpp"
#include "libs/command/use_cases/approvals.hpp"
#include "libs/domain/deal/state.hpp"

namespace dealog::automation {
namespace {

const Actor kActor{"system", "approval_runner"};
constexpr std::chrono::milliseconds kProjectedWithin{5'000};

// Whether the deal still waits for the step: one that was closed does not.
Result<bool> still_waits(const Folds& folds, const views::WaitingApproval& waiting) {
  const auto state = TRY(folds.current<deal::State>(waiting.deal));
  const auto id = QuoteId::parse(waiting.quote);
  const auto* quote = id && state->is_open() ? state->quote(*id) : nullptr;
  if (quote == nullptr || quote->revision != waiting.revision) return false;
  const auto step = quote->waiting_step();
  return step && *step + 1 == waiting.step && !quote->steps[*step].escalated;
}

}  // namespace

ApprovalRunner::ApprovalRunner(CommandBus& bus, const ViewStore& views,
                               const ProjectionRunner& projections)
    : bus_(bus), views_(views), projections_(projections) {}

ApprovalRunner::~ApprovalRunner() { stop(); }

void ApprovalRunner::start() {
  start_after_ = bus_.log().head();
  worker_ = std::make_unique<Worker>("approvals", [this] {
    if (projections_.position() < start_after_) return Worker::Step::kIdle;
    const auto done = run_once();
    if (done) return *done ? Worker::Step::kMore : Worker::Step::kIdle;
    log_warning("approvals are looked after later", {{"code", done.error().code}});
    return Worker::Step::kRetryLater;
  });
}

void ApprovalRunner::stop() {
  if (worker_) worker_->stop();
}

Result<bool> ApprovalRunner::run_once() {
  std::vector<views::WaitingApproval> due;
  {
    const auto snapshot = TRY(views_.snapshot());
    const ViewContext context{*snapshot, bus_.keys(), PersonalView::kMasked, bus_.clock().now()};
    due = TRY(views::ApprovalsView(context).due(kApprovalsPerRound));
  }
  Position last;
  for (const auto& waiting : due) {
    if (!TRY(still_waits(bus_.folds(), waiting))) continue;
    if (const auto position = TRY(escalate(waiting))) last = std::max(last, *position);
  }
  if (last.value == 0) return false;
  // The next look must not find again what has just been settled.
  if (!projections_.wait_for(last, kProjectedWithin)) {
    return fail(ErrorKind::kUnavailable, "position_not_reached", "the views are behind");
  }
  return true;
}

Result<std::optional<Position>> ApprovalRunner::escalate(const views::WaitingApproval& waiting) {
  const auto deal = DealId::parse(waiting.deal);
  const auto quote = QuoteId::parse(waiting.quote);
  if (!deal || !quote) return std::nullopt;
  CommandRequest request{
      .name = "escalate_approval",
      .stream = waiting.deal,
      .actor = kActor,
      .rights = user::Rights{user::Right::kRead, user::Right::kWrite},
      .caller = Caller::kSource,
      .computed_id = Uuid::derived(waiting.cause, "escalate_approval"),
      .cause = Cause{waiting.cause, waiting.correlation_id, waiting.causation_depth}};
  const auto outcome = TRY(bus_.run(std::move(request), [&](Unit& unit) {
    return use_cases::escalate_approval(
        unit, *deal, {.quote = *quote, .revision = waiting.revision, .step = waiting.step});
  }));
  if (outcome.first.value == 0) return std::nullopt;  // decided meanwhile
  return outcome.last;
}

}  // namespace dealog::automation
