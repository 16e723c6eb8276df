#include "libs/http/stream_session.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include "libs/base/assert.hpp"
#include "libs/base/clock.hpp"
#include "libs/base/logging.hpp"
#include "libs/http/io_loop.hpp"
#include "libs/http/session.hpp"
#include "libs/http/sse.hpp"

namespace dealog::http {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::steady_clock;

StreamSession::StreamSession(Session& session, bool chunked)
    : session_(session),
      chunked_(chunked),
      last_write_(steady_now()),
      written_(session.loop_.context(), steady_clock::time_point::max()),
      done_(session.loop_.context(), steady_clock::time_point::max()) {
  session_.stream_ = this;
}

StreamSession::~StreamSession() {
  DEALOG_ASSERT(running_ == 0);
  session_.stream_ = nullptr;
}

asio::awaitable<void> StreamSession::run(StreamBody body, bool heartbeat) {
  session_.phase_ = Session::Phase::kHandler;
  session_.deadline_ = {};
  body_runs_ = true;
  start(body(*this), cancel_body_, true);
  if (heartbeat) start(heartbeats(), cancel_heartbeats_, false);
  if (session_.settings_.stopping) end();
  co_await watch_client();
  end();
  cancel_heartbeats_.emit(asio::cancellation_type::terminal);
  error_code cancelled;
  while (running_ > 0) {
    co_await done_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
  if (chunked_ && connected_) co_await write_bytes("0\r\n\r\n");
}

void StreamSession::start(asio::awaitable<void> work, asio::cancellation_signal& cancel,
                          bool is_body) {
  ++running_;
  asio::co_spawn(
      session_.loop_.context(), std::move(work),
      asio::bind_cancellation_slot(cancel.slot(), [this, is_body](std::exception_ptr thrown) {
        ended(is_body, std::move(thrown));
      }));
}

void StreamSession::ended(bool is_body, std::exception_ptr thrown) {
  --running_;
  done_.cancel();
  if (is_body) {
    body_runs_ = false;
    session_.connection_->cancel();  // ends watch_client()
  }
  if (!thrown) return;
  try {
    std::rethrow_exception(std::move(thrown));
  } catch (const boost::system::system_error& error) {
    if (error.code() != asio::error::operation_aborted) {
      log_error("a stream threw", {{"exception", error.what()}});
    }
  } catch (const std::exception& error) {
    log_error("a stream threw", {{"exception", error.what()}});
  }
}

void StreamSession::end() {
  if (!open_) return;
  open_ = false;
  cancel_body_.emit(asio::cancellation_type::terminal);
}

// Nobody sends anything while listening to a stream, so a read ends when the client goes.
asio::awaitable<void> StreamSession::watch_client() {
  while (body_runs_) {
    error_code error;
    session_.parser_.drop_input();
    co_await session_.connection_->read_some(session_.parser_.room(), error);
    if (!error || !body_runs_) continue;
    connected_ = connected_ && error == asio::error::operation_aborted && !session_.timed_out_;
    if (!connected_) co_return;
  }
}

asio::awaitable<void> StreamSession::heartbeats() {
  asio::steady_timer timer(session_.loop_.context());
  const auto silence = session_.limits_.heartbeat;
  for (;;) {
    timer.expires_at(last_write_ + silence);
    co_await timer.async_wait(asio::use_awaitable);
    if (steady_now() < last_write_ + silence) continue;
    if (!co_await write(std::string(sse_heartbeat()))) co_return;
  }
}

asio::awaitable<bool> StreamSession::write(std::string piece) {
  error_code cancelled;
  while (writing_) {
    co_await written_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
  if (!open_ || !connected_) co_return false;
  if (piece.empty()) co_return true;
  if (chunked_) piece = fmt::format("{:x}\r\n{}\r\n", piece.size(), piece);
  co_return co_await write_bytes(std::move(piece)) && open_;
}

// A write that is cancelled half way leaves a torn chunk behind: then nothing more can be said.
struct StreamSession::Writing {
  explicit Writing(StreamSession& stream) : self(stream) { self.writing_ = true; }
  ~Writing() {
    self.writing_ = false;
    self.connected_ = self.connected_ && sent;
    self.session_.phase_ = Session::Phase::kHandler;
    self.session_.deadline_ = {};
    self.last_write_ = steady_now();
    self.written_.cancel();
  }
  StreamSession& self;
  bool sent = false;
};

asio::awaitable<bool> StreamSession::write_bytes(std::string bytes) {
  Writing writing(*this);
  writing.sent = co_await session_.write(bytes, "");
  co_return writing.sent;
}

}  // namespace dealog::http
