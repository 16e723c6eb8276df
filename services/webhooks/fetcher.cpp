#include "services/webhooks/fetcher.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include <boost/url/parse.hpp>
#include <fmt/format.h>

#include "dealog/v1/file_events.pb.h"
#include "libs/base/clock.hpp"
#include "libs/base/logging.hpp"
#include "libs/command/use_cases/deliveries.hpp"
#include "libs/command/use_cases/effects.hpp"
#include "libs/command/use_cases/file_fetches.hpp"
#include "libs/connectors/fetched.hpp"
#include "libs/domain/person/person.hpp"
#include "services/webhooks/fetched_body.hpp"
#include "services/webhooks/in_hand.hpp"

namespace dealog::webhooks {
namespace {

constexpr std::chrono::milliseconds kProjectedWithin{5'000};

// Whom it is asked from; the source where the request cannot be made.
std::string host_of(views::FetchKind kind, const ConnectedSource& source,
                    const fetch::State& state) {
  std::string url;
  if (kind == views::FetchKind::kFile) {
    const auto asked = source.provider->ask_file(state.id, source.settings);
    if (asked) url = asked->request.url;
  } else {
    const auto asked = source.provider->ask({state.what, state.id, {}}, source.settings);
    if (asked) url = asked->url;
  }
  const auto parsed = boost::urls::parse_uri(url);
  return parsed ? std::string(parsed->encoded_host_and_port()) : source.id.text();
}

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

// Asking again would get the same answer.
bool is_final(int status) {
  return status == 401 || status == 403 || status == 404 || status == 410 ||
         (status >= 300 && status < 400);
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

// Computed, so that one that was interrupted finds what it had stored before.
Result<file::AttachFile> attachment_of(const FetchId& id, const fetch::State& state,
                                       const FetchedBody& body) {
  file::AttachFile command{.id = FileId(Uuid::derived(id.uuid(), "file")),
                           .deal = TRY(DealId::parse(state.target.deal)),
                           .name = body.name,
                           .media_type = body.media_type,
                           .bytes = body.bytes.size(),
                           .stored = {}};
  if (!state.target.touch.empty()) command.touch = TRY(TouchId::parse(state.target.touch));
  if (!state.target.person.empty()) command.person = TRY(PersonId::parse(state.target.person));
  return command;
}

Result<void> fail_fetch(Unit& unit, const StreamName& stream, const fetch::FailFetch& failure) {
  const auto* state = TRY(unit.load<fetch::State>(stream));
  if (state->status != fetch::Status::kWaiting) return {};
  const std::uint64_t seed = std::hash<Uuid>{}(unit.command_id());
  unit.emit(stream, TRY(fetch::decide(*state, failure, unit.now(), seed, unit.language())));
  return {};
}

}  // namespace

Fetcher::Fetcher(views::FetchKind kind, CommandBus& bus, const SourceBook& sources,
                 const ViewStore& views, const ProjectionRunner& projections, FileStore& files,
                 outbound::Reach reach)
    : kind_(kind),
      bus_(bus),
      sources_(sources),
      views_(views),
      projections_(projections),
      files_(files),
      reach_(reach) {}

Fetcher::~Fetcher() { stop(); }

void Fetcher::start() {
  const char* name = kind_ == views::FetchKind::kFile ? "file fetcher" : "fetcher";
  for (std::size_t i = 0; i < kFetchesAtOnce; ++i) {
    Slot& slot = *slots_.emplace_back(std::make_unique<Slot>(reach_));
    slot.worker = std::make_unique<Worker>(name, [this, &slot] {
      const auto done = run_one(slot);
      if (done) return *done ? Worker::Step::kMore : Worker::Step::kIdle;
      log_warning("fetching is delayed", {{"code", done.error().code}});
      return Worker::Step::kRetryLater;
    });
  }
}

void Fetcher::stop() {
  begin_to_stop();
  for (const auto& slot : slots_) slot->worker->stop();
}

void Fetcher::wake() {
  for (const auto& slot : slots_) slot->worker->wake();
}

std::size_t Fetcher::running() const {
  const std::scoped_lock lock(mutex_);
  return taken_.size();
}

bool Fetcher::has_room(const std::string& host) const {
  return std::ranges::count(taken_, host, &std::pair<const std::string, std::string>::second) <
         static_cast<std::ptrdiff_t>(kFetchesOfOneHost);
}

Result<std::optional<Fetcher::Under>> Fetcher::take() {
  const std::scoped_lock lock(mutex_);
  const auto snapshot = TRY(views_.snapshot());
  const Timestamp now = bus_.clock().now();
  const ViewContext context{*snapshot, bus_.keys(), PersonalView::kMasked, now};
  for (const auto& due : TRY(views::FetchView(context).due(kind_, now, kFetchesLookedAt))) {
    if (taken_.contains(due.id)) continue;
    // The view may be behind.
    const auto state = TRY(bus_.folds().current<fetch::State>(due.id));
    if (state->status != fetch::Status::kWaiting || state->next_at > now) continue;
    Under under{.id = TRY(FetchId::parse(due.id)),
                .state = *state,
                .source = TRY(sources_.find_any(state->source))};
    std::string host = host_of(kind_, *under.source, under.state);
    if (!has_room(host)) continue;
    taken_.emplace(due.id, std::move(host));
    return under;
  }
  return std::nullopt;
}

Result<bool> Fetcher::run_one(Slot& slot) {
  if (stop_.raised()) return false;
  const auto under = TRY(take());
  if (!under) return false;
  const auto settled = settle(slot.client, *under);
  const bool seen = settled && projections_.wait_for(*settled, kProjectedWithin);
  {
    const std::scoped_lock lock(mutex_);
    taken_.erase(under->id.text());
  }
  if (!settled) return fail(settled.error());
  if (seen) return true;
  return fail(ErrorKind::kUnavailable, "position_not_reached", "the views are behind");
}

// A worker waits here; nobody else does.
void Fetcher::keep_interval(const ConnectedSource& source) {
  auto at = steady_now();
  {
    const std::scoped_lock lock(mutex_);
    auto& next = next_[source.id];
    at = std::max(at, next);
    next = at + source.provider->ask_interval();
  }
  std::this_thread::sleep_until(at);
}

Result<outbound::WebAnswer> Fetcher::ask(outbound::WebClient& client, const ConnectedSource& source,
                                         const connectors::FetchPlan& plan) {
  auto request = TRY(source.provider->ask(plan, source.settings));
  keep_interval(source);
  return client.send({.method = std::move(request.method),
                      .url = std::move(request.url),
                      .headers = std::move(request.headers),
                      .body = std::move(request.body),
                      .stop = &stop_});
}

CommandRequest Fetcher::command_of(const Under& under) const {
  return {
      .name = "settle_fetch",
      .stream = under.id.text(),
      .actor = {"system", "fetcher"},
      .rights = user::Rights::all(),
      .caller = Caller::kSource,
      .computed_id = Uuid::derived(under.id.uuid(), fmt::format("v{}", under.state.version.value))};
}

Result<Position> Fetcher::fail_with(const Under& under, const fetch::FailFetch& failure) {
  // It was cut short, which says nothing of the provider.
  if (stop_.raised()) return bus_.log().head();
  log_warning("fetch failed", {{"fetch", under.id.text()}, {"code", failure.code}});
  return TRY(bus_.run(command_of(under),
                      [&](Unit& unit) { return fail_fetch(unit, under.id.text(), failure); }))
      .last;
}

Result<Position> Fetcher::settle(outbound::WebClient& client, const Under& under) {
  return kind_ == views::FetchKind::kFile ? settle_file(client, under)
                                          : settle_delivery(client, under);
}

Result<Position> Fetcher::settle_delivery(outbound::WebClient& client, const Under& under) {
  auto answer =
      ask(client, *under.source, {.what = under.state.what, .id = under.state.id, .needs = {}});
  const Timestamp now = bus_.clock().now();
  if (!answer) {
    return fail_with(
        under, {.code = answer.error().code, .final = answer.error().kind == ErrorKind::kInvalid});
  }
  if (answer->status < 200 || answer->status >= 300) {
    return fail_with(under, failure_of(*answer, is_final(answer->status), now));
  }
  const auto delivery = delivery_of(*under.source, under.state, *std::move(answer));
  if (says_not_yet(*under.source, delivery, now)) {
    return fail_with(under, {.code = std::string(connectors::kNotYet)});
  }
  return TRY(bus_.run(command_of(under),
                      [&](Unit& unit) { return complete(unit, under.id.text(), delivery); }))
      .last;
}

// Nothing is fetched of somebody who was erased.
Result<bool> Fetcher::is_of_erased(const fetch::State& state) const {
  if (state.id.empty()) return true;
  if (state.target.person.empty()) return false;
  const auto person = TRY(use_cases::present_person(bus_.folds(), state.target.person));
  return TRY(bus_.folds().current<person::State>(person))->erased;
}

Result<Position> Fetcher::settle_file(outbound::WebClient& client, const Under& under) {
  if (TRY(is_of_erased(under.state))) {
    return fail_with(under, {.code = "person_erased", .final = true});
  }
  keep_interval(*under.source);
  const auto body = fetch_body(*under.source, under.state, client, bus_.clock().now(), stop_);
  if (!body) return fail_with(under, body.error());
  auto command = TRY(attachment_of(under.id, under.state, *body));
  auto arrived = TRY(files_.put(command.id.text(), body->bytes));
  command.stored = arrived.stored();
  auto request = command_of(under);
  request.actor = {"source", under.source->id.text()};
  const auto outcome = bus_.run(std::move(request), [&](Unit& unit) {
    return use_cases::complete_file(unit, under.id, command);
  });
  if (outcome) {
    // Else it had been settled already: the next start asks the log about the file.
    outcome->find<v1::FileAttached>() != nullptr ? arrived.keep() : arrived.leave();
    return outcome->last;
  }
  if (outcome.error().kind == ErrorKind::kUnknown) arrived.leave();
  if (is_passing(outcome.error())) return fail(outcome.error());
  // The deal takes no more files, or the person was erased meanwhile.
  return fail_with(under, {.code = outcome.error().code, .final = true});
}

}  // namespace dealog::webhooks
