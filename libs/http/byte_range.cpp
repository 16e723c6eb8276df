#include "libs/http/byte_range.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "libs/base/text.hpp"
#include "libs/http/conditional.hpp"

namespace dealog::http {
namespace {

struct Range {
  std::uint64_t first = 0;
  std::uint64_t end = 0;  // behind the last; equal to first: nothing of it is there
};

// Digits only; what is larger than any file is the largest number.
std::optional<std::uint64_t> number(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.empty() || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  std::uint64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  return read.ec == std::errc() ? value : UINT64_MAX;
}

// Nothing where the header is to be passed over.
std::optional<Range> range_of(std::string_view header, std::uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (!equals_ignoring_case_ascii(header.substr(0, kUnit.size()), kUnit)) return std::nullopt;
  const std::string_view spec = trim(header.substr(kUnit.size()));
  const auto dash = spec.find('-');
  if (dash == std::string_view::npos || spec.find(',') != std::string_view::npos) {
    return std::nullopt;
  }
  const auto first = number(spec.substr(0, dash));
  const auto last = number(spec.substr(dash + 1));
  if (dash == 0) {  // the last so many
    if (!last) return std::nullopt;
    return Range{size - std::min(*last, size), size};
  }
  if (!first || (!last && dash + 1 < spec.size()) || (last && *last < *first)) return std::nullopt;
  if (*first >= size) return Range{};
  return Range{*first, last ? std::min(*last, size - 1) + 1 : size};
}

}  // namespace

Response with_range(const Request& request, std::string body, std::string_view etag) {
  Response response;
  response.headers.set("ETag", etag);
  if (none_match_hit(request, etag)) {
    response.status = 304;
    return response;
  }
  response.headers.set("Accept-Ranges", "bytes");
  const std::string_view condition = request.header("If-Range");
  const std::string_view header = request.header("Range");
  const auto range = header.empty() || (!condition.empty() && condition != etag)
                         ? std::nullopt
                         : range_of(header, body.size());
  if (!range) {
    response.body = std::move(body);
    return response;
  }
  if (range->first == range->end) {
    response.status = 416;
    response.headers.set("Content-Range", fmt::format("bytes */{}", body.size()));
    return response;
  }
  response.status = 206;
  response.headers.set("Content-Range",
                       fmt::format("bytes {}-{}/{}", range->first, range->end - 1, body.size()));
  response.body = body.substr(range->first, range->end - range->first);
  return response;
}

}  // namespace dealog::http
