// Lead forms of Facebook and Instagram: the hook says that there is a lead, the Graph API what it
// says.
#pragma once

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::facebook_lead_ads {

// Authentication: as of all hooks of Meta (meta/hub.hpp), a signature with the app's secret and the
// check of the address by hub.challenge.
// Delivery key: facebook-lead-ads:<leadgen_id>; of several leads a hash of their keys. Answer: 200.
const Provider& provider();

}  // namespace dealog::connectors::facebook_lead_ads
