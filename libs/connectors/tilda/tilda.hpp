// Tilda: forms and shop orders of a site builder.
#pragma once

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::tilda {

// Authentication: none, or a key in a header or field whose name the user chose; without a
// choice, header X-Api-Key. Delivery key: tilda:<tranid>, else tilda:order:<payment orderid>, else
// the content's hash. The check that Tilda makes on saving (`test=test`) is a ping. Answer: 200 ok.
const Provider& provider();

}  // namespace dealog::connectors::tilda
