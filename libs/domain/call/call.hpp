// A telephone call as the reports of an exchange tell it, joined in any order of arrival. Pure.
//
// Each thing that is known of a call comes from the report that knows best: the one that is further
// in the call, then the one that the exchange numbered higher, then the later one. So the same
// reports in another order make the same call.
#pragma once

#include <compare>
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

namespace dealog::call {

// How far in the call a report was made.
enum class Stage : std::uint8_t { kRecording, kStarted, kRinging, kAnswered, kFinished };

struct Authority {
  Stage stage = Stage::kRecording;
  std::int64_t sequence = 0;
  Timestamp at;
  auto operator<=>(const Authority&) const = default;
};

// What is known, and by which report.
template <class T>
struct Told {
  std::optional<T> value;
  Authority by;

  // At equal authority the greater value stays, so that the order makes no difference.
  void tell(const T& told, const Authority& authority) {
    if (value && (authority < by || (authority == by && told <= *value))) return;
    value = told;
    by = authority;
  }
  bool operator==(const Told&) const = default;
};

// More of one call are not fetched: an exchange makes one a leg.
inline constexpr std::size_t kRecordings = 20;

// A recording that the exchange gives to who asks for it.
struct Recording {
  std::string reference;  // its id there, or its address
  std::string delivery;   // dlv_… that told of it
  auto operator<=>(const Recording&) const = default;
};

struct State {
  StreamVersion version;
  std::string source;  // src_…
  bool ended = false;
  Timestamp started_at;  // the earliest time of any report
  Told<std::string> direction;
  Told<bool> answered;
  Told<std::uint32_t> duration_s;
  Told<std::uint32_t> talk_s;
  Told<std::string> agent;   // usr_…
  Told<std::string> person;  // per_…
  Told<std::string> recording_url;
  std::vector<Recording> recordings;  // that can be fetched, by their references
  // Once it is a touch.
  std::string deal;
  std::string touch;

  bool exists() const { return version.value > 0; }
  bool operator==(const State&) const = default;
};

void evolve(State& state, const RecordedEvent& event);

// What is empty or nothing is not said.
struct ReportCall {
  std::string source;
  std::string state;      // started, ringing, answered, finished, recording
  std::string direction;  // in, out, internal
  std::optional<bool> answered;
  std::optional<std::uint32_t> duration_s;
  std::optional<std::uint32_t> talk_s;
  Timestamp at;
  std::int64_t sequence = 0;
  std::string agent;
  std::string person;
  std::string recording_url;
};
struct AddRecording {
  std::string source;
  Recording recording;
  std::string person;  // per_…, when known
};
struct LinkCall {
  DealId deal;
  TouchId touch;
};

// Errors: kInvalid "invalid_input" for a word that is none of the above; kConflict "call_linked".
Result<std::vector<NewEvent>> decide(const State& state, const ReportCall& command,
                                     Language language = Language::kEn);
// No event for one that is known, and for more than kRecordings.
Result<std::vector<NewEvent>> decide(const State& state, const AddRecording& command,
                                     Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const LinkCall& command,
                                     Language language = Language::kEn);

// The call as a touch of a deal.
struct Touch {
  std::string direction;  // in, out
  std::string outcome;    // connected, no_answer
  std::uint32_t duration_s = 0;
  std::string recording_url;
  Timestamp started_at;
  bool operator==(const Touch&) const = default;
};
// Nothing for an internal call and for one that has neither been answered nor ended. A call of
// which nobody told the direction came in.
std::optional<Touch> touch_of(const State& state);

}  // namespace dealog::call
