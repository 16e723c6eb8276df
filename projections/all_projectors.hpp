// The core views: the one place that names every projector.
#pragma once

#include <initializer_list>
#include <memory>
#include <string_view>
#include <vector>

#include "libs/event/key_ring.hpp"
#include "libs/projection/projector.hpp"

namespace dealog {

// All projectors, which run in lock-step. `keys` must outlive them: search tokens are made from
// opened boxes.
std::vector<std::unique_ptr<Projector>> all_projectors(const KeyRing& keys);

// Those of these names alone ("deals"), for looks at the past that ask about little: a projector
// reads no rows but its own. A name that there is not is a bug.
std::vector<std::unique_ptr<Projector>> projectors_named(
    const KeyRing& keys, std::initializer_list<std::string_view> names);

}  // namespace dealog
