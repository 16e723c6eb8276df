// One client connection: requests one after another until somebody has had enough.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "libs/http/connection.hpp"
#include "libs/http/request_parser.hpp"
#include "libs/http/server.hpp"

namespace dealog::http {

class IoLoop;
class StreamSession;
struct HeadContext;

// What all sessions of a server share; constant while it runs, but for the two flags.
struct SessionSettings {
  ServerOptions options;
  Router router;
  std::atomic<bool> stopping = false;
  std::atomic<bool> full = false;  // at the limit of connections: idle ones go sooner
};

// Thread: the loop's.
class Session {
 public:
  Session(SessionSettings& settings, IoLoop& loop, std::unique_ptr<Connection> connection,
          std::string remote_address);
  ~Session();

  // Serves until the connection ends.
  static boost::asio::awaitable<void> run(std::unique_ptr<Session> self);

  // Looks after the deadline; called by the loop.
  void tick(std::chrono::steady_clock::time_point now);
  // Idle: closes. Streaming: ends the stream. Else the running request is the last.
  void stop();
  void close() { connection_->close(); }

  void set_place(std::size_t place) { place_ = place; }
  std::size_t place() const { return place_; }

 private:
  friend class StreamSession;
  using Time = std::chrono::steady_clock::time_point;
  using Milliseconds = std::chrono::milliseconds;

  // What is being waited for, and so what happens at deadline_.
  enum class Phase {
    kHandshake,  // close
    kIdle,       // close
    kHead,       // 408
    kBody,       // 408
    kHandler,    // no deadline of ours
    kWrite,      // close
    kLinger,     // close
  };

  struct Exchange;

  boost::asio::awaitable<void> serve();
  boost::asio::awaitable<bool> serve_one();
  boost::asio::awaitable<bool> read_head(Exchange& exchange);
  boost::asio::awaitable<bool> read_body(Exchange& exchange);
  boost::asio::awaitable<bool> read_more();
  boost::asio::awaitable<Response> answer(const Exchange& exchange, Request request);
  boost::asio::awaitable<bool> refuse(Exchange& exchange, Response response);
  boost::asio::awaitable<bool> refuse(Exchange& exchange, const ProtocolError& error);
  boost::asio::awaitable<bool> send(Exchange& exchange, Response response);
  boost::asio::awaitable<bool> send_stream(Exchange& exchange, Response response);
  boost::asio::awaitable<bool> write(std::string_view first, std::string_view second);
  boost::asio::awaitable<void> linger();

  // Finds the route. A response when the request is answered without a handler.
  std::optional<Response> route(Exchange& exchange);
  Request make_request(Exchange& exchange);
  std::string client_of(const Headers& headers) const;
  HeadContext head_context(const Exchange& exchange) const;
  void finished(const Exchange& exchange, int status);

  void enter(Phase phase, Milliseconds within);
  void enter_idle();

  SessionSettings& settings_;
  const ServerLimits& limits_;
  IoLoop& loop_;
  std::unique_ptr<Connection> connection_;
  const std::string remote_address_;
  const bool peer_is_trusted_proxy_;
  RequestParser parser_;
  Phase phase_ = Phase::kHandshake;
  Time phase_start_{};
  Time deadline_{};
  bool timed_out_ = false;
  std::string out_;  // the bytes of the answer's head and of a small body, kept between answers
  StreamSession* stream_ = nullptr;
  std::size_t place_ = 0;
};

}  // namespace dealog::http
