// Bitrix24: outgoing webhooks and events of applications, which say only that something changed.
#pragma once

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::bitrix24 {

// Authentication: auth[application_token] of the body is the secret; settings.crm_account is
// compared with member_id and domain. Delivery key: bitrix24:<member_id>:<event>:<ID>:<ts>.
// Answer: 200; Bitrix24 never repeats.
const Provider& provider();

}  // namespace dealog::connectors::bitrix24
