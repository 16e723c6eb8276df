// HubSpot: webhooks of public and private apps, and answers of its API.
#pragma once

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::hubspot {

// Authentication: signature v3 (with settings.public_url where a proxy stands before us), v2 or v1
// where v3 is not sent; settings.crm_account is compared with the portal's id.
// Delivery key: hubspot:<portal>:<event>:<subscription> of one event, a hash of all of several.
// Answer: 200 for the whole batch, within five seconds.
const Provider& provider();

}  // namespace dealog::connectors::hubspot
