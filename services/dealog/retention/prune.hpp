// Dropping from a data folder what is kept for a time only.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "services/dealog/core.hpp"

namespace dealog {

struct PruneOptions {
  // Raw bodies of deliveries that were recorded before go.
  Timestamp before;
  bool dry_run = false;
  std::function<void(std::string_view step)> on_step = {};
};

struct PruneDone {
  Position until;            // bodies of deliveries up to here went, or would go
  std::uint64_t bodies = 0;  // how many
  std::uint64_t bytes = 0;
  std::uint64_t pending = 0;  // would have had to go, but nobody has decoded them yet
  std::uint64_t kept = 0;     // younger ones
};

// An event says that the bodies expire, and is durable before the first of them goes; a run that
// was interrupted is finished by the next. Nothing is written when there is nothing to drop.
// Errors: those of log and views; kUnavailable "position_not_reached".
Result<PruneDone> prune(Core& core, const PruneOptions& options);

}  // namespace dealog
