#include "libs/domain/fetch/fetch.hpp"

#include <algorithm>
#include <chrono>

#include "dealog/v1/channel_events.pb.h"
#include "dealog/v1/intake_events.pb.h"
#include "libs/domain/common/refusal.hpp"

namespace dealog::fetch {
namespace {

using Events = std::vector<NewEvent>;
using std::chrono::microseconds;
using namespace std::chrono_literals;

constexpr microseconds kFirstWait = 10s;
constexpr microseconds kLongestWait = 6h;

Result<void> require_waiting(const State& state, Language language) {
  if (!state.exists()) {
    return refuse(language, ErrorKind::kNotFound, "fetch_not_found", "такого запроса нет",
                  "there is no such fetch");
  }
  if (state.status == Status::kWaiting) return {};
  return refuse(language, ErrorKind::kConflict, "fetch_settled", "этот запрос уже завершён",
                "this fetch is settled already");
}

void apply(State& state, const v1::FetchRequested& event) {
  state.source = event.source();
  state.delivery = event.delivery();
  state.what = event.what();
  state.id = event.id();
}

void apply(State& state, const v1::FileFetchRequested& event) {
  state.source = event.source();
  state.delivery = event.delivery();
  state.what = event.what();
  state.id = event.id();
  state.target = {.deal = event.deal(),
                  .touch = event.touch(),
                  .person = event.person(),
                  .name = event.name(),
                  .media_type = event.media_type()};
}

void apply(State& state, const v1::FetchFailed& event) {
  state.attempts = event.attempt();
  state.code = event.code();
  state.next_at = {event.next_at()};
  if (event.next_at() == 0) state.status = Status::kGivenUp;
}

void start_again(State& state) {
  state.status = Status::kWaiting;
  state.attempts = 0;
  state.next_at = {};
}

}  // namespace

std::string_view name_of(Status status) {
  switch (status) {
    case Status::kWaiting:
      return "waiting";
    case Status::kFetched:
      return "fetched";
    case Status::kGivenUp:
      return "given_up";
  }
  return "waiting";
}

void evolve(State& state, const RecordedEvent& event) {
  state.version = state.version.next();
  if (const auto* requested = event.as<v1::FetchRequested>()) apply(state, *requested);
  if (const auto* file = event.as<v1::FileFetchRequested>()) apply(state, *file);
  if (const auto* failed = event.as<v1::FetchFailed>()) apply(state, *failed);
  if (event.as<v1::FetchCompleted>() != nullptr) state.status = Status::kFetched;
  if (event.as<v1::FileFetched>() != nullptr) state.status = Status::kFetched;
  if (event.as<v1::FetchRetried>() != nullptr) start_again(state);
}

Timestamp next_attempt(Timestamp now, std::uint32_t attempts, std::uint64_t seed) {
  microseconds wait = kFirstWait;
  for (std::uint32_t i = 1; i < attempts && wait < kLongestWait; ++i) wait *= 2;
  wait = std::min(wait, kLongestWait);
  const auto spread = static_cast<std::uint64_t>(wait.count() / 5);
  return {now.us + wait.count() + static_cast<std::int64_t>(seed % (spread + 1))};
}

Result<Events> decide(const State& state, const RequestFetch& command, Language) {
  if (state.exists()) return Events{};
  v1::FetchRequested event;
  event.set_source(command.source);
  event.set_delivery(command.delivery);
  event.set_what(command.what);
  event.set_id(command.id);
  event.set_person(command.person);
  return Events{make_event(std::move(event))};
}

Result<Events> decide(const State& state, const RequestFile& command, Language) {
  if (state.exists()) return Events{};
  v1::FileFetchRequested event;
  event.set_source(command.source);
  event.set_delivery(command.delivery);
  event.set_what(command.what);
  event.set_id(command.id);
  event.set_name(command.target.name);
  event.set_media_type(command.target.media_type);
  event.set_deal(command.target.deal);
  event.set_touch(command.target.touch);
  event.set_person(command.target.person);
  Events events{make_event(std::move(event))};
  // Without his key nobody can ask for it any more.
  events.front().subject = command.target.person;
  return events;
}

Result<Events> decide(const State& state, const FailFetch& command, Timestamp now,
                      std::uint64_t seed, Language language) {
  TRY(require_waiting(state, language));
  v1::FetchFailed event;
  event.set_source(state.source);
  event.set_attempt(state.attempts + 1);
  event.set_code(command.code);
  if (!command.final && state.attempts + 1 < kAttempts) {
    const Timestamp usual = next_attempt(now, state.attempts + 1, seed);
    event.set_next_at(std::max(usual, command.not_before.value_or(usual)).us);
  }
  return Events{make_event(std::move(event))};
}

Result<Events> decide(const State& state, const CompleteFetch& command, Language language) {
  TRY(require_waiting(state, language));
  v1::FetchCompleted event;
  event.set_source(state.source);
  event.set_delivery(command.delivery);
  return Events{make_event(std::move(event))};
}

Result<Events> decide(const State& state, const CompleteFile& command, Language language) {
  TRY(require_waiting(state, language));
  v1::FileFetched event;
  event.set_source(state.source);
  event.set_file(command.file);
  return Events{make_event(std::move(event))};
}

Result<Events> decide(const State& state, const RetryFetch&, Language language) {
  if (!state.exists() || state.status == Status::kFetched) TRY(require_waiting(state, language));
  if (state.status == Status::kWaiting) {
    return refuse(language, ErrorKind::kConflict, "fetch_waiting", "этот запрос и так ждёт",
                  "this fetch is waiting already");
  }
  v1::FetchRetried event;
  event.set_source(state.source);
  return Events{make_event(std::move(event))};
}

}  // namespace dealog::fetch
