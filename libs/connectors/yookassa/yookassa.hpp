// YooKassa: payments and refunds.
#pragma once

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::yookassa {

// Nothing is signed: deliveries are accepted from the provider's networks only, unless settings
// list others. Delivery key: yookassa:<event>:<object id>. Answer: 200, the body is not read.
const Provider& provider();

}  // namespace dealog::connectors::yookassa
