#include "libs/http/request_parser.hpp"

#include <cstring>

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "libs/base/assert.hpp"
#include "libs/base/text.hpp"
#include "libs/http/limits.hpp"
#include "libs/http/syntax.hpp"

namespace dealog::http {

namespace beast = boost::beast;
using boost::system::error_code;

namespace {

constexpr std::size_t kFirstBuffer = 8 << 10;  // most requests fit; an idle connection holds it
constexpr std::size_t kLeastRoom = 1 << 10;
constexpr std::size_t kBodyReserve = 64 << 10;  // taken on a client's word before a byte has come
constexpr std::size_t kMaxLengthDigits = 15;

}  // namespace

// Beast's parser without its containers: fields go straight into ours.
// It reads heads only.
class RequestParser::Parser final : public beast::http::basic_parser<true> {
 public:
  Parser(RequestHead& head, std::size_t header_bytes) : head_(head) {
    // The head is given whole and was measured before.
    header_limit(static_cast<std::uint32_t>(header_bytes + 1));
    body_limit(boost::none);
  }
  bool too_many_fields() const { return fields_ > kHeaderFields; }

 private:
  using string_view = beast::string_view;

  void on_request_impl(beast::http::verb, string_view method, string_view target, int version,
                       error_code&) override {
    head_.method = http::parse_method({method.data(), method.size()});
    head_.target.assign(target.data(), target.size());
    head_.http11 = version == 11;
  }
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_field_impl(beast::http::field, string_view name, string_view value,
                     error_code& error) override {
    if (++fields_ > kHeaderFields) {
      error = beast::http::error::header_limit;
    } else {
      head_.headers.add({name.data(), name.size()}, {value.data(), value.size()});
    }
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view, error_code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view, error_code&) override { return 0; }
  void on_finish_impl(error_code&) override {}

  RequestHead& head_;
  std::size_t fields_ = 0;
};

RequestParser::RequestParser(std::size_t header_bytes) : header_bytes_(header_bytes) {
  buffer_.resize(kFirstBuffer);
}

std::span<char> RequestParser::room() {
  if (begin_ == end_) begin_ = end_ = 0;
  if (buffer_.size() - end_ < kLeastRoom) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    if (buffer_.size() - end_ < kLeastRoom) buffer_.resize(buffer_.size() * 2);
  }
  return {buffer_.data() + end_, buffer_.size() - end_};
}

RequestParser::Step RequestParser::fail(int status, std::string_view code,
                                        std::string_view detail) {
  error_ = {status, code, detail};
  return Step::kError;
}

void RequestParser::next() {
  DEALOG_ASSERT(end_ <= buffer_.size());
  scanned_ = line_start_ = head_size_ = 0;
  body_begun_ = false;
  head_ = {};
  body_.clear();
  chunks_.reset();
}

RequestParser::Step RequestParser::read_head() {
  const Step found = find_head_end();
  return found == Step::kDone ? parse_head(head_size_) : found;
}

// Looks at each byte once, however few come at a time.
RequestParser::Step RequestParser::find_head_end() {
  for (;;) {
    const char* head = buffer_.data() + begin_;
    const std::size_t size = end_ - begin_;
    if (size > 0 && !is_token_character(head[0]) && head[0] != '\r') {
      return fail(400, "malformed_request", "the request does not begin with a method");
    }
    const auto* found = static_cast<const char*>(
        std::memchr(head + scanned_, '\n', std::min(size, header_bytes_) - scanned_));
    if (!found) {
      scanned_ = std::min(size, header_bytes_);
      if (size < header_bytes_) return Step::kMore;
      return fail(431, "headers_too_large", "the request line and headers are over the limit");
    }
    const auto at = static_cast<std::size_t>(found - head);
    if (at == 0 || head[at - 1] != '\r') {
      return fail(400, "malformed_request", "a line ends without a carriage return");
    }
    const bool empty_line = at == line_start_ + 1;
    if (line_start_ > 0 && (head[line_start_] == ' ' || head[line_start_] == '\t')) {
      return fail(400, "malformed_request", "a header is folded over several lines");
    }
    scanned_ = line_start_ = at + 1;
    if (!empty_line) continue;
    if (at > 1) {
      head_size_ = at + 1;
      return Step::kDone;
    }
    begin_ += 2;  // an empty line before the request line (RFC 9112, 2.2)
    scanned_ = line_start_ = 0;
  }
}

