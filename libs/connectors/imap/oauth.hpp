// Access tokens of a mailbox from its refresh token (RFC 6749, 6). Pure.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::imap {

// Parts of the source's secret.
inline constexpr std::string_view kClientId = "client_id";
inline constexpr std::string_view kClientSecret = "client_secret";  // may be absent
inline constexpr std::string_view kRefreshToken = "refresh_token";

struct AccessToken {
  std::string text;
  std::chrono::seconds lasts{0};
  std::string refresh_token;  // a new one instead of the one that was used; empty: it stays
};

// Settings with a mailbox whose login is kOauth2.
ApiRequest token_request(const SourceSettings& settings);

// Errors: kUnavailable "token_refused" (the refresh token is no longer good: somebody has to agree
// again), "token_server_failed". Neither quotes the answer.
Result<AccessToken> read_token(int status, std::string_view body);

}  // namespace dealog::connectors::imap
