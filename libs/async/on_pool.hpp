// `co_await on_pool(pool, fn)`: a blocking call from a coroutine.
#pragma once

#include <type_traits>
#include <utility>

#include <boost/asio/awaitable.hpp>

#include "libs/async/blocking_pool.hpp"
#include "libs/async/callback.hpp"
#include "libs/base/result.hpp"

namespace dealog {

template <class T>
inline constexpr bool kIsResult = false;
template <class T>
inline constexpr bool kIsResult<Result<T>> = true;

// What on_pool yields for a function that returns T: Result<T>, or T when it is a Result already.
template <class T>
using PoolResult = std::conditional_t<kIsResult<T>, T, Result<T>>;

// Runs `function` on a thread of the pool and resumes on the caller's executor with what it
// returned. It and what it refers to must stay until then, which locals of the caller do: the wait
// cannot be cancelled. `function` must not throw.
// Errors: the function's, or kUnavailable "overloaded" when the pool's queue is full.
template <class Function>
boost::asio::awaitable<PoolResult<std::invoke_result_t<Function&>>> on_pool(BlockingPool& pool,
                                                                            Function function) {
  using Returned = std::invoke_result_t<Function&>;
  using Outcome = PoolResult<Returned>;
  co_return co_await from_callback<Outcome>([&](Callback<Outcome> done) {
    // Shared, because a refused post destroys the work and the refusal must still be told.
    auto shared = std::make_shared<Callback<Outcome>>(std::move(done));
    auto posted = pool.post([&function, shared] {
      if constexpr (std::is_void_v<Returned>) {
        function();
        (*shared)(Outcome{});
      } else {
        (*shared)(Outcome(function()));
      }
    });
    if (!posted) (*shared)(Outcome(fail(std::move(posted).error())));
  });
}

}  // namespace dealog
