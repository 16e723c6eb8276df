#include "libs/base/ed25519.hpp"

#include <memory>

#include <openssl/evp.h>

#include "libs/base/assert.hpp"

namespace dealog {
namespace {

struct Delete {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, Delete>;
using Context = std::unique_ptr<EVP_MD_CTX, Delete>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

Key private_key(std::string_view seed) {
  DEALOG_ASSERT(seed.size() == kEd25519SeedBytes);
  Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(seed), seed.size()));
  DEALOG_ASSERT(key != nullptr);
  return key;
}

}  // namespace

std::string ed25519_public_key(std::string_view seed) {
  const Key key = private_key(seed);
  std::string out(kEd25519PublicBytes, '\0');
  std::size_t size = out.size();
  DEALOG_ASSERT(EVP_PKEY_get_raw_public_key(key.get(), bytes_of(out), &size) == 1);
  DEALOG_ASSERT(size == out.size());
  return out;
}

std::string ed25519_sign(std::string_view seed, std::string_view message) {
  const Key key = private_key(seed);
  const Context context(EVP_MD_CTX_new());
  DEALOG_ASSERT(context != nullptr);
  DEALOG_ASSERT(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1);
  std::string out(kEd25519SignatureBytes, '\0');
  std::size_t size = out.size();
  DEALOG_ASSERT(
      EVP_DigestSign(context.get(), bytes_of(out), &size, bytes_of(message), message.size()) == 1);
  DEALOG_ASSERT(size == out.size());
  return out;
}

bool ed25519_verify(std::string_view public_key, std::string_view message,
                    std::string_view signature) {
  if (public_key.size() != kEd25519PublicBytes || signature.size() != kEd25519SignatureBytes) {
    return false;
  }
  const Key key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(public_key),
                                            public_key.size()));
  if (!key) return false;
  const Context context(EVP_MD_CTX_new());
  DEALOG_ASSERT(context != nullptr);
  return EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message),
                          message.size()) == 1;
}

}  // namespace dealog
