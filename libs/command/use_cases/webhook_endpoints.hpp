// Endpoints of outgoing webhooks, and what is planned for them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/command/unit.hpp"
#include "libs/domain/effect/effect.hpp"
#include "libs/domain/endpoint/endpoint.hpp"

namespace dealog::use_cases {

// Errors: those of endpoint::decide; kConflict "endpoint_exists" when another one has the code.
Result<EndpointId> create_endpoint(Unit& unit, const endpoint::CreateEndpoint& command);
Result<void> change_endpoint(Unit& unit, const EndpointId& id,
                             const endpoint::ChangeEndpoint& command);
Result<void> rotate_secret(Unit& unit, const EndpointId& id, const endpoint::RotateSecret& command);
Result<void> disable_endpoint(Unit& unit, const EndpointId& id, std::string_view reason);
Result<void> enable_endpoint(Unit& unit, const EndpointId& id);

// "whsec_…" of fresh random bytes.
std::string new_secret();

// A rule's call of an endpoint.
struct CallOfRule {
  std::string trigger, rule, pipeline;
  std::uint64_t regulation_version = 0;
  DealId deal;
  std::string endpoint;   // code
  std::size_t place = 0;  // of the action in its rule
};
// The body says what stands openly about the deal, and which rule calls; whoever wants more asks
// the API. Errors: kUnprocessable "endpoint_not_found".
Result<void> plan_webhook(Unit& unit, const CallOfRule& call, std::size_t cause);

// By a person: retry_effect, where what it goes to is enabled. Errors: those of retry_effect;
// kConflict "endpoint_disabled".
Result<void> retry_dead_letter(Unit& unit, const EffectId& id);

// Sends what was planned for an endpoint after a position again, in order: at most
// kReplayedEffects of these. Those that still wait are passed over. Returns how many.
inline constexpr std::size_t kReplayedEffects = 500;
Result<std::size_t> replay_endpoint(Unit& unit, const EndpointId& id, Position after,
                                    const std::vector<EffectId>& effects);

}  // namespace dealog::use_cases
