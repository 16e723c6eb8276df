// Any text as a request target: no path that is accepted leaves its folder or can be read in two
// ways, and routing gives parameters back as they are in the path.
#include "libs/base/assert.hpp"
#include "libs/base/encoding.hpp"
#include "libs/base/text.hpp"
#include "libs/http/client_address.hpp"
#include "libs/http/conditional.hpp"
#include "libs/http/router.hpp"
#include "libs/http/target.hpp"

using namespace dealog;
using namespace dealog::http;

namespace {

const Router& router() {
  static const Router made = [] {
    Router routes;
    const auto nothing = [](const Request&) -> Result<Response> { return Response::no_content(); };
    for (const auto* pattern : {"/", "/v1/deals/{id}", "/v1/deals/new", "/v1/quotes/{id}.pdf",
                                "/v1/quotes/{id}", "/hooks/{source}/{token}/{rest...}"}) {
      routes.add(Method::kGet, pattern, PlainHandler(nothing));
    }
    return routes;
  }();
  return made;
}

void check_path(std::string_view target) {
  const auto path = decode_path(target);
  if (!path) return;
  std::string again;
  for (const auto& segment : path->segments) {
    DEALOG_ASSERT(segment != "." && segment != ".." && is_valid_utf8(segment));
    DEALOG_ASSERT(segment.find_first_of(std::string_view("/\\\0", 3)) == std::string::npos);
    again += "/" + percent_encode(segment);
  }
  if (again.empty()) again = "/";
  DEALOG_ASSERT(decode_path(again)->segments == path->segments);
  const auto match = router().match(Method::kGet, path->segments);
  if (!match.route) return;
  for (const auto& [name, value] : match.params) {
    DEALOG_ASSERT(path->text.find(value) != std::string::npos);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_path(text);
  if (const auto query = decode_query(text)) {
    for (const auto& [name, value] : query->items()) {
      DEALOG_ASSERT(is_valid_utf8(name) && is_valid_utf8(value));
    }
  }
  Request request;
  request.headers.add("Idempotency-Key", text);
  request.headers.add("If-Match", text);
  request.headers.add("If-None-Match", text);
  if (const auto key = idempotency_key(request)) DEALOG_ASSERT(!(*key)->empty());
  (void)IfMatch::parse(request);
  (void)none_match_hit(request, "\"7\"");
  (void)preferred_language(text);
  (void)client_address("10.0.0.1", text, {*IpNetwork::parse("10.0.0.0/8")});
  if (const auto network = IpNetwork::parse(text))
    DEALOG_ASSERT(network->contains(network->address));
  return 0;
}
