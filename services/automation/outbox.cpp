#include "services/automation/outbox.hpp"

#include <future>
#include <thread>

#include <fmt/format.h>

#include "dealog/v1/effect_events.pb.h"
#include "libs/base/logging.hpp"
#include "libs/command/use_cases/effects.hpp"
#include "libs/command/use_cases/webhook_endpoints.hpp"
#include "projections/automation/effects_view.hpp"

namespace dealog::automation {
namespace {

const Actor kActor{"system", "outbox"};
constexpr std::chrono::milliseconds kProjectedWithin{5'000};
// What became of something that was sent must not be lost because the log is busy for a moment.
constexpr int kSettleTries = 20;
constexpr std::chrono::milliseconds kSettlePause{250};
constexpr int kStatusGone = 410;

bool is_passing(const Error& error) {
  return error.kind == ErrorKind::kUnavailable || error.code == "version_conflict" ||
         error.code == "request_in_progress";
}

// Somebody else has taken the step meanwhile.
bool is_overtaken(const Error& error) {
  return error.code == "effect_settled" || error.code == "effect_not_due" ||
         error.code == "effect_not_sending";
}

}  // namespace

Outbox::Outbox(CommandBus& bus, const ViewStore& views, const ProjectionRunner& projections,
               std::unique_ptr<Channel> channel, std::size_t backlog)
    : bus_(bus),
      views_(views),
      projections_(projections),
      channel_(std::move(channel)),
      backlog_(backlog) {}

Outbox::~Outbox() { stop(); }

void Outbox::start() {
  start_after_ = bus_.log().head();
  worker_ = std::make_unique<Worker>(std::string(effect::name_of(channel_->name())), [this] {
    if (stopping_ || projections_.position() < start_after_) return Worker::Step::kIdle;
    const auto done = run_once();
    if (done) return *done ? Worker::Step::kMore : Worker::Step::kIdle;
    log_warning("sending is delayed",
                {{"channel", effect::name_of(channel_->name())}, {"code", done.error().code}});
    return Worker::Step::kRetryLater;
  });
}

void Outbox::stop() {
  begin_to_stop();
  if (worker_) worker_->stop();
}

void Outbox::wake() {
  if (worker_) worker_->wake();
}

// Attempts without an end come first. All of ours have one when a round begins, so they are those
// of a process that is gone.
Result<std::vector<std::string>> Outbox::look() {
  const auto snapshot = TRY(views_.snapshot());
  const ViewContext context{*snapshot, bus_.keys(), PersonalView::kMasked, bus_.clock().now()};
  const views::EffectsView view(context);
  const std::string_view name = effect::name_of(channel_->name());
  auto ids = TRY(view.sending(name, kSendsAtOnce));
  if (!ids.empty() || !channel_->ready()) return ids;
  if (channel_->name() == effect::Channel::kWebhook) return view.due_of_endpoints(kSendsAtOnce);
  return view.due(name, backlog_, kSendsAtOnce);
}

Result<bool> Outbox::run_once() {
  const auto ids = TRY(look());
  std::vector<std::future<Result<Position>>> running;
  for (const auto& id : ids) {
    running.push_back(std::async(ids.size() == 1 ? std::launch::deferred : std::launch::async,
                                 [this, &id] { return carry_out(id); }));
  }
  Position last;
  Result<void> failed;
  for (auto& one : running) {
    auto position = one.get();
    if (position) {
      last = std::max(last, *position);
    } else {
      failed = fail(std::move(position).error());
    }
  }
  // The next look must not find again what has just been settled.
  if (!ids.empty() && !projections_.wait_for(last, kProjectedWithin)) {
    return fail(ErrorKind::kUnavailable, "position_not_reached", "the views are behind");
  }
  if (!failed) return fail(std::move(failed).error());
  return !ids.empty();
}

// The id follows from the state that the step is taken from, so that it is taken once.
CommandRequest Outbox::command_of(std::string_view name, const EffectId& id,
                                  const effect::State& state) const {
  return {.name = std::string(name),
          .stream = id.text(),
          .actor = kActor,
          .rights = user::Rights::all(),
          .caller = Caller::kSource,
          .computed_id = Uuid::derived(id.uuid(), fmt::format("{}/v{}", name, state.version.value)),
          .cause = Cause{state.planned, state.correlation, state.depth},
          .rule = state.rule};
}

Result<Position> Outbox::carry_out(const std::string& text) {
  const EffectId id = TRY(EffectId::parse(text));
  const auto state = TRY(bus_.folds().current<effect::State>(text));
  const auto attempted = bus_.run(command_of("attempt_effect", id, *state),
                                  [&](Unit& unit) { return use_cases::attempt_effect(unit, id); });
  if (!attempted) {
    if (is_overtaken(attempted.error())) return bus_.log().head();
    return fail(attempted.error());
  }
  const bool may_send = !attempted->existed && attempted->find<v1::EffectAttempted>() != nullptr;
  if (!may_send) return attempted->last;
  return settle(id, channel_->send(id, *state));
}

Result<Position> Outbox::settle(const EffectId& id, const effect::SettleEffect& settled) {
  const auto state = TRY(bus_.folds().current<effect::State>(id.text()));
  if (settled.ending != effect::Ending::kDelivered) {
    log_warning("an effect was not sent", {{"effect", id.text()}, {"code", settled.reason}});
  }
  const auto endpoint = EndpointId::parse(state->endpoint);
  const bool gone = endpoint && settled.answer == kStatusGone;
  for (int attempt = 1;; ++attempt) {
    auto outcome =
        bus_.run(command_of("settle_effect", id, *state), [&](Unit& unit) -> Result<void> {
          TRY(use_cases::settle_effect(unit, id, settled));
          return gone ? use_cases::disable_endpoint(unit, *endpoint, endpoint::kGone)
                      : Result<void>();
        });
    if (outcome) return outcome->last;
    if (is_overtaken(outcome.error())) return bus_.log().head();
    if (!is_passing(outcome.error()) || attempt == kSettleTries) {
      return fail(std::move(outcome).error());
    }
    std::this_thread::sleep_for(kSettlePause);
  }
}

}  // namespace dealog::automation
