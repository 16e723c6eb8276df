// One I/O thread: its event loop, its connections, and the tick that looks after all their
// deadlines, so that no request needs a timer of its own.
#pragma once

#include <chrono>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace dealog::http {

class Session;

// Thread: its own, but for start(), post-free accessors named so, and join().
class IoLoop {
 public:
  IoLoop();
  ~IoLoop();

  // Any thread.
  void start();
  void finish();  // ends the loop, whatever is still on it, and joins
  boost::asio::io_context& context() { return context_; }
  bool runs_here() const { return std::this_thread::get_id() == thread_.get_id(); }

  void enter(Session& session);
  void leave(Session& session);
  const std::vector<Session*>& sessions() const { return sessions_; }

  // Of the last tick, as HTTP writes it.
  std::string_view date() const { return date_; }
  // 15 letters and digits, 75 random bits: short enough to need no allocation.
  std::string make_request_id();

 private:
  void tick();
  void arm();

  boost::asio::io_context context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer timer_;
  std::vector<Session*> sessions_;
  std::string date_;
  std::int64_t date_seconds_ = 0;
  std::mt19937_64 random_;
  std::thread thread_;
};

}  // namespace dealog::http
