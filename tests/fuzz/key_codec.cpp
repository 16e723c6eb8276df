// Keys from any bytes: what can be read as a key is written back as the same bytes, and texts keep
// their order in keys.
#include "libs/storage/key_codec.hpp"

#include <cstdint>
#include <string_view>

#include "libs/base/assert.hpp"

using dealog::storage::KeyReader;
using dealog::storage::KeyWriter;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);

  KeyReader reader(bytes);
  const auto kind = reader.u8();
  const auto text = reader.text();
  const auto number = reader.i64();
  const auto newest_first = reader.u64_descending();
  if (kind && text && number && newest_first) {
    const auto rest = reader.rest();
    KeyWriter writer;
    writer.u8(*kind).text(*text).i64(*number).u64_descending(*newest_first).raw(rest);
    DEALOG_ASSERT(writer.view() == bytes);
  }

  const auto left = bytes.substr(0, size / 2);
  const auto right = bytes.substr(size / 2);
  const auto left_key = KeyWriter().text(left).u64(UINT64_MAX).take();
  const auto right_key = KeyWriter().text(right).u64(0).take();
  DEALOG_ASSERT((left < right) == (left_key < right_key) || left == right);
  KeyReader again(left_key);
  DEALOG_ASSERT(again.text() == left);
  DEALOG_ASSERT(again.u64() == UINT64_MAX && again.at_end());

  const auto end = dealog::storage::after_prefix(bytes);
  DEALOG_ASSERT(end.empty() || end > bytes);
  return 0;
}
