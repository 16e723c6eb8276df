// Sealed files from any bytes: no crash, and nothing opens that was not sealed.
#include "libs/files/sealed_file.hpp"

#include <cstdint>
#include <string>
#include <string_view>

#include "libs/base/assert.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const dealog::SealKey key{.id = 7, .bytes = std::string(32, 'k')};
  const auto header = dealog::header_of_sealed(bytes);
  const std::string subject = header ? header->subject : std::string("fil_1");
  DEALOG_ASSERT(subject.size() <= dealog::limits::kFileSubjectBytes);
  DEALOG_ASSERT(!dealog::open_file(subject, key.bytes, bytes).has_value());

  const auto sealed = dealog::seal_file(subject, key, bytes);
  DEALOG_ASSERT(dealog::is_stored_name(sealed.stored.name));
  DEALOG_ASSERT(dealog::open_file(subject, key.bytes, sealed.bytes).value() == bytes);
  return 0;
}
