// Bytes off the wire to a request, without sockets: what the session feeds and a fuzzer can too.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "libs/http/chunk_decoder.hpp"
#include "libs/http/headers.hpp"
#include "libs/http/request.hpp"

namespace dealog::http {

// Why the bytes are no request that can be answered otherwise.
struct ProtocolError {
  int status = 400;
  std::string_view code;
  std::string_view detail;
  std::string_view detail_ru = {};  // where the language is known already: after the head
};

struct RequestHead {
  Method method = Method::kOther;
  std::string target;
  Headers headers;
  bool http11 = false;
  bool keep_alive = false;
  bool chunked = false;
  bool expects_continue = false;
  std::uint64_t content_length = 0;  // 0 when absent or chunked

  bool has_body() const { return chunked || content_length > 0; }
};

// HTTP/1.x requests one after another (RFC 9112), strictly: where two readers could see different
// borders between requests, it is an error. Refused with 400: bare line feeds, folded lines, two
// Content-Length or one that is not digits, Transfer-Encoding beside Content-Length or in HTTP/1.0,
// no Host or two. 501: any coding but chunked. 431: more than `header_bytes` or kHeaderFields.
// 413: a body over its limit, before it is read. Trailers are read and dropped.
//
//   read_head() until kDone → head() → read_body(limit) until kDone → take_body() → next()
//
// Whenever one says kMore, put bytes into room() and say received(). Thread: one at a time.
class RequestParser {
 public:
  enum class Step { kMore, kDone, kError };

  explicit RequestParser(std::size_t header_bytes);

  std::span<char> room();
  void received(std::size_t bytes) { end_ += bytes; }
  // Bytes that have come and were not parsed.
  std::size_t buffered() const { return end_ - begin_; }

  Step read_head();
  RequestHead& head() { return head_; }
  // `limit` is asked for at the first call of a request.
  Step read_body(std::size_t limit);
  // How much of the body has been read.
  std::size_t body_bytes() const { return body_.size(); }
  std::string take_body() { return std::move(body_); }
  const ProtocolError& error() const { return error_; }

  // Throws away what has come and was not parsed.
  void drop_input() { begin_ = end_ = 0; }
  // Forgets the request that was read; what came after it stays buffered.
  void next();

 private:
  class Parser;  // Beast's

  Step fail(int status, std::string_view code, std::string_view detail);
  Step body_too_large();
  Step find_head_end();
  Step parse_head(std::size_t size);
  Step check_framing();
  Step check_length();
  Step check_coding();
  Step read_plain_body();
  Step read_chunks();

  const std::size_t header_bytes_;
  std::string buffer_;
  std::size_t begin_ = 0;       // of what is not parsed yet, in buffer_
  std::size_t end_ = 0;         // of what has come
  std::size_t scanned_ = 0;     // of the head, from begin_
  std::size_t line_start_ = 0;  // of the head's current line, from begin_
  std::size_t head_size_ = 0;   // once its end is found
  bool body_begun_ = false;
  RequestHead head_;
  std::string body_;
  ProtocolError error_;
  std::optional<ChunkDecoder> chunks_;
};

}  // namespace dealog::http
