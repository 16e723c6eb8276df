#include "libs/domain/effect/effect.hpp"

#include <algorithm>

#include "dealog/v1/effect_events.pb.h"
#include "dealog/v1/intake_events.pb.h"
#include "dealog/v1/options.pb.h"
#include "libs/domain/common/not_found.hpp"
#include "libs/domain/common/refusal.hpp"

namespace dealog::effect {
namespace {

using Events = std::vector<NewEvent>;

constexpr std::string_view kChannelNames[] = {"mail", "telegram", "webhook"};
constexpr std::string_view kStatusNames[] = {"waiting", "sending", "delivered",
                                             "failed",  "unknown", "skipped"};

void apply(State& state, const v1::EffectPlanned& m, const RecordedEvent& event) {
  state.channel = channel_named(m.channel()).value_or(Channel::kMail);
  state.kind = m.kind();
  state.trigger = m.trigger();
  state.deal = m.deal();
  state.rule = m.rule();
  state.pipeline = m.pipeline();
  state.person = m.person();
  state.user = m.user();
  state.endpoint = m.endpoint();
  state.document = m.document();
  state.meeting = m.meeting();
  state.title = m.title();
  state.text = m.text();
  state.erased = event.seals[v1::PERSON] == SealState::kErased;
  state.planned_at = event.recorded;
  state.next_at = {m.not_before()};
  state.planned = event.id;
  state.correlation = event.correlation_id;
  state.depth = event.causation_depth;
}

void start_again(State& state) {
  state.status = Status::kWaiting;
  state.attempts = 0;
  state.next_at = {};
  state.tried = true;  // somebody wants it, however late it is
}

NewEvent failed(const State& state, std::string_view reason) {
  v1::EffectFailed event;
  event.set_trigger(state.trigger);
  event.set_effect(state.kind);
  event.set_reason(std::string(reason));
  event.set_attempts(state.attempts);
  return make_event(std::move(event));
}

NewEvent postponed(std::uint32_t attempt, std::string_view reason, int answer, Timestamp next) {
  v1::EffectPostponed event;
  event.set_attempt(attempt);
  event.set_reason(std::string(reason));
  event.set_answer(answer);
  event.set_next_at(next.us);
  return make_event(std::move(event));
}

NewEvent unknown(const State& state, std::string_view reason) {
  v1::EffectOutcomeUnknown event;
  event.set_attempt(state.attempts);
  event.set_reason(std::string(reason));
  return make_event(std::move(event));
}

NewEvent attempted(const State& state) {
  v1::EffectAttempted event;
  event.set_attempt(state.attempts + 1);
  return make_event(std::move(event));
}

Result<void> require_exists(const State& state, Language language) {
  if (state.exists()) return {};
  return refuse(language, ErrorKind::kNotFound, "effect_not_found", "такой отправки нет",
                "there is no such effect");
}

std::unexpected<Error> settled(Language language) {
  return refuse(language, ErrorKind::kConflict, "effect_settled", "эта отправка уже завершена",
                "this effect is settled already");
}

Events again(const State& state, std::string_view reason, int answer, Timestamp next) {
  if (state.attempts >= kAttempts) return {failed(state, reason)};
  return {postponed(state.attempts, reason, answer, next)};
}

}  // namespace

std::string_view name_of(Channel channel) {
  return kChannelNames[static_cast<std::size_t>(channel)];
}

std::optional<Channel> channel_named(std::string_view name) {
  const auto found = std::ranges::find(kChannelNames, name);
  if (found == std::end(kChannelNames)) return std::nullopt;
  return static_cast<Channel>(found - std::begin(kChannelNames));
}

std::string_view name_of(Status status) { return kStatusNames[static_cast<std::size_t>(status)]; }

void evolve(State& state, const RecordedEvent& event) {
  state.version = event.version;
  if (const auto* planned = event.as<v1::EffectPlanned>()) return apply(state, *planned, event);
  if (const auto* tried = event.as<v1::EffectAttempted>()) {
    state.status = Status::kSending;
    state.attempts = tried->attempt();
    state.tried = true;
  } else if (event.as<v1::EffectDelivered>() != nullptr) {
    state.status = Status::kDelivered;
  } else if (const auto* later = event.as<v1::EffectPostponed>()) {
    state.status = Status::kWaiting;
    state.reason = later->reason();
    state.next_at = {later->next_at()};
  } else if (const auto* gone = event.as<v1::EffectOutcomeUnknown>()) {
    state.status = Status::kUnknown;
    state.reason = gone->reason();
  } else if (const auto* failure = event.as<v1::EffectFailed>()) {
    state.status = Status::kFailed;
    state.reason = failure->reason();
  } else if (const auto* skipped = event.as<v1::EffectSkipped>()) {
    state.status = Status::kSkipped;
    state.reason = skipped->reason();
  } else if (event.as<v1::EffectRetried>() != nullptr) {
    start_again(state);
  }
}

Tag mailing_tag(std::string_view person) { return open_tag("mailing:" + std::string(person)); }

Duration wait_after(std::uint32_t attempts, std::uint64_t seed) {
  Duration longest = kFirstWait;
  for (std::uint32_t i = 1; i < attempts && longest < kLongestWait; ++i) longest *= 2;
  longest = std::min<Duration>(longest, kLongestWait);
  const Duration least = std::chrono::seconds(1);
  const auto spread = static_cast<std::uint64_t>((longest - least).count());
  return least + Duration(static_cast<std::int64_t>(seed % (spread + 1)));
}

NewEvent plan(const PlanEffect& command) {
  v1::EffectPlanned event;
  event.set_channel(std::string(name_of(command.channel)));
  event.set_kind(command.kind);
  event.set_trigger(command.trigger);
  event.set_deal(command.deal);
  event.set_rule(command.rule);
  event.set_pipeline(command.pipeline);
  event.set_person(command.person);
  event.set_user(command.user);
  event.set_endpoint(command.endpoint);
  event.set_document(command.document);
  event.set_meeting(command.meeting);
  event.set_not_before(command.not_before.us);
  event.set_title(command.title);
  event.set_text(command.text);
  NewEvent made = make_event(std::move(event));
  made.subject = command.person.empty() ? command.deal : command.person;
  return made;
}

Result<Events> decide(const State& state, const AttemptEffect& command, Timestamp now,
                      Language language) {
  TRY(require_exists(state, language));
  if (state.status == Status::kSending) {
    // Whoever sent it is gone, and nobody knows how far he came.
    if (!honours_key(state.channel)) return Events{unknown(state, "interrupted")};
    return again(state, "interrupted", 0, now);
  }
  if (state.status != Status::kWaiting) return settled(language);
  if (state.next_at > now) {
    return refuse(language, ErrorKind::kConflict, "effect_not_due", "отправлять ещё рано",
                  "it is too early to send this");
  }
  if (state.erased) return Events{skip(state, "erased")};
  if (state.to_customer()) {
    const Timestamp due = std::max(state.planned_at, state.next_at);
    if (!state.tried && state.attempts == 0 && now > due + kLateForCustomers) {
      return Events{failed(state, "late")};
    }
    if (command.quiet_until && *command.quiet_until > now) {
      return Events{postponed(0, "quiet_hours", 0, *command.quiet_until)};
    }
  }
  return Events{attempted(state)};
}

Result<Events> decide(const State& state, const SettleEffect& command, Timestamp now,
                      std::uint64_t seed, Language language) {
  TRY(require_exists(state, language));
  if (state.status != Status::kSending) {
    return refuse(language, ErrorKind::kConflict, "effect_not_sending",
                  "эта отправка сейчас не выполняется", "this effect is not being sent");
  }
  switch (command.ending) {
    case Ending::kDelivered: {
      v1::EffectDelivered event;
      event.set_attempt(state.attempts);
      event.set_answer(command.answer);
      return Events{make_event(std::move(event))};
    }
    case Ending::kRefused:
      return Events{failed(state, command.reason)};
    case Ending::kUnknown:
      if (!honours_key(state.channel)) return Events{unknown(state, command.reason)};
      break;
    case Ending::kAgain:
      break;
  }
  Duration wait = wait_after(state.attempts, seed);
  if (command.retry_after) {
    wait = std::max<Duration>(wait, std::min<Duration>(*command.retry_after, kLongestAsked));
  }
  return again(state, command.reason, command.answer, now + wait);
}

Result<Events> decide(const State& state, const RetryEffect& command, Language language) {
  TRY(require_exists(state, language));
  const bool again =
      needs_a_person(state.status) || (command.replay && state.status == Status::kDelivered);
  if (!again) {
    if (state.status == Status::kDelivered || state.status == Status::kSkipped) {
      return settled(language);
    }
    return refuse(language, ErrorKind::kConflict, "effect_waiting", "эта отправка и так ждёт",
                  "this effect is waiting already");
  }
  return Events{make_event(v1::EffectRetried{})};
}

Result<Events> decide(const State& state, const DropEffect&, Language language) {
  TRY(require_exists(state, language));
  if (state.status == Status::kWaiting || needs_a_person(state.status)) {
    return Events{skip(state, "dropped")};
  }
  if (state.status == Status::kSending) {
    return refuse(language, ErrorKind::kConflict, "effect_sending",
                  "это сейчас отправляется; повторите позже",
                  "this is being sent; try again later");
  }
  return settled(language);
}

NewEvent skip(const State& state, std::string_view reason) {
  v1::EffectSkipped event;
  event.set_trigger(state.trigger);
  event.set_effect(state.kind);
  event.set_reason(std::string(reason));
  return make_event(std::move(event));
}

}  // namespace dealog::effect
