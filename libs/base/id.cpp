#include "libs/base/id.hpp"

#include <cstring>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"

namespace dealog {

std::string Uuid::hex() const { return to_hex(view()); }

Result<Uuid> Uuid::from_hex(std::string_view text) {
  auto raw = dealog::from_hex(text);
  if (!raw || raw->size() != 16) {
    return fail(ErrorKind::kInvalid, "invalid_id", "an id needs exactly 32 hex digits");
  }
  for (char c : text) {
    if (c >= 'A' && c <= 'F') {
      return fail(ErrorKind::kInvalid, "invalid_id", "hex digits of an id are lower case");
    }
  }
  return from_bytes(*raw);
}

Uuid Uuid::from_bytes(std::string_view raw) {
  Uuid uuid;
  if (raw.size() == uuid.bytes.size()) std::memcpy(uuid.bytes.data(), raw.data(), raw.size());
  return uuid;
}

Uuid Uuid::derived(const Uuid& name_space, std::string_view name) {
  std::string input(name_space.view());
  input.append(name);
  Uuid uuid = from_bytes(std::string_view(sha256(input)).substr(0, 16));
  uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0f) | 0x80);
  uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3f) | 0x80);
  return uuid;
}

}  // namespace dealog
