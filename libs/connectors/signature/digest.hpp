// Digests and public-key signatures that providers still use, from OpenSSL. Thread: any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dealog::connectors {

enum class Hash { kMd5, kRipemd160, kSha1, kSha256, kSha384, kSha512 };

// By the name that people write: "md5", "ripemd160", "sha1", "sha256", "sha384", "sha512".
std::optional<Hash> hash_named(std::string_view name);

// The digest's bytes; empty when this OpenSSL was built without the algorithm.
std::string digest(Hash hash, std::string_view data);

// HMAC with that digest; empty when this OpenSSL was built without the algorithm.
std::string hmac(Hash hash, std::string_view key, std::string_view data);

// Whether `given` is the hex of `bytes`, all in lower or all in upper case, in a time that depends
// on lengths alone. Never when `bytes` is empty.
bool is_hex_of(std::string_view given, std::string_view bytes);
// The same for base64 with padding. Compared as text: the last digit of base64 has bits that decode
// to nothing, so two spellings would pass for one signature.
bool is_base64_of(std::string_view given, std::string_view bytes);

// Whether `signature` over `data` is RSA PKCS#1 v1.5 with SHA-256 by one of the certificates in
// `pem` (several may stand one after the other: a new one is added before the old one ends).
bool rsa_sha256_verifies(std::string_view pem, std::string_view data, std::string_view signature);
// Whether `text` holds at least one certificate in PEM and nothing that cannot be read.
bool is_certificate_pem(std::string_view text);

// CRC-32 of ISO 3309, as in zip.
std::uint32_t crc32(std::string_view data);

}  // namespace dealog::connectors
