// What leaks where sources deliver. Inside projections/leaks only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libs/projection/row_reading.hpp"
#include "projections/leaks/leaks_view.hpp"

namespace dealog::views {

// Calls `use` with the row of each id that has one.
template <class Row, class Use>
Result<void> look_up(const ViewReader& rows, std::string_view kind,
                     const std::vector<std::string>& ids, const Use& use) {
  for (const auto& id : ids) {
    if (const auto row = TRY(find_row<Row>(rows, row_keys::key(kind, id)))) use(*row);
  }
  return {};
}

// Deliveries in quarantine, fetches given up, effects that wait for a person, and sources that have
// been silent for longer than their setting `silent_after_hours` allows, judged at the context's
// instant.
Result<void> add_source_leaks(const ViewContext& context, const LeakFilter& filter,
                              std::vector<Leak>& out);

}  // namespace dealog::views
