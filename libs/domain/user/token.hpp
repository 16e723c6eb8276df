// Access tokens: "dlg_<32 hex digits of the public id>_<base64url of 32 secret bytes>".
#pragma once

#include <string>
#include <string_view>

#include "libs/base/id.hpp"
#include "libs/base/language.hpp"
#include "libs/base/result.hpp"

namespace dealog::user {

inline constexpr std::size_t kTokenSecretBytes = 32;

struct TokenParts {
  TokenId id;
  std::string secret;  // 32 bytes
};

// Errors: kUnauthorized "invalid_token", without saying what is wrong with it.
Result<TokenParts> parse_token(std::string_view text, Language language = Language::kEn);
// That error, whatever was wrong.
std::unexpected<Error> invalid_token(Language language);
std::string format_token(const TokenParts& token);
// What is stored of a secret: 32 bytes.
std::string token_hash(std::string_view secret);
// Whether `secret` has that hash, in constant time.
bool token_matches(std::string_view secret, std::string_view sha256_of_secret);

}  // namespace dealog::user