RequestParser::Step RequestParser::parse_head(std::size_t size) {
  head_.headers.reserve(16, size);
  Parser parser(head_, header_bytes_);
  error_code error;
  const std::size_t used = parser.put({buffer_.data() + begin_, size}, error);
  if (parser.too_many_fields()) {
    return fail(431, "headers_too_large", "the request has too many headers");
  }
  if (error || used != size || !parser.is_header_done()) {
    return fail(400, "malformed_request", "the request line or a header is malformed");
  }
  begin_ += size;
  if (head_.target.size() > kTargetBytes) {
    return fail(414, "target_too_long", "the address of the request is too long");
  }
  head_.keep_alive = parser.keep_alive();
  return check_framing();
}

RequestParser::Step RequestParser::check_framing() {
  const std::size_t hosts = head_.headers.count("Host");
  if (hosts > 1 || (hosts == 0 && head_.http11)) {
    return fail(400, "malformed_request", "there must be one Host header");
  }
  if (check_length() == Step::kError || check_coding() == Step::kError) return Step::kError;
  const auto expect = head_.headers.find("Expect");
  head_.expects_continue = head_.http11 && expect.has_value();
  if (expect && !equals_ignoring_case_ascii(*expect, "100-continue")) {
    return fail(417, "expectation_failed", "only 100-continue may be expected");
  }
  return Step::kDone;
}

RequestParser::Step RequestParser::check_length() {
  head_.content_length = 0;
  const std::size_t lengths = head_.headers.count("Content-Length");
  if (lengths == 0) return Step::kDone;
  const std::string_view digits = head_.headers.get("Content-Length");
  const bool number =
      !digits.empty() && std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  if (lengths > 1 || !number || head_.headers.has("Transfer-Encoding")) {
    return fail(400, "malformed_request", "the length of the body is ambiguous");
  }
  if (digits.size() > kMaxLengthDigits) {
    return body_too_large();
  }
  for (const char c : digits) {
    head_.content_length = head_.content_length * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return Step::kDone;
}

RequestParser::Step RequestParser::check_coding() {
  const std::size_t codings = head_.headers.count("Transfer-Encoding");
  head_.chunked = codings > 0;
  if (codings == 0) return Step::kDone;
  if (codings > 1 || !head_.http11) {
    return fail(400, "malformed_request", "the length of the body is ambiguous");
  }
  if (!equals_ignoring_case_ascii(head_.headers.get("Transfer-Encoding"), "chunked")) {
    return fail(501, "unsupported_transfer_coding", "only the chunked coding is supported");
  }
  return Step::kDone;
}

RequestParser::Step RequestParser::body_too_large() {
  error_ = {413, "body_too_large", "the body is over the limit of this address",
            "тело запроса больше, чем принимает этот адрес"};
  return Step::kError;
}

RequestParser::Step RequestParser::read_body(std::size_t limit) {
  if (!body_begun_) {
    body_begun_ = true;
    if (head_.content_length > limit) {
      return body_too_large();
    }
    if (head_.chunked) chunks_.emplace(limit);
    body_.reserve(std::min<std::size_t>(head_.content_length, kBodyReserve));
  }
  if (head_.chunked) return read_chunks();
  return read_plain_body();
}

RequestParser::Step RequestParser::read_plain_body() {
  const std::size_t missing = head_.content_length - body_.size();
  const std::size_t here = std::min(missing, end_ - begin_);
  body_.append(buffer_, begin_, here);
  begin_ += here;
  return here == missing ? Step::kDone : Step::kMore;
}

RequestParser::Step RequestParser::read_chunks() {
  std::string_view input(buffer_.data() + begin_, end_ - begin_);
  const auto step = chunks_->decode(input, body_);
  begin_ = end_ - input.size();
  switch (step) {
    case ChunkDecoder::Step::kMore:
      return Step::kMore;
    case ChunkDecoder::Step::kDone:
      return Step::kDone;
    case ChunkDecoder::Step::kTooLarge:
      return body_too_large();
    case ChunkDecoder::Step::kMalformed:
      break;
  }
  return fail(400, "malformed_request", "the chunked body is malformed");
}

}  // namespace dealog::http
