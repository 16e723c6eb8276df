// Raw mail: an .eml posted as it is.
#pragma once

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::rfc5322 {

const Provider& provider();

}  // namespace dealog::connectors::rfc5322
