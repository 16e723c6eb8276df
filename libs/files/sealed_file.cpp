#include "libs/files/sealed_file.hpp"

#include <algorithm>

#include "libs/base/assert.hpp"
#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"

namespace dealog {
namespace {

constexpr std::string_view kMagic = "DLGF";
constexpr char kVersion = 1;
constexpr std::size_t kNameBytes = 32;
constexpr std::size_t kFixedHeaderBytes = 4 + 1 + 8 + 1;  // before the subject

std::unexpected<Error> broken(std::string_view why) {
  return fail(ErrorKind::kInternal, "file_broken",
              "a stored file " + std::string(why) + "; run `dealog verify` and restore `files/`");
}

std::string header_of(std::string_view subject, KeyId key) {
  std::string header(kMagic);
  header += kVersion;
  put_u64(header, key);
  header += static_cast<char>(subject.size());
  header += subject;
  return header;
}

// Hash and cipher do not share a key.
std::string name_of(std::string_view key, std::string_view content) {
  return hmac_sha256(hmac_sha256(key, "dealog file name 1"), content);
}

struct Parts {
  std::string_view header;  // with the subject
  std::string_view subject;
  std::string_view nonce;
  std::string_view sealed;
};

Result<Parts> take_apart(std::string_view bytes) {
  if (bytes.size() < kFixedHeaderBytes || !bytes.starts_with(kMagic)) {
    return broken("has not the form of one");
  }
  if (bytes[kMagic.size()] != kVersion) return broken("is of another version");
  const auto subject_bytes = static_cast<std::uint8_t>(bytes[kFixedHeaderBytes - 1]);
  const std::size_t header = kFixedHeaderBytes + subject_bytes;
  if (subject_bytes > limits::kFileSubjectBytes || bytes.size() < header) {
    return broken("has a header that ends too early");
  }
  Parts parts{.header = bytes.substr(0, header),
              .subject = bytes.substr(kFixedHeaderBytes, subject_bytes),
              .nonce = {},
              .sealed = {}};
  if (bytes.size() < header + kSealNonceBytes + kSealTagBytes) return parts;
  parts.nonce = bytes.substr(header, kSealNonceBytes);
  parts.sealed = bytes.substr(header + kSealNonceBytes);
  return parts;
}

}  // namespace

SealedFile seal_file(std::string_view subject, const SealKey& key, std::string_view content) {
  DEALOG_ASSERT(subject.size() <= limits::kFileSubjectBytes);
  const std::string name = name_of(key.bytes, content);
  // Two contents under one key have two names and so two nonces; one content has one.
  const std::string nonce = name.substr(kNameBytes - kSealNonceBytes);
  SealedFile out;
  out.bytes = header_of(subject, key.id);
  const std::string sealed = seal_aes256gcm(key.bytes, nonce, content, out.bytes);
  out.bytes.reserve(out.bytes.size() + nonce.size() + sealed.size());
  out.bytes += nonce;
  out.bytes += sealed;
  out.stored = {.name = to_hex(name), .sealed_sha256 = to_hex(sha256(out.bytes)), .key = key.id};
  return out;
}

Result<std::string> open_file(std::string_view subject, std::string_view key,
                              std::string_view sealed) {
  const Parts parts = TRY(take_apart(sealed));
  if (parts.subject != subject) return broken("belongs to something else");
  if (parts.nonce.empty()) return broken("is cut off");
  auto content = open_aes256gcm(key, parts.nonce, parts.sealed, parts.header);
  if (!content) return broken("has other bytes than were stored");
  return content;
}

Result<SealedFileHeader> header_of_sealed(std::string_view sealed) {
  const Parts parts = TRY(take_apart(sealed));
  return SealedFileHeader{.subject = std::string(parts.subject),
                          .key = get_u64(parts.header.substr(kMagic.size() + 1))};
}

bool is_stored_name(std::string_view name) {
  return name.size() == 2 * kNameBytes && std::ranges::all_of(name, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

}  // namespace dealog
