// The core views: the one place that names every projector.
#pragma once

#include <memory>
#include <vector>

#include "libs/event/key_ring.hpp"
#include "libs/projection/projector.hpp"

namespace dealog {

// All projectors, which run in lock-step. `keys` must outlive them: search tokens are made from
// opened boxes.
std::vector<std::unique_ptr<Projector>> all_projectors(const KeyRing& keys);

}  // namespace dealog
