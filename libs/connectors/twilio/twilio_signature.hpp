// How Twilio signs a request.
#pragma once

#include <string>
#include <vector>

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::twilio {

// The addresses that Twilio may have called and signed, most likely first: settings.public_url with
// the query that came, its host with the path that came, the Host header; each as it is, without
// its port and with the usual one.
std::vector<std::string> signed_urls(const Delivery& delivery, const SourceSettings& settings);

// Reasons: secret_not_set, signature_missing, signature_wrong, body_unreadable, body_not_signed,
// digest_wrong.
Verdict check_twilio_signature(const Delivery& delivery, const SourceSettings& settings);

}  // namespace dealog::connectors::twilio
