#include "libs/domain/user/token.hpp"

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/domain/common/refusal.hpp"

namespace dealog::user {
namespace {

constexpr std::string_view kPrefix = "dlg_";
constexpr std::size_t kIdDigits = 32;
constexpr std::size_t kSecretCharacters = 43;  // base64url of 32 bytes, without padding

}  // namespace

std::unexpected<Error> invalid_token(Language language) {
  return refuse(language, ErrorKind::kUnauthorized, "invalid_token",
                "этот токен неизвестен или больше не действует; попросите у администратора новый",
                "this token is not known, or holds no longer; ask an administrator for a new one");
}

Result<TokenParts> parse_token(std::string_view text, Language language) {
  if (text.size() != kPrefix.size() + kIdDigits + 1 + kSecretCharacters)
    return invalid_token(language);
  if (!text.starts_with(kPrefix) || text[kPrefix.size() + kIdDigits] != '_')
    return invalid_token(language);
  const auto id = Uuid::from_hex(text.substr(kPrefix.size(), kIdDigits));
  const auto written = text.substr(kPrefix.size() + kIdDigits + 1);
  auto secret = from_base64(written);
  if (!id || !secret || secret->size() != kTokenSecretBytes) return invalid_token(language);
  // 43 characters hold two bits more than the secret: a token is written in one way only.
  if (to_base64url(*secret) != written) return invalid_token(language);
  return TokenParts{TokenId(*id), std::move(*secret)};
}

std::string format_token(const TokenParts& token) {
  return std::string(kPrefix) + token.id.uuid().hex() + "_" + to_base64url(token.secret);
}

std::string token_hash(std::string_view secret) { return sha256(secret); }

bool token_matches(std::string_view secret, std::string_view sha256_of_secret) {
  return equal_constant_time(sha256(secret), sha256_of_secret);
}

}  // namespace dealog::user
