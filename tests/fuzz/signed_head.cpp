// Signed heads and verifier keys from any bytes: no crash; nothing that was not signed opens; a key
// that can be read is 32 bytes.
#include "libs/eventlog/signed_head.hpp"

#include <cstdint>
#include <string>
#include <string_view>

#include "libs/base/assert.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string public_key(32, 'k');
  const auto head = dealog::open_head(bytes, public_key);
  DEALOG_ASSERT(!head.has_value());
  const auto code = head.error().code;
  DEALOG_ASSERT(code == "head_unreadable" || code == "head_forged");
  if (const auto key = dealog::public_key_of(bytes)) DEALOG_ASSERT(key->size() == 32);

  // A note of ours with these bytes for a signature says the same about them.
  dealog::TreeHead ours{.log_id = std::string(16, 'l'), .epoch = "1", .position = {size}};
  const auto signature = std::string(bytes.substr(0, 64)) + std::string(64, '\0');
  const auto note = dealog::sign_head(ours, public_key,
                                      [&](std::string_view) { return signature.substr(0, 64); });
  DEALOG_ASSERT(!dealog::open_head(note, public_key).has_value());
  return 0;
}
