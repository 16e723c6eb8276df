// Any bytes of a mail server, in pieces of any size: no crash, no growth without bound, and the
// same responses whatever the pieces are.
#include "libs/base/assert.hpp"
#include "libs/outbound/imap/folder_name.hpp"
#include "libs/outbound/imap/response.hpp"

namespace {

namespace imap = dealog::outbound::imap;

constexpr std::size_t kLiteralBytes = 2048;

std::size_t depth_of(const std::vector<imap::Value>& values) {
  std::size_t deepest = 0;
  for (const auto& value : values) deepest = std::max(deepest, 1 + depth_of(value.items));
  return deepest;
}

// What was understood, as text to compare.
std::string read(std::string_view input, std::size_t piece) {
  imap::ResponseReader reader(kLiteralBytes);
  std::string seen;
  while (!input.empty()) {
    const auto size = std::min(piece, input.size());
    const bool taken = reader.feed(input.substr(0, size)).has_value();
    input.remove_prefix(size);
    while (auto raw = reader.take()) {
      std::size_t bytes = 0;
      for (const auto& literal : raw->literals) bytes += literal.size();
      DEALOG_ASSERT(bytes <= kLiteralBytes);
      auto response = imap::parse_response(*std::move(raw));
      seen += response.tag + " " + response.name + " " + response.code + "\n";
      (void)imap::numbers_of(response.rest);
      seen += imap::quoted_folder(imap::folder_name(response.rest)) + "\n";
      auto values = imap::take_values(response);
      seen += values ? std::to_string(values->size()) : values.error().code;
      if (!values) continue;
      DEALOG_ASSERT(depth_of(*values) <= imap::kValueDepth + 2);
      if (auto* found = imap::fetched(*values, "UID")) seen += found->text;
    }
    if (!taken) return seen + "refused";
  }
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string whole = read(input, input.size() + 1);
  DEALOG_ASSERT(read(input, 1) == whole);
  DEALOG_ASSERT(read(input, 7) == whole);
  return 0;
}
