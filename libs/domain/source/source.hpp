// A source of deliveries: a provider's account, its settings, secrets and hook address. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/language.hpp"
#include "libs/base/result.hpp"
#include "libs/event/event.hpp"

namespace dealog::source {

// Every source carries it, so that all of them can be listed.
inline constexpr std::string_view kSourcesTag = "sources";

struct State {
  StreamVersion version;
  std::string provider;
  std::string name;
  std::string settings_json;
  std::string token_sha256;  // 32 bytes
  std::string token;         // the token itself, to show the address again
  std::map<std::string, std::string> secrets;
  bool removed = false;

  bool exists() const { return version.value > 0; }
  bool active() const { return exists() && !removed; }
  bool operator==(const State&) const = default;
};

void evolve(State& state, const RecordedEvent& event);

// Whether `token` is that of the source's hook address; constant time. A removed source has none.
bool token_matches(const State& state, std::string_view token);

struct ConnectSource {
  std::string provider;
  std::string name;
  std::string settings_json;  // an object
  std::map<std::string, std::string> secrets;
  std::string token;  // base64url of 32 random bytes
};
struct ChangeSource {
  std::optional<std::string> name;
  std::optional<std::string> settings_json;
  std::optional<std::map<std::string, std::string>> secrets;  // replaces all of them
};
struct RemoveSource {};

// Errors: kInvalid with `fields`; kNotFound "source_not_found"; kConflict "source_exists" |
// "source_removed".
Result<std::vector<NewEvent>> decide(const State& state, const ConnectSource& command,
                                     Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const ChangeSource& command,
                                     Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const RemoveSource& command,
                                     Language language = Language::kEn);

}  // namespace dealog::source
