// Mailgun routes: parsed mails, and raw ones at addresses that end in "mime".
#pragma once

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::mailgun {

const Provider& provider();

}  // namespace dealog::connectors::mailgun
