// The token of a user's Bcc address. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libs/base/id.hpp"
#include "libs/base/result.hpp"
#include "libs/event/event.hpp"

namespace dealog {

DEALOG_ID(BccAddressId, "bcc");

namespace bcc_address {

inline constexpr std::size_t kTokenCharacters = 24;  // hex digits: 96 bits

// A user has one: its id follows from his.
BccAddressId address_of(const UserId& user);
// By which the address is found; the index knows it as a keyed hash.
Tag token_tag(std::string_view token);

struct State {
  StreamVersion version;
  std::string user;   // usr_…
  std::string token;  // empty: none was issued

  bool operator==(const State&) const = default;
};

void evolve(State& state, const RecordedEvent& event);

struct IssueBccAddress {
  std::string user;
  std::string token;
};

// Errors: kInvalid "invalid_token" for what is not kTokenCharacters hex digits.
Result<std::vector<NewEvent>> decide(const State& state, const IssueBccAddress& command);

}  // namespace bcc_address
}  // namespace dealog
