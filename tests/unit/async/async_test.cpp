#include <future>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "libs/async/blocking_pool.hpp"
#include "libs/async/callback.hpp"
#include "libs/async/deadline.hpp"
#include "libs/async/on_pool.hpp"
#include "libs/async/spawn.hpp"

namespace dealog {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

SteadyTime in(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

// Runs one coroutine to its end on a loop of its own.
template <class Coroutine>
void run(Coroutine coroutine) {
  asio::io_context loop;
  spawn_logged(loop.get_executor(), coroutine(), "test");
  loop.run();
}

// Blocks the threads of a pool until told.
struct Gate {
  std::promise<void> opened;
  std::shared_future<void> open = opened.get_future().share();
};

TEST(BlockingPool, RunsWhatIsPostedOnItsOwnThreads) {
  std::promise<std::thread::id> ran_on;
  BlockingPool pool("test", 2);
  ASSERT_TRUE(pool.post([&] { ran_on.set_value(std::this_thread::get_id()); }));
  EXPECT_NE(ran_on.get_future().get(), std::this_thread::get_id());
}

TEST(BlockingPool, RefusesWorkBeyondItsLimitInsteadOfBlocking) {
  Gate gate;
  std::promise<void> started;
  BlockingPool pool("test", 1, 2);
  ASSERT_TRUE(pool.post([&] {
    started.set_value();
    gate.open.wait();
  }));
  started.get_future().wait();
  EXPECT_TRUE(pool.post([] {}));
  EXPECT_TRUE(pool.post([] {}));
  EXPECT_EQ(pool.queued(), 2u);
  const auto refused = pool.post([] {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(refused.error().code, "overloaded");
  gate.opened.set_value();
}

TEST(BlockingPool, FinishesWhatWasQueuedBeforeItGoes) {
  std::atomic<int> ran = 0;
  {
    BlockingPool pool("test", 2);
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(pool.post([&] { ++ran; }));
  }
  EXPECT_EQ(ran, 100);
}

TEST(OnPool, ResumesOnTheCallersThreadWithTheValue) {
  BlockingPool pool("test", 1);
  run([&]() -> asio::awaitable<void> {
    const auto caller = std::this_thread::get_id();
    std::thread::id worker;
    const auto answer = co_await on_pool(pool, [&] {
      worker = std::this_thread::get_id();
      return 42;
    });
    EXPECT_EQ(answer.value(), 42);
    EXPECT_EQ(std::this_thread::get_id(), caller);
    EXPECT_NE(worker, caller);
  });
}

TEST(OnPool, HandsOverTheErrorsOfTheFunction) {
  BlockingPool pool("test", 1);
  run([&]() -> asio::awaitable<void> {
    const Result<int> answer = co_await on_pool(pool, []() -> Result<int> {
      return fail(ErrorKind::kNotFound, "deal_not_found", "no such deal");
    });
    EXPECT_FALSE(answer);
    EXPECT_EQ(answer.error().code, "deal_not_found");
    const Result<void> nothing = co_await on_pool(pool, [] {});
    EXPECT_TRUE(nothing);
  });
}

asio::awaitable<Result<int>> doubled(BlockingPool& pool) {
  const int half = CO_TRY(co_await on_pool(pool, []() -> Result<int> { return 21; }));
  co_return half * 2;
}

TEST(OnPool, WorksInsideCoTry) {
  BlockingPool pool("test", 1);
  run([&]() -> asio::awaitable<void> { EXPECT_EQ((co_await doubled(pool)).value(), 42); });
}

TEST(OnPool, SaysOverloadedWhenTheQueueIsFull) {
  Gate gate;
  std::promise<void> started;
  BlockingPool pool("test", 1, 1);
  ASSERT_TRUE(pool.post([&] {
    started.set_value();
    gate.open.wait();
  }));
  started.get_future().wait();
  ASSERT_TRUE(pool.post([] {}));
  run([&]() -> asio::awaitable<void> {
    const auto answer = co_await on_pool(pool, [] { return 1; });
    EXPECT_FALSE(answer);
    EXPECT_EQ(answer.error().code, "overloaded");
  });
  gate.opened.set_value();
}

TEST(FromCallback, WaitsForAnotherThreadWithoutEndingTheLoop) {
  std::thread other;
  run([&]() -> asio::awaitable<void> {
    const auto text = co_await from_callback<std::string>([&](Callback<std::string> done) {
      other = std::thread([done = std::move(done)]() mutable {
        std::this_thread::sleep_for(20ms);
        done("said");
      });
    });
    EXPECT_EQ(text, "said");
  });
  other.join();
}

TEST(Signal, WakesWhoWaitsAndLosesNothingSaidInBetween) {
  Signal grown;
  std::atomic<int> size = 0;
  std::thread writer([&] {
    for (int i = 0; i < 10'000; ++i) {
      ++size;
      grown.notify();
    }
  });
  run([&]() -> asio::awaitable<void> {
    for (auto seen = grown.count(); size < 10'000; seen = grown.count()) {
      if (!co_await grown.wait(seen, in(20s))) break;
    }
    EXPECT_EQ(size, 10'000);
  });
  writer.join();
}

TEST(Signal, GivesUpAtTheDeadline) {
  Signal quiet;
  run([&]() -> asio::awaitable<void> {
    const auto started = std::chrono::steady_clock::now();
    EXPECT_FALSE(co_await quiet.wait(quiet.count(), in(30ms)));
    EXPECT_GE(std::chrono::steady_clock::now() - started, 30ms);
  });
}

TEST(Signal, WaitEndsWhenItsCoroutineIsCancelled) {
  Signal quiet;
  asio::io_context loop;
  asio::cancellation_signal cancel;
  bool aborted = false;
  const auto wait = [&]() -> asio::awaitable<void> { co_await quiet.wait(quiet.count(), in(60s)); };
  asio::co_spawn(loop, wait(),
                 asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr thrown) {
                   aborted = thrown != nullptr;
                 }));
  asio::post(loop, [&] { cancel.emit(asio::cancellation_type::terminal); });
  loop.run();
  EXPECT_TRUE(aborted);
}

TEST(Spawn, AbortsWhenAnExceptionEscapes) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(run([]() -> asio::awaitable<void> {
                 throw std::runtime_error("a bug");
                 co_return;
               }),
               "a bug");
}

}  // namespace
}  // namespace dealog
