// JotForm: answers to a form.
#pragma once

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::jotform {

// Authentication: the address alone, JotForm signs nothing; a key in a hidden field of the form may
// be demanded with `auth`. Delivery key: jotform:<submissionID>. Answer: 200.
const Provider& provider();

}  // namespace dealog::connectors::jotform
