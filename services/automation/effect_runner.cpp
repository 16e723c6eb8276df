#include "services/automation/effect_runner.hpp"

#include "dealog/v1/intake_events.pb.h"
#include "libs/base/logging.hpp"
#include "libs/command/use_cases/payments.hpp"

namespace dealog::automation {
namespace {

const Actor kActor{"system", "effect_runner"};
constexpr std::chrono::milliseconds kProjectedWithin{5'000};

// Errors after which trying again may help: everything else is the trigger's end.
bool is_passing(const Error& error) {
  return error.kind == ErrorKind::kUnavailable || error.kind == ErrorKind::kUnknown ||
         error.kind == ErrorKind::kInternal || error.code == "version_conflict";
}

// Nothing went wrong: the payment stays unmatched, with this reason, until somebody looks at it.
bool waits_for_a_person(std::string_view code) {
  return code == "nothing_to_match" || code == "currency_mismatch" || code == "invoice_void";
}

CommandRequest command_of(const views::Trigger& trigger) {
  return {.name = trigger.effect,
          .stream = trigger.stream,
          .actor = kActor,
          .rights = user::Rights::all(),
          .caller = Caller::kSource,
          .computed_id = Uuid::derived(trigger.cause, trigger.id),
          .cause = Cause{trigger.cause, trigger.correlation_id, trigger.causation_depth}};
}

Result<void> skip(Unit& unit, const views::Trigger& trigger, std::string_view reason) {
  v1::EffectSkipped skipped;
  skipped.set_trigger(trigger.id);
  skipped.set_effect(trigger.effect);
  skipped.set_reason(std::string(reason));
  unit.emit(trigger.stream, {make_event(std::move(skipped))});
  return {};
}

Result<void> record_failure(Unit& unit, const views::Trigger& trigger, std::string_view code) {
  v1::EffectFailed failed;
  failed.set_trigger(trigger.id);
  failed.set_effect(trigger.effect);
  failed.set_reason(std::string(code));
  failed.set_attempts(1);
  unit.emit(trigger.stream, {make_event(std::move(failed))});
  return {};
}

// The payment goes to the invoice that it names, else to the deal.
Result<void> allocate_payment(Unit& unit, const views::Trigger& trigger) {
  const PaymentId payment = TRY(PaymentId::parse(trigger.stream));
  use_cases::MatchTarget target;
  const std::string& named = trigger.invoice.empty() ? trigger.invoice_number : trigger.invoice;
  if (!named.empty()) {
    if (const auto found = TRY(use_cases::find_invoice(unit.folds(), named))) {
      target.deal = found->deal;
      target.invoice = found->invoice;
    }
  }
  if (!target.invoice && !trigger.deal.empty()) target.deal = TRY(DealId::parse(trigger.deal));
  if (!target.deal) return skip(unit, trigger, "invoice_not_found");
  return use_cases::match_payment(unit, payment, target);
}

}  // namespace

EffectRunner::EffectRunner(CommandBus& bus, const ViewStore& views,
                           const ProjectionRunner& projections)
    : bus_(bus), views_(views), projections_(projections) {}

EffectRunner::~EffectRunner() { stop(); }

void EffectRunner::start() {
  worker_ = std::make_unique<Worker>("effects", [this] {
    const auto done = run_once();
    if (done) return *done ? Worker::Step::kMore : Worker::Step::kIdle;
    log_warning("effects are delayed", {{"code", done.error().code}});
    return Worker::Step::kRetryLater;
  });
}

void EffectRunner::stop() {
  if (worker_) worker_->stop();
}

void EffectRunner::wake() {
  if (worker_) worker_->wake();
}

Result<bool> EffectRunner::run_once() {
  std::vector<views::Trigger> triggers;
  {
    const auto snapshot = TRY(views_.snapshot());
    const ViewContext context{*snapshot, bus_.keys(), PersonalView::kMasked, bus_.clock().now()};
    triggers = TRY(views::TriggersView(context).pending(queue_.position(), kTriggersPerStep));
    queue_.raise(triggers.empty() ? std::nullopt : std::optional(triggers.front().position),
                 snapshot->position());
  }
  Position last;
  for (const auto& trigger : triggers) last = std::max(last, TRY(carry_out(trigger)));
  // The next look must not find again what has just been settled.
  if (!triggers.empty() && !projections_.wait_for(last, kProjectedWithin)) {
    return fail(ErrorKind::kUnavailable, "position_not_reached", "the views are behind");
  }
  return !triggers.empty();
}

Result<Position> EffectRunner::carry_out(const views::Trigger& trigger) {
  auto outcome = bus_.run(command_of(trigger), [&](Unit& unit) -> Result<void> {
    if (trigger.effect == "allocate_payment") return allocate_payment(unit, trigger);
    return skip(unit, trigger, "effect_unknown");
  });
  if (!outcome && !is_passing(outcome.error())) {
    const std::string code = outcome.error().code;
    log_warning("an effect was refused", {{"effect", trigger.effect}, {"code", code}});
    // The refused command appended nothing, so its id is free for saying how it ended.
    outcome = bus_.run(command_of(trigger), [&](Unit& unit) {
      return waits_for_a_person(code) ? skip(unit, trigger, code)
                                      : record_failure(unit, trigger, code);
    });
  }
  return TRY(std::move(outcome)).last;
}

}  // namespace dealog::automation
