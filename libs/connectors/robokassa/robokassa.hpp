// Robokassa: paid orders, told to ResultURL.
#pragma once

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::robokassa {

// Authentication: SignatureValue, the hash of OutSum:InvId:Password2 and the Shp_ fields, by the
// algorithm of the shop's settings (told by its length, or fixed with signature.algorithm). Secret:
// Password2, or {"password2", "test_password2"}. Delivery key: robokassa:<InvId>. Answer:
// OK<InvId>.
const Provider& provider();

}  // namespace dealog::connectors::robokassa
