// Hashes, keyed hashes, random bytes and authenticated encryption, all from OpenSSL.
// Thread: any.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "libs/base/result.hpp"

namespace dealog {

// 32 bytes.
std::string sha256(std::string_view data);
std::string hmac_sha256(std::string_view key, std::string_view data);
// 20 bytes; only for providers that still sign with it.
std::string hmac_sha1(std::string_view key, std::string_view data);

// From the operating system's generator. Aborts the process if there is none.
std::string random_bytes(std::size_t count);

// Whether two secrets are equal, in a time that depends on their length alone.
bool equal_constant_time(std::string_view a, std::string_view b);

inline constexpr std::size_t kSealKeyBytes = 32;
inline constexpr std::size_t kSealNonceBytes = 12;
inline constexpr std::size_t kSealTagBytes = 16;

// AES-256-GCM (NIST SP 800-38D). Returns ciphertext followed by the 16-byte tag.
// `key` 32 bytes, `nonce` 12 bytes that never repeat under one key.
std::string seal_aes256gcm(std::string_view key, std::string_view nonce, std::string_view plaintext,
                           std::string_view associated_data);
// Errors: kInternal "seal_broken" when anything was changed.
Result<std::string> open_aes256gcm(std::string_view key, std::string_view nonce,
                                   std::string_view sealed, std::string_view associated_data);

}  // namespace dealog
