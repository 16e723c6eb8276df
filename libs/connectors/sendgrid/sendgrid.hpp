// SendGrid Inbound Parse: a mail as a form, parsed or raw.
#pragma once

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::sendgrid {

const Provider& provider();

}  // namespace dealog::connectors::sendgrid
