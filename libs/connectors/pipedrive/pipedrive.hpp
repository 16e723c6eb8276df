// Pipedrive: webhooks of version 2, of version 1, and answers of its API.
#pragma once

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::pipedrive {

// Authentication: HTTP Basic, secret "<user>:<password>"; without a secret the address alone.
// settings.crm_account is compared with the company's id and the host.
// Delivery key: pipedrive:<company>:<meta.id>, of version 1
// pipedrive:<company>:<webhook>:<object>:<id>:<timestamp_micro>. Answer: 200.
const Provider& provider();

}  // namespace dealog::connectors::pipedrive
