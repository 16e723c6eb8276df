// Postmark inbound: a mail as JSON.
#pragma once

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::postmark {

const Provider& provider();

}  // namespace dealog::connectors::postmark
