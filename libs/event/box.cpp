// Sealed boxes: AES-256-GCM under the subject's key.
#include "dealog/v1/record.pb.h"
#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/event/codec.hpp"
#include "libs/event/seal.hpp"

namespace dealog {
namespace {

constexpr std::uint32_t kAes256Gcm = 1;
constexpr std::size_t kNoncePoolBytes = 12 * 256;

SealState seal_state(KeyState state) {
  switch (state) {
    case KeyState::kPresent:
      return SealState::kOpened;
    case KeyState::kErased:
      return SealState::kErased;
    case KeyState::kLost:
      return SealState::kLost;
  }
  return SealState::kLost;
}

std::string associated_data(const Uuid& event_id, std::size_t box_number, KeyId key) {
  std::string out(event_id.view());
  out += static_cast<char>(box_number);
  put_u64(out, key);
  return out;
}

}  // namespace

std::string next_nonce() {
  // Drawn in bulk: one call of the generator costs more than one sealing.
  thread_local std::string pool;
  if (pool.size() < kSealNonceBytes) pool = random_bytes(kNoncePoolBytes);
  std::string nonce = pool.substr(pool.size() - kSealNonceBytes);
  pool.resize(pool.size() - kSealNonceBytes);
  return nonce;
}

void seal_box(const google::protobuf::Message& fields, v1::Privacy privacy, const SealKey& key,
              const Uuid& event_id, std::size_t box_number, v1::SealedBox& box) {
  box.set_algorithm(kAes256Gcm);
  box.set_key_id(key.id);
  box.set_nonce(next_nonce());
  box.set_ciphertext(seal_aes256gcm(key.bytes, box.nonce(), fields.SerializeAsString(),
                                    associated_data(event_id, box_number, key.id)));
  box.set_privacy(static_cast<std::uint32_t>(privacy));
}

Result<SealState> open_box(const v1::SealedBox& box, std::size_t box_number, const Uuid& event_id,
                           const KeyRing& keys, google::protobuf::Message& into) {
  std::string key;
  const KeyState state = keys.find(box.key_id(), &key);
  if (state != KeyState::kPresent) return seal_state(state);
  const std::string plain = TRY(open_aes256gcm(
      key, box.nonce(), box.ciphertext(), associated_data(event_id, box_number, box.key_id())));
  if (box.algorithm() != kAes256Gcm || !into.MergeFromString(plain)) {
    return fail(ErrorKind::kInternal, "seal_broken",
                "a sealed box of event evt_" + event_id.hex() + " holds no readable fields");
  }
  return SealState::kOpened;
}

SealedBytes seal_bytes(const SealKey& key, std::string_view plaintext,
                       std::string_view associated_data) {
  std::string nonce = next_nonce();
  std::string sealed = seal_aes256gcm(key.bytes, nonce, plaintext, associated_data);
  return {key.id, nonce + sealed};
}

Result<std::string> open_bytes(std::string_view sealed, KeyId key_id, const KeyRing& keys,
                               std::string_view associated_data, SealState* state) {
  std::string key;
  *state = seal_state(keys.find(key_id, &key));
  if (*state != SealState::kOpened) return std::string();
  if (sealed.size() < kSealNonceBytes) {
    return fail(ErrorKind::kInternal, "seal_broken", "sealed bytes are shorter than their nonce");
  }
  return open_aes256gcm(key, sealed.substr(0, kSealNonceBytes), sealed.substr(kSealNonceBytes),
                        associated_data);
}

}  // namespace dealog
