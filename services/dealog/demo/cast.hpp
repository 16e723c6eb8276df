// Who opens which deal when: the cast that must stand on the stage at the end, and everybody else.
#pragma once

#include <vector>

#include "services/dealog/demo/story_writer.hpp"

namespace dealog::demo {

struct Season {
  std::uint64_t seed = 1;
  std::size_t deals = 0;
  Timestamp from;
  Timestamp until;
  std::size_t sellers = 1;
  std::size_t staying = 1;  // the first of them; the rest leave at `departure`
  Timestamp departure;
};

// As many stories as the season has deals: first the cast, as far as it fits.
std::vector<Story> write_stories(const Season& season, const rules::Regulation& regulation,
                                 const WorkDays& days);

// How many deals the cast needs.
std::size_t cast_size();

}  // namespace dealog::demo
