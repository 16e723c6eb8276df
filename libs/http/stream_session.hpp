// A streaming answer: the producer writes, the client is watched, heartbeats fill the silence.
#pragma once

#include <chrono>
#include <exception>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include "libs/http/response.hpp"

namespace dealog::http {

class Session;

// Lives in the frame of Session::send_stream(). Thread: the loop's.
class StreamSession final : public StreamWriter {
 public:
  // `chunked` is false for HTTP/1.0, which ends a body by closing.
  StreamSession(Session& session, bool chunked);
  ~StreamSession() override;

  // Runs the producer until it returns, the client goes away or end() is called; then all that it
  // started here has ended too.
  boost::asio::awaitable<void> run(StreamBody body, bool heartbeat);
  // Cancels the producer's waits. The client sees a proper end of the stream.
  void end();

  boost::asio::awaitable<bool> write(std::string piece) override;
  bool open() const override { return open_; }

 private:
  struct Writing;

  boost::asio::awaitable<void> heartbeats();
  boost::asio::awaitable<void> watch_client();
  boost::asio::awaitable<bool> write_bytes(std::string bytes);
  void start(boost::asio::awaitable<void> work, boost::asio::cancellation_signal& cancel,
             bool is_body);
  void ended(bool is_body, std::exception_ptr thrown);

  Session& session_;
  const bool chunked_;
  bool open_ = true;       // pieces may be written
  bool connected_ = true;  // as far as we know
  bool body_runs_ = false;
  int running_ = 0;  // coroutines started here that have not ended
  bool writing_ = false;
  std::chrono::steady_clock::time_point last_write_;
  boost::asio::steady_timer written_;  // cancelled when a write ends
  boost::asio::steady_timer done_;     // cancelled when a coroutine ends
  boost::asio::cancellation_signal cancel_body_;
  boost::asio::cancellation_signal cancel_heartbeats_;
};

}  // namespace dealog::http
