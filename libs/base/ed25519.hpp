// Ed25519 signatures (RFC 8032), from OpenSSL. Thread: any.
#pragma once

#include <string>
#include <string_view>

namespace dealog {

inline constexpr std::size_t kEd25519SeedBytes = 32;
inline constexpr std::size_t kEd25519PublicBytes = 32;
inline constexpr std::size_t kEd25519SignatureBytes = 64;

// `seed` is the private key: 32 random bytes.
std::string ed25519_public_key(std::string_view seed);
std::string ed25519_sign(std::string_view seed, std::string_view message);
// False for keys and signatures of another length, too.
bool ed25519_verify(std::string_view public_key, std::string_view message,
                    std::string_view signature);

}  // namespace dealog
