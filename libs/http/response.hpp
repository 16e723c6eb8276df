// What a handler answers: a body in memory, or a stream that is written piece by piece.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/json/fwd.hpp>

#include "libs/http/headers.hpp"

namespace dealog::http {

namespace media_type {
inline constexpr std::string_view kJson = "application/json";
inline constexpr std::string_view kProblem = "application/problem+json";
inline constexpr std::string_view kNdjson = "application/x-ndjson";
inline constexpr std::string_view kEvents = "text/event-stream";
inline constexpr std::string_view kText = "text/plain; charset=utf-8";
inline constexpr std::string_view kHtml = "text/html; charset=utf-8";
inline constexpr std::string_view kMetrics = "text/plain; version=0.0.4; charset=utf-8";
}  // namespace media_type

// Where a streaming handler puts its pieces. Valid until the body coroutine ends.
// Thread: the executor of the connection, on which the body runs.
class StreamWriter {
 public:
  virtual ~StreamWriter() = default;
  // Sends one piece and waits until the kernel has it: a slow client slows the producer down.
  // False when the client is gone or the server stops: return then.
  virtual boost::asio::awaitable<bool> write(std::string piece) = 0;
  // False from the moment that the client is gone or the server stops.
  virtual bool open() const = 0;
};

// Runs on the connection's executor. When the client goes away or the server stops, waits inside it
// (timers, Signal::wait) are cancelled and throw operation_aborted, which is swallowed.
using StreamBody = std::function<boost::asio::awaitable<void>(StreamWriter&)>;

struct Response {
  int status = 200;
  // A constant of media_type or any text that outlives the response; a Content-Type among
  // `headers` goes before it. Nothing is sent for an empty body without it.
  std::string_view content_type = {};
  Headers headers = {};
  std::string body = {};
  // Bytes that outlive the server (embedded files); sent instead of an empty `body`, uncopied.
  std::string_view static_body = {};
  // When set, body and static_body are ignored and the answer is chunked.
  StreamBody stream = {};
  // A text/event-stream that says nothing for 15 s gets a comment, so that proxies keep it open.
  bool heartbeat = false;

  Response&& with(std::string_view name, std::string_view value) && {
    headers.set(name, value);
    return std::move(*this);
  }

  static Response json(int status, std::string text);
  static Response json(int status, const boost::json::value& value);
  static Response text(int status, std::string text);
  static Response bytes(std::string_view content_type, std::string body);
  // Bytes of an embedded file; both arguments outlive the server.
  static Response embedded(std::string_view content_type, std::string_view body);
  // 204.
  static Response no_content();
  // Pieces of text/event-stream (see sse.hpp), with heartbeats.
  static Response events(StreamBody body);
  // Lines of application/x-ndjson.
  static Response ndjson(StreamBody body);
};

}  // namespace dealog::http
