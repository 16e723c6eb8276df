#include "libs/connectors/signature/digest.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>
#include <vector>

#include <boost/crc.hpp>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/base/text.hpp"

namespace dealog::connectors {
namespace {

constexpr std::size_t kCertificates = 8;  // of one setting

constexpr std::array<std::pair<std::string_view, Hash>, 6> kHashes{{
    {"md5", Hash::kMd5},
    {"ripemd160", Hash::kRipemd160},
    {"sha1", Hash::kSha1},
    {"sha256", Hash::kSha256},
    {"sha384", Hash::kSha384},
    {"sha512", Hash::kSha512},
}};

struct Free {
  void operator()(EVP_MD* md) const { EVP_MD_free(md); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(BIO* bio) const { BIO_free(bio); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Owned<EVP_MD> fetch(Hash hash) {
  const auto* known = std::find_if(kHashes.begin(), kHashes.end(),
                                   [&](const auto& entry) { return entry.second == hash; });
  return Owned<EVP_MD>(EVP_MD_fetch(nullptr, known->first.data(), nullptr));
}

std::vector<Owned<X509>> certificates(std::string_view pem) {
  std::vector<Owned<X509>> out;
  const Owned<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  while (bio && out.size() < kCertificates) {
    Owned<X509> next(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!next) break;
    out.push_back(std::move(next));
  }
  return out;
}

bool verifies(EVP_PKEY* key, const EVP_MD* hash, std::string_view data,
              std::string_view signature) {
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  return key && context && EVP_DigestVerifyInit(context.get(), nullptr, hash, nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(data),
                          data.size()) == 1;
}

}  // namespace

std::optional<Hash> hash_named(std::string_view name) {
  for (const auto& [known, hash] : kHashes) {
    if (equals_ignoring_case_ascii(known, name)) return hash;
  }
  return std::nullopt;
}

std::string digest(Hash hash, std::string_view data) {
  const Owned<EVP_MD> md = fetch(hash);
  std::string out(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  if (!md || EVP_Digest(data.data(), data.size(), reinterpret_cast<unsigned char*>(out.data()),
                        &size, md.get(), nullptr) != 1) {
    return {};
  }
  out.resize(size);
  return out;
}

std::string hmac(Hash hash, std::string_view key, std::string_view data) {
  const Owned<EVP_MD> md = fetch(hash);
  std::string out(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  // OpenSSL reads a null key as "the key of the last call".
  if (!md ||
      HMAC(md.get(), key.empty() ? "" : key.data(), static_cast<int>(key.size()), bytes_of(data),
           data.size(), reinterpret_cast<unsigned char*>(out.data()), &size) == nullptr) {
    return {};
  }
  out.resize(size);
  return out;
}

bool is_hex_of(std::string_view given, std::string_view bytes) {
  const std::string lower = to_hex(bytes);
  std::string upper = lower;
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 32) : c; });
  const bool is_lower = equal_constant_time(given, lower);
  const bool is_upper = equal_constant_time(given, upper);
  return !bytes.empty() && (is_lower || is_upper);
}

bool is_base64_of(std::string_view given, std::string_view bytes) {
  return !bytes.empty() && equal_constant_time(given, to_base64(bytes));
}

bool rsa_sha256_verifies(std::string_view pem, std::string_view data, std::string_view signature) {
  for (const auto& certificate : certificates(pem)) {
    const Owned<EVP_PKEY> key(X509_get_pubkey(certificate.get()));
    if (key && EVP_PKEY_is_a(key.get(), "RSA") == 1 &&
        verifies(key.get(), EVP_sha256(), data, signature)) {
      return true;
    }
  }
  return false;
}

bool is_certificate_pem(std::string_view text) {
  std::size_t marks = 0;
  constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----";
  for (auto at = text.find(kBegin); at != std::string_view::npos; at = text.find(kBegin, at + 1)) {
    ++marks;
  }
  return marks > 0 && certificates(text).size() == marks;
}

std::uint32_t crc32(std::string_view data) {
  boost::crc_32_type crc;
  crc.process_bytes(data.data(), data.size());
  return crc.checksum();
}

}  // namespace dealog::connectors
