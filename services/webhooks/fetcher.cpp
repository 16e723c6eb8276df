#include "services/webhooks/fetcher.hpp"

#include <thread>

#include <fmt/format.h>

#include "libs/base/clock.hpp"
#include "libs/base/logging.hpp"
#include "libs/command/use_cases/deliveries.hpp"
#include "libs/connectors/fetched.hpp"
#include "libs/domain/fetch/fetch.hpp"

namespace dealog::webhooks {
namespace {

constexpr std::chrono::milliseconds kProjectedWithin{5'000};

// The answer as the provider's own delivery.
use_cases::DeliveryInput delivery_of(const ConnectedSource& source, const fetch::State& state,
                                     outbound::WebAnswer answer) {
  return {.source = source.id.text(),
          .method = "GET",
          .suffix = "/fetched/" + state.what,
          .content_type = answer.content_type,
          .headers = {{"Content-Type", answer.content_type}},
          .query = {},
          .remote_ip = {},
          .body = std::move(answer.body),
          .delivery_key = {}};
}

// The provider has answered that what was announced is not so.
bool says_not_yet(const ConnectedSource& source, const use_cases::DeliveryInput& answer,
                  Timestamp now) {
  const connectors::Delivery delivery{.method = answer.method,
                                      .path = {},
                                      .suffix = answer.suffix,
                                      .query = {},
                                      .headers = answer.headers,
                                      .body = answer.body,
                                      .remote_ip = {},
                                      .received_at = now};
  const auto facts = source.provider->decode(delivery, source.settings);
  return facts && connectors::is_not_yet(*facts);
}

fetch::FailFetch failure_of(const outbound::WebAnswer& answer, Timestamp now) {
  fetch::FailFetch failure;
  failure.final = answer.status == 401 || answer.status == 403 || answer.status == 404 ||
                  answer.status == 410 || (answer.status >= 300 && answer.status < 400);
  failure.code = answer.status == 429 ? "rate_limited" : fmt::format("status_{}", answer.status);
  if (answer.retry_after) {
    const auto wait = std::min(*answer.retry_after, std::chrono::seconds(24 * 3600));
    failure.not_before = Timestamp{now.us + std::chrono::microseconds(wait).count()};
  }
  return failure;
}

Result<void> complete(Unit& unit, const StreamName& stream, const use_cases::DeliveryInput& input) {
  const auto* state = TRY(unit.load<fetch::State>(stream));
  if (state->status != fetch::Status::kWaiting) return {};
  const auto received = TRY(use_cases::receive_delivery(unit, input));
  const auto* waiting = TRY(unit.load<fetch::State>(stream));
  unit.emit(stream, TRY(fetch::decide(*waiting, fetch::CompleteFetch{received.delivery.text()},
                                      unit.language())));
  return {};
}

Result<void> fail_fetch(Unit& unit, const StreamName& stream, const fetch::FailFetch& failure) {
  const auto* state = TRY(unit.load<fetch::State>(stream));
  if (state->status != fetch::Status::kWaiting) return {};
  const std::uint64_t seed = std::hash<Uuid>{}(unit.command_id());
  unit.emit(stream, TRY(fetch::decide(*state, failure, unit.now(), seed, unit.language())));
  return {};
}

}  // namespace

Fetcher::Fetcher(CommandBus& bus, const SourceBook& sources, const ViewStore& views,
                 const ProjectionRunner& projections, outbound::Reach reach)
    : bus_(bus), sources_(sources), views_(views), projections_(projections), client_(reach) {}

Fetcher::~Fetcher() { stop(); }

void Fetcher::start() {
  worker_ = std::make_unique<Worker>("fetcher", [this] {
    const auto done = run_once();
    if (done) return *done ? Worker::Step::kMore : Worker::Step::kIdle;
    log_warning("fetching is delayed", {{"code", done.error().code}});
    return Worker::Step::kRetryLater;
  });
}

void Fetcher::stop() {
  if (worker_) worker_->stop();
}

void Fetcher::wake() {
  if (worker_) worker_->wake();
}

Result<bool> Fetcher::run_once() {
  std::vector<views::Fetch> due;
  {
    const auto snapshot = TRY(views_.snapshot());
    const Timestamp now = bus_.clock().now();
    const ViewContext context{*snapshot, bus_.keys(), PersonalView::kMasked, now};
    due = TRY(views::FetchView(context).due(now, kFetchesPerStep));
  }
  Position last;
  for (const auto& fetch : due) last = std::max(last, TRY(settle(fetch)));
  if (!due.empty() && !projections_.wait_for(last, kProjectedWithin)) {
    return fail(ErrorKind::kUnavailable, "position_not_reached", "the views are behind");
  }
  return !due.empty();
}

// A worker of its own waits here; nobody else does.
void Fetcher::keep_interval(const ConnectedSource& source) {
  auto& next = next_[source.id];
  std::this_thread::sleep_until(next);
  next = steady_now() + source.provider->ask_interval();
}

Result<outbound::WebAnswer> Fetcher::ask(const ConnectedSource& source,
                                         const connectors::FetchPlan& plan) {
  auto request = TRY(source.provider->ask(plan, source.settings));
  keep_interval(source);
  return client_.send({.method = std::move(request.method),
                       .url = std::move(request.url),
                       .headers = std::move(request.headers),
                       .body = std::move(request.body)});
}

Result<Position> Fetcher::settle(const views::Fetch& due) {
  const auto state = TRY(bus_.folds().current<fetch::State>(due.id));
  if (state->status != fetch::Status::kWaiting) return bus_.log().head();
  const auto source = TRY(sources_.find_any(state->source));
  auto answer = ask(*source, {.what = state->what, .id = state->id, .needs = {}});
  const FetchId id = TRY(FetchId::parse(due.id));
  CommandRequest request{
      .name = "settle_fetch",
      .stream = due.id,
      .actor = {"system", "fetcher"},
      .rights = user::Rights::all(),
      .caller = Caller::kSource,
      .computed_id = Uuid::derived(id.uuid(), fmt::format("v{}", state->version.value))};
  fetch::FailFetch failure;
  if (answer && answer->status >= 200 && answer->status < 300) {
    const auto delivery = delivery_of(*source, *state, *std::move(answer));
    if (!says_not_yet(*source, delivery, bus_.clock().now())) {
      return TRY(bus_.run(std::move(request),
                          [&](Unit& unit) { return complete(unit, due.id, delivery); }))
          .last;
    }
    failure.code = connectors::kNotYet;
  } else if (answer) {
    failure = failure_of(*answer, bus_.clock().now());
  } else {
    failure.code = answer.error().code;
    failure.final = answer.error().kind == ErrorKind::kInvalid;
  }
  log_warning("fetch failed", {{"fetch", due.id}, {"code", failure.code}});
  return TRY(bus_.run(std::move(request),
                      [&](Unit& unit) { return fail_fetch(unit, due.id, failure); }))
      .last;
}

}  // namespace dealog::webhooks
