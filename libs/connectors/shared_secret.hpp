// Keys that two sides share, and what is made of them.
#pragma once

#include <string_view>

#include "libs/connectors/parse/tree.hpp"
#include "libs/connectors/provider.hpp"

namespace dealog::connectors {

// Equal, in a time that tells neither where two keys differ nor how long ours is.
bool same_key(std::string_view given, std::string_view ours);

// Checks the key of `settings.auth` (secret part "") in its header — as it stands or after
// "Bearer " — or in a field of the body. Accepts when no place is set.
// Reasons: key_missing, key_wrong, secret_not_set, body_unreadable.
Verdict check_key(const Delivery& delivery, const SourceSettings& settings);

// Checks `settings.signature`. Accepts when none is set.
// Reasons: those of check_signature_scheme.
Verdict check_signature(const Delivery& delivery, const SourceSettings& settings);

// Takes the key out of a tree, so that it is never stored as an answer.
void remove_key(Node& tree, const SourceSettings& settings);

}  // namespace dealog::connectors
