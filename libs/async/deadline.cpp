#include "libs/async/deadline.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include "libs/base/assert.hpp"
#include "libs/base/clock.hpp"

namespace dealog {

namespace asio = boost::asio;

asio::awaitable<void> sleep_until(SteadyTime time) {
  asio::steady_timer timer(co_await asio::this_coro::executor, time);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> sleep_for(std::chrono::steady_clock::duration duration) {
  return sleep_until(steady_now() + duration);
}

// The timer is touched on its own executor only: by the waiter, and by what notify() posts there.
struct Signal::Waiter {
  Waiter(const asio::any_io_executor& executor, SteadyTime deadline) : timer(executor, deadline) {}
  asio::steady_timer timer;
  bool notified = false;  // on the timer's executor
};

// Takes a waiter off the list also when its coroutine is destroyed while it waits.
struct Signal::Listed {
  ~Listed() {
    const std::lock_guard lock(signal.mutex_);
    signal.waiters_.remove(waiter);
  }
  Signal& signal;
  std::shared_ptr<Waiter> waiter;
};

Signal::Signal() = default;

Signal::~Signal() {
  const std::lock_guard lock(mutex_);
  DEALOG_ASSERT(waiters_.empty());
}

void Signal::notify() {
  std::list<std::shared_ptr<Waiter>> woken;
  {
    const std::lock_guard lock(mutex_);
    ++count_;
    woken.swap(waiters_);
  }
  for (auto& waiter : woken) {
    auto executor = waiter->timer.get_executor();
    asio::post(executor, [waiter = std::move(waiter)] {
      waiter->notified = true;
      waiter->timer.cancel();
    });
  }
}

std::uint64_t Signal::count() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

asio::awaitable<bool> Signal::wait(std::uint64_t seen, SteadyTime deadline) {
  const auto waiter = std::make_shared<Waiter>(co_await asio::this_coro::executor, deadline);
  {
    const std::lock_guard lock(mutex_);
    if (count_ != seen) co_return true;
    waiters_.push_back(waiter);
  }
  const Listed listed{*this, waiter};
  boost::system::error_code error;
  co_await waiter->timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
  if (waiter->notified || count() != seen) co_return true;
  if (error) throw boost::system::system_error(error);  // the coroutine was cancelled
  co_return false;
}

}  // namespace dealog
