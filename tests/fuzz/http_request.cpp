// Any bytes, in pieces of any size, through the request parser: no crash, no growth without bound,
// and the same requests whatever the pieces are.
#include <cstdlib>
#include <cstring>

#include "libs/base/assert.hpp"
#include "libs/http/request_parser.hpp"
#include "libs/http/target.hpp"

namespace {

using dealog::http::RequestParser;

constexpr std::size_t kHeaderBytes = 4096;
constexpr std::size_t kBodyLimit = 2048;

// What was understood, as text to compare.
std::string parse(std::string_view input, std::size_t piece) {
  RequestParser parser(kHeaderBytes);
  std::string seen;
  bool in_body = false;
  for (;;) {
    const auto step = in_body ? parser.read_body(kBodyLimit) : parser.read_head();
    if (step == RequestParser::Step::kError) {
      return seen + "refused " + std::to_string(parser.error().status);
    }
    if (step == RequestParser::Step::kMore) {
      const auto room = parser.room();
      const std::size_t size = std::min({piece, room.size(), input.size()});
      if (size == 0) return seen + "wants more";
      std::memcpy(room.data(), input.data(), size);
      parser.received(size);
      input.remove_prefix(size);
      continue;
    }
    if (in_body) {
      const std::string body = parser.take_body();
      DEALOG_ASSERT(body.size() <= kBodyLimit);
      seen += body + "\n";
      parser.next();
    } else {
      auto& head = parser.head();
      seen += head.target + " " + std::to_string(head.headers.size()) + " ";
      DEALOG_ASSERT(!(head.chunked && head.content_length > 0));
      if (const auto path = dealog::http::decode_path(head.target)) {
        for (const auto& segment : path->segments) DEALOG_ASSERT(segment != "..");
      }
    }
    in_body = !in_body;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string whole = parse(input, input.size() + 1);
  DEALOG_ASSERT(parse(input, 1) == whole);
  DEALOG_ASSERT(parse(input, 7) == whole);
  return 0;
}
