// A table of deals (CSV): the history of another CRM, or of a spreadsheet, for moving over.
#pragma once

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::deal_table {

inline constexpr std::size_t kDealRows = 5'000;  // of one file

// The first row names the columns; which of them is what is told by settings.columns, else by their
// usual names in English and Russian. Every row is a deal that was opened, and where it stands now.
// A row that cannot be read is an ignored fact that says why; the others are taken all the same.
// Posted as the body or as the file of a form; the address is the secret, or a key in a header
// (settings.auth). Delivery key: csv:sha256:<hash of the file>. Answer: 200.
const Provider& provider();

}  // namespace dealog::connectors::deal_table
