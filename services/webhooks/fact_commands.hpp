// From what a delivery says to what is done about it.
#pragma once

#include "libs/command/command_bus.hpp"
#include "libs/connectors/fact.hpp"
#include "services/webhooks/source_book.hpp"

namespace dealog::webhooks {

// One fact's effect: a work for the command bus. Its events are the fact's results; what stays
// without one is of no consequence.
struct FactCommand {
  std::string name;
  StreamName stream;  // the lane: commands on one thing queue
  CommandBus::Work work;
};

// Nothing for a fact that changes nothing ("ignore", a payment that is not received yet).
// `received_at` stands for a missing time. Pure but for what the work reads when it runs.
// `fallback_owner` owns the deals of a source that names nobody.
std::optional<FactCommand> command_for(const connectors::Fact& fact, const ConnectedSource& source,
                                       Timestamp received_at,
                                       const std::optional<UserId>& fallback_owner);

// Why a fact changes nothing, as a code.
std::string ignore_reason(const connectors::Fact& fact);

}  // namespace dealog::webhooks
