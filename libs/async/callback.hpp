// From callbacks to coroutines: waiting for something that another thread will say.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "libs/base/assert.hpp"

namespace dealog {

// Resumes the waiting coroutine with a value on its own executor. Called exactly once, from any
// thread; one that is destroyed uncalled would leave the coroutine waiting for ever, and aborts.
template <class T>
class Callback {
 public:
  explicit Callback(std::move_only_function<void(T)> resume) : resume_(std::move(resume)) {}
  Callback(Callback&& other) noexcept : resume_(std::exchange(other.resume_, nullptr)) {}
  Callback& operator=(Callback&&) = delete;
  ~Callback() { DEALOG_ASSERT(!resume_); }

  void operator()(T value) {
    DEALOG_ASSERT(resume_);
    std::exchange(resume_, nullptr)(std::move(value));
  }

 private:
  std::move_only_function<void(T)> resume_;
};

// `co_await from_callback<Position>([&](Callback<Position> done) { log.append(…, std::move(done));
// })` `start` runs at once on the calling thread. Cancelling the coroutine does not cut this wait
// short: what was started has an outcome, and somebody must hear it.
template <class T, class Start>
boost::asio::awaitable<T> from_callback(Start start) {
  namespace asio = boost::asio;
  const auto executor = co_await asio::this_coro::executor;
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(T)>(
      [&start, &executor](auto handler) {
        // The executor counts this as work, so that its loop does not end before the answer.
        auto tracked = asio::prefer(executor, asio::execution::outstanding_work.tracked);
        start(Callback<T>([handler = std::move(handler), tracked](T value) mutable {
          asio::post(tracked, [handler = std::move(handler), value = std::move(value)]() mutable {
            std::move(handler)(std::move(value));
          });
        }));
      },
      asio::use_awaitable);
}

}  // namespace dealog
