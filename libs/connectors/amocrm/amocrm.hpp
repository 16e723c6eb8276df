// amoCRM and Kommo: hooks of the account and of the digital pipeline, and answers of their API.
#pragma once

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::amocrm {

// Authentication: the secret address; settings.crm_account is compared with the account's id or
// subdomain; a key in a header or field where settings.auth says so. Nothing is signed.
// Delivery key: amocrm:<account>:leads:status:<id>:<old>><new>:<last_modified> of one row, a hash
// of the rows' keys of several. Answer: 200, within two seconds or the hook is switched off.
const Provider& provider();

}  // namespace dealog::connectors::amocrm
