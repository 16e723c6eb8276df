// An effect: something that leaves the process by itself. State machine; pure.
//
//   waiting ⇄ sending → delivered | failed | unknown | skipped
//
// Each step stands in the log before the next is taken: "sending" without an end after it is an
// attempt that was interrupted. A failed or unknown one waits for a person, who retries or drops
// it. Whatever is sent again is sent under the same key: the effect's id.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/id.hpp"
#include "libs/base/language.hpp"
#include "libs/base/result.hpp"
#include "libs/base/timestamp.hpp"
#include "libs/event/event.hpp"

namespace dealog {
DEALOG_ID(EffectId, "eff");
}

namespace dealog::effect {

// In vain so often, a person is asked: with the waits below after two days, more or less.
inline constexpr std::uint32_t kAttempts = 20;
inline constexpr std::chrono::seconds kFirstWait{5};
inline constexpr std::chrono::hours kLongestWait{12};
// A receiver that asks for more patience than this is asked again after it.
inline constexpr std::chrono::hours kLongestAsked{24};
// What a customer was to get and could not be tried for so long (the service was down) is not sent
// without asking a person.
inline constexpr std::chrono::hours kLateForCustomers{24};

enum class Channel { kMail, kTelegram, kWebhook };
inline constexpr Channel kChannels[] = {Channel::kMail, Channel::kTelegram, Channel::kWebhook};
std::string_view name_of(Channel channel);  // mail, telegram, webhook
std::optional<Channel> channel_named(std::string_view name);
// Whether the receiver knows the key, so that sending again what it may have does no harm.
inline bool honours_key(Channel channel) { return channel == Channel::kWebhook; }

enum class Status { kWaiting, kSending, kDelivered, kFailed, kUnknown, kSkipped };
std::string_view name_of(Status status);  // waiting, sending, delivered, failed, unknown, skipped
inline bool needs_a_person(Status status) {
  return status == Status::kFailed || status == Status::kUnknown;
}

struct State {
  StreamVersion version;
  Status status = Status::kWaiting;
  Channel channel = Channel::kMail;
  std::string kind;     // send_mail, …
  std::string trigger;  // trg_…
  std::string deal, rule, pipeline;
  std::string person, user, endpoint;  // to whom: one of them
  std::string document;                // doc_… that is attached
  std::string meeting;                 // tsk_… whose invitation is attached
  std::string title, text;             // empty when erased
  bool erased = false;                 // with the customer or the deal
  Timestamp planned_at;
  Timestamp next_at;           // not before
  std::uint32_t attempts = 0;  // since it was planned or retried
  bool tried = false;          // ever
  std::string reason;          // of the last failure
  // EffectPlanned: what everything else follows from.
  Uuid planned, correlation;
  std::uint32_t depth = 0;

  bool exists() const { return version.value > 0; }
  bool to_customer() const { return !person.empty(); }
};

void evolve(State& state, const RecordedEvent& event);

struct PlanEffect {
  Channel channel = Channel::kMail;
  std::string kind, trigger, deal, rule, pipeline;
  std::string person = {}, user = {}, endpoint = {};
  std::string document = {};
  std::string meeting = {};
  std::string title = {}, text = {};
  Timestamp not_before = {};  // zero: at once
};
// Every effect to a customer carries it, so that they can be counted.
Tag mailing_tag(std::string_view person);

// To send it now. Late ones to customers fail instead, those whose texts are erased are skipped,
// and with `quiet_until` (no time to write to a customer) they are postponed. Of one that was
// interrupted: unknown, or, where the receiver honours the key, another attempt.
struct AttemptEffect {
  std::optional<Timestamp> quiet_until = {};
};
// What became of the attempt that runs.
enum class Ending {
  kDelivered,
  kAgain,    // it was not taken and may be later
  kRefused,  // trying again changes nothing
  kUnknown,  // it may have arrived
};
struct SettleEffect {
  Ending ending = Ending::kDelivered;
  int answer = 0;      // the receiver's number; 0: none
  std::string reason;  // code
  std::optional<std::chrono::seconds> retry_after = {};
};
// By a person: of one that failed or is unknown; with `replay` also of a delivered one.
struct RetryEffect {
  bool replay = false;
};
// By a person: of one that waits, failed or is unknown.
struct DropEffect {};

// The wait after so many attempts in vain: exponential with full jitter (any length up to 5 s,
// doubled each time, at most 12 hours), from `seed`; at least a second.
Duration wait_after(std::uint32_t attempts, std::uint64_t seed);

NewEvent plan(const PlanEffect& command);
// Errors: kNotFound "effect_not_found"; kConflict "effect_not_due" | "effect_not_sending" |
// "effect_settled" | "effect_waiting".
Result<std::vector<NewEvent>> decide(const State& state, const AttemptEffect& command,
                                     Timestamp now, Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const SettleEffect& command, Timestamp now,
                                     std::uint64_t seed, Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const RetryEffect& command,
                                     Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const DropEffect& command,
                                     Language language = Language::kEn);
// It will not be sent, and nobody is asked: EffectSkipped.
NewEvent skip(const State& state, std::string_view reason);

}  // namespace dealog::effect
