#include "libs/base/crypto.hpp"

#include <memory>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include "libs/base/assert.hpp"

namespace dealog {
namespace {

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

struct ContextDelete {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

// A context is dear to create (several allocations and a look-up of the cipher), so each thread
// keeps one a direction and only changes its key and nonce.
EVP_CIPHER_CTX* thread_context(bool encrypt) {
  thread_local std::unique_ptr<EVP_CIPHER_CTX, ContextDelete> contexts[2];
  auto& context = contexts[encrypt ? 1 : 0];
  if (!context) {
    context.reset(EVP_CIPHER_CTX_new());
    DEALOG_ASSERT(context != nullptr);
    DEALOG_ASSERT(EVP_CipherInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, nullptr, nullptr,
                                    encrypt ? 1 : 0) == 1);
  }
  return context.get();
}

std::string hmac(const EVP_MD* digest, std::string_view key, std::string_view data) {
  std::string out(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  // OpenSSL reads a null key as "the key of the last call".
  const char* key_data = key.empty() ? "" : key.data();
  DEALOG_ASSERT(HMAC(digest, key_data, static_cast<int>(key.size()), bytes_of(data), data.size(),
                     bytes_of(out), &size) != nullptr);
  out.resize(size);
  return out;
}

}  // namespace

std::string sha256(std::string_view data) {
  std::string out(SHA256_DIGEST_LENGTH, '\0');
  SHA256(bytes_of(data), data.size(), bytes_of(out));
  return out;
}

std::string hmac_sha256(std::string_view key, std::string_view data) {
  return hmac(EVP_sha256(), key, data);
}
std::string hmac_sha1(std::string_view key, std::string_view data) {
  return hmac(EVP_sha1(), key, data);
}

std::string random_bytes(std::size_t count) {
  std::string out(count, '\0');
  DEALOG_ASSERT(RAND_bytes(bytes_of(out), static_cast<int>(count)) == 1);
  return out;
}

bool equal_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string seal_aes256gcm(std::string_view key, std::string_view nonce, std::string_view plaintext,
                           std::string_view associated_data) {
  DEALOG_ASSERT(key.size() == kSealKeyBytes && nonce.size() == kSealNonceBytes);
  EVP_CIPHER_CTX* context = thread_context(true);
  std::string out(plaintext.size() + kSealTagBytes, '\0');
  int size = 0;
  bool ok = EVP_EncryptInit_ex(context, nullptr, nullptr, bytes_of(key), bytes_of(nonce)) == 1;
  ok = ok && EVP_EncryptUpdate(context, nullptr, &size, bytes_of(associated_data),
                               static_cast<int>(associated_data.size())) == 1;
  ok = ok && EVP_EncryptUpdate(context, bytes_of(out), &size, bytes_of(plaintext),
                               static_cast<int>(plaintext.size())) == 1;
  ok = ok && EVP_EncryptFinal_ex(context, bytes_of(out) + size, &size) == 1;
  ok = ok && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, kSealTagBytes,
                                 out.data() + plaintext.size()) == 1;
  DEALOG_ASSERT(ok);
  return out;
}

Result<std::string> open_aes256gcm(std::string_view key, std::string_view nonce,
                                   std::string_view sealed, std::string_view associated_data) {
  const auto broken = [] {
    return fail(ErrorKind::kInternal, "seal_broken",
                "a sealed box does not open with its key: its bytes were changed");
  };
  if (key.size() != kSealKeyBytes || nonce.size() != kSealNonceBytes ||
      sealed.size() < kSealTagBytes) {
    return broken();
  }
  EVP_CIPHER_CTX* context = thread_context(false);
  const std::string_view body = sealed.substr(0, sealed.size() - kSealTagBytes);
  std::string tag(sealed.substr(body.size()));
  std::string out(body.size(), '\0');
  int size = 0;
  bool ok = EVP_DecryptInit_ex(context, nullptr, nullptr, bytes_of(key), bytes_of(nonce)) == 1;
  ok = ok && EVP_DecryptUpdate(context, nullptr, &size, bytes_of(associated_data),
                               static_cast<int>(associated_data.size())) == 1;
  ok = ok && EVP_DecryptUpdate(context, bytes_of(out), &size, bytes_of(body),
                               static_cast<int>(body.size())) == 1;
  ok = ok && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, kSealTagBytes, tag.data()) == 1;
  ok = ok && EVP_DecryptFinal_ex(context, bytes_of(out) + size, &size) == 1;
  if (!ok) return broken();
  return out;
}

}  // namespace dealog
