// How large the deliveries of a provider may be.
#pragma once

#include <cstddef>

#include "libs/connectors/provider.hpp"

namespace dealog::connectors {

// In bytes: mails with attachments 40 MB, statements 20 MB, all else limits::kHookBodyBytes.
// Thread: any.
std::size_t body_limit_of(const Provider& provider);

}  // namespace dealog::connectors
