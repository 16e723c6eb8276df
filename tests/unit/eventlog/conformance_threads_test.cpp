// What every log promises to many threads.
#include <atomic>
#include <future>
#include <map>
#include <thread>

#include "tests/unit/eventlog/conformance.hpp"

namespace dealog::testing {

template <class Store>
class LogThreads : public LogConformance<Store> {};
TYPED_TEST_SUITE(LogThreads, LogStores);

void in_parallel(int threads, const std::function<void(int)>& work) {
  std::vector<std::jthread> running;
  for (int i = 0; i < threads; ++i) running.emplace_back(work, i);
}

TYPED_TEST(LogThreads, LetsExactlyOneOfRacingWritersWin) {
  constexpr int kWriters = 8;
  constexpr std::uint64_t kRounds = 25;
  for (std::uint64_t round = 0; round < kRounds; ++round) {
    std::atomic<int> winners = 0;
    std::atomic<int> conflicts = 0;
    in_parallel(kWriters, [&](int writer) {
      const auto appended = this->append(
          {{.stream = "deal_1", .id = 1000 * (round + 1) + static_cast<unsigned>(writer)}},
          {StreamAt{"deal_1", {round}}});
      if (appended) {
        ++winners;
      } else if (appended.error().code == "version_conflict") {
        ++conflicts;
      }
    });
    ASSERT_EQ(winners, 1) << "in round " << round;
    ASSERT_EQ(conflicts, kWriters - 1) << "in round " << round;
  }
  EXPECT_EQ(this->log().stream_version("deal_1").value(), StreamVersion{kRounds});
}

TYPED_TEST(LogThreads, LetsExactlyOneOfRacingClaimsOfATagWin) {
  std::atomic<int> winners = 0;
  in_parallel(8, [&](int claimant) {
    const auto id = static_cast<std::uint64_t>(claimant) + 1;
    const auto appended =
        this->append({{.stream = "per_" + std::to_string(id), .id = id, .open_tags = {"phone"}}},
                     {NoTagAfter{false, "phone", {0}}});
    if (appended) ++winners;
  });
  EXPECT_EQ(winners, 1);
}

TYPED_TEST(LogThreads, StoresARequestSentByManyAtOnceOnce) {
  std::atomic<int> fresh = 0;
  in_parallel(8, [&](int) {
    const auto appended = this->append(
        {{.stream = "deal_1", .id = 1, .fingerprint = "f"}, {.stream = "deal_2", .id = 2}});
    ASSERT_TRUE(appended.has_value());
    EXPECT_EQ(appended->first, Position{1});
    EXPECT_EQ(appended->last, Position{2});
    EXPECT_EQ(appended->recorded, kNoon);
    if (!appended->existed) ++fresh;
  });
  EXPECT_EQ(fresh, 1);
  EXPECT_EQ(this->log().head(), Position{2});
}

TYPED_TEST(LogThreads, KeepsEveryAppendOfManyThreadsOnceAndInOrder) {
  constexpr int kThreads = 8;
  constexpr std::uint64_t kEach = 100;
  std::mutex mutex;
  std::map<std::uint64_t, Position> acknowledged;
  in_parallel(kThreads, [&](int thread) {
    Position before;
    for (std::uint64_t i = 0; i < kEach; ++i) {
      const std::uint64_t id = static_cast<std::uint64_t>(thread + 1) * 10'000 + i;
      const auto appended = this->append({{.stream = "deal_" + std::to_string(id % 7), .id = id}});
      ASSERT_TRUE(appended.has_value()) << appended.error().code;
      EXPECT_GT(appended->last, before);
      // What was acknowledged can be read at once.
      EXPECT_GE(this->log().head(), appended->last);
      EXPECT_EQ(this->log().find_event(id_of(id)).value(), appended->last);
      before = appended->last;
      const std::scoped_lock lock(mutex);
      acknowledged[id] = appended->last;
    }
  });
  this->reopen();
  const auto events = this->read({}, Direction::kForward, 10'000);
  ASSERT_EQ(events.size(), kThreads * kEach);
  std::map<std::string, std::uint64_t> versions;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto& event = events[i];
    EXPECT_EQ(event.position.value, i + 1);
    EXPECT_EQ(event.record.version(), ++versions[event.record.stream()]);
    const auto id = get_u64(std::string_view(event.record.event_id()).substr(8));
    EXPECT_EQ(acknowledged.at(id), event.position);
  }
}

TYPED_TEST(LogThreads, WakesSubscribersAfterEachCommitUntilTheyLeave) {
  std::atomic<std::uint64_t> woken_at = 0;
  std::atomic<int> calls = 0;
  auto subscription = this->log().subscribe([&](Position head) {
    EXPECT_EQ(this->log().head(), head);
    woken_at = head.value;
    ++calls;
  });
  this->must({{.stream = "d", .id = 1}, {.stream = "d", .id = 2}});
  EXPECT_TRUE(this->log().wait_for({2}, std::chrono::seconds(10)));
  // The answer comes before the wake-up.
  const auto deadline = steady_now() + std::chrono::seconds(10);
  while (woken_at < 2 && steady_now() < deadline) std::this_thread::yield();
  EXPECT_EQ(woken_at, 2U);
  subscription.reset();
  const int calls_before = calls;
  this->must({{.stream = "d", .id = 3}});
  this->must({{.stream = "d", .id = 4}});
  EXPECT_EQ(calls, calls_before);
}

TYPED_TEST(LogThreads, WaitsForAPositionOrUntilTheTimeIsOver) {
  EXPECT_TRUE(this->log().wait_for({0}, std::chrono::milliseconds(0)));
  EXPECT_FALSE(this->log().wait_for({1}, std::chrono::milliseconds(20)));
  auto waiting = std::async(std::launch::async,
                            [&] { return this->log().wait_for({3}, std::chrono::seconds(30)); });
  this->fill("d", 1, 3);
  EXPECT_TRUE(waiting.get());
}

TYPED_TEST(LogThreads, AnswersBusyWhenItsQueueIsFull) {
  // The first callback holds the committer; what comes meanwhile fills the queue.
  std::promise<void> entered;
  std::promise<void> release;
  auto released = release.get_future().share();
  std::thread first([&] {
    this->log().append(append_of({{.stream = "d", .id = 1}}), [&](Result<Appended> appended) {
      EXPECT_TRUE(appended.has_value());
      entered.set_value();
      released.wait();
    });
  });
  entered.get_future().wait();
  std::atomic<int> accepted = 0;
  std::atomic<int> busy = 0;
  constexpr int kAppends = static_cast<int>(TypeParam::kQueueEvents) + 10;
  for (int i = 0; i < kAppends; ++i) {
    this->log().append(append_of({{.stream = "d", .id = 2 + static_cast<std::uint64_t>(i)}}),
                       [&](Result<Appended> appended) {
                         if (appended) {
                           ++accepted;
                         } else if (appended.error().code == "log_busy") {
                           ++busy;
                         }
                       });
  }
  EXPECT_EQ(busy, 10);
  EXPECT_EQ(accepted, 0);
  release.set_value();
  first.join();
  const auto queued = static_cast<int>(TypeParam::kQueueEvents);
  const auto deadline = steady_now() + std::chrono::seconds(20);
  while (accepted < queued && steady_now() < deadline) std::this_thread::yield();
  EXPECT_EQ(accepted, queued);
  EXPECT_EQ(this->log().head().value, 1 + TypeParam::kQueueEvents);
}

TYPED_TEST(LogThreads, ACallbackMayAppend) {
  std::promise<Position> chained;
  this->log().append(append_of({{.stream = "d", .id = 1}}), [&](Result<Appended> first) {
    ASSERT_TRUE(first.has_value());
    this->log().append(append_of({{.stream = "d", .id = 2}}), [&](Result<Appended> second) {
      chained.set_value(second ? second->last : Position{});
    });
  });
  EXPECT_EQ(chained.get_future().get(), Position{2});
}

}  // namespace dealog::testing
