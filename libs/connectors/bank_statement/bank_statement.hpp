// Bank statements, uploaded by people or posted by programs: 1C ClientBankExchange, CAMT.053,
// MT940, told apart by what they say.
#pragma once

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::bank_statement {

// Nothing is signed; the hook's address, or a key, gives the right. Delivery key: the file's hash,
// of a statement of one entry the entry's own key. Facts: one per entry.
const Provider& provider();

}  // namespace dealog::connectors::bank_statement
