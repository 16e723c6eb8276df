// Recordings and attachments that a provider keeps: which of them it gives to this source.
#pragma once

#include <vector>

#include "libs/command/use_cases/file_fetches.hpp"
#include "services/webhooks/fact_commands.hpp"

namespace dealog::webhooks {

// Empty where the source's setting `files` says to leave them, where the provider gives none, and
// where the key is missing that it asks for: what the fact tells of them stays on the touch.
std::vector<use_cases::KeptBody> kept_recordings(const FactAt& at,
                                                 const connectors::CallFact& call);
// Those without bytes; one that is too large for a file is only named.
std::vector<use_cases::KeptBody> kept_attachments(
    const FactAt& at, const std::vector<connectors::Attachment>& attachments);

}  // namespace dealog::webhooks
