// An endpoint: somebody else's address that rules call (an outgoing webhook), and the secrets that
// sign for it. Pure.
#pragma once

#include <chrono>
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
DEALOG_ID(EndpointId, "whe");
}

namespace dealog::endpoint {

inline constexpr std::size_t kUrlBytes = 2000;
// Standard Webhooks: "whsec_" and base64 of 24 to 64 bytes.
inline constexpr std::string_view kSecretPrefix = "whsec_";
inline constexpr std::size_t kSecretBytes = 32;
inline constexpr std::size_t kLeastSecretBytes = 24, kMostSecretBytes = 64;
// How long the old secret signs beside the new one: by default, and at most.
inline constexpr std::chrono::hours kOverlap{24};
inline constexpr std::chrono::hours kLongestOverlap{24 * 30};
// The reason of one that answered 410: it wants no more.
inline constexpr std::string_view kGone = "gone";

struct State {
  StreamVersion version;
  std::string code;  // by which rules name it
  std::string name;
  std::string url;
  std::string secret;
  std::string previous;  // signs as well until `previous_until`
  Timestamp previous_until;
  std::string disabled;  // the reason; empty: enabled

  bool exists() const { return version.value > 0; }
};

void evolve(State& state, const RecordedEvent& event);

// The code's tag, which no two endpoints have.
Tag code_tag(std::string_view code);
// The secrets that sign at an instant, the newest first.
std::vector<std::string> signing_secrets(const State& state, Timestamp now);

struct CreateEndpoint {
  std::string code;
  std::string name;
  std::string url;
  std::string secret;
};
struct ChangeEndpoint {
  std::optional<std::string> name = {};
  std::optional<std::string> url = {};
};
struct RotateSecret {
  std::string secret;
  std::chrono::seconds overlap = kOverlap;
};
struct DisableEndpoint {
  std::string reason = "by_hand";
};
struct EnableEndpoint {};

// What is so already makes no event. Errors: kInvalid "invalid_input" with `fields`; kNotFound
// "endpoint_not_found"; kConflict "endpoint_exists".
Result<std::vector<NewEvent>> decide(const State& state, const CreateEndpoint& command,
                                     Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const ChangeEndpoint& command,
                                     Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const RotateSecret& command, Timestamp now,
                                     Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const DisableEndpoint& command,
                                     Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const EnableEndpoint& command,
                                     Language language = Language::kEn);

}  // namespace dealog::endpoint
