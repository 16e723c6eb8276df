#include <future>
#include <latch>
#include <thread>

#include "dealog/v1/deal_events.pb.h"
#include "dealog/v1/party_events.pb.h"
#include "libs/base/limits.hpp"
#include "tests/support/forwarding_log.hpp"
#include "tests/unit/command/workshop.hpp"

namespace dealog {
namespace {

NewEvent named(std::string name) {
  v1::PersonRegistered event;
  event.set_name(std::move(name));
  return make_event(std::move(event));
}

TEST(CommandBus, AppendsWhatTheWorkEmitsAndTellsWhereItStands) {
  Workshop shop;
  const auto outcome = shop.bus().run(shop.request("per_1"), [](Unit& unit) -> Result<void> {
    TRY(unit.load<person::State>("per_1"));
    unit.emit("per_1", {named("Anna")});
    unit.emit("per_2", {named("Boris")});
    return {};
  });
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->first.value, 1u);
  EXPECT_EQ(outcome->last.value, 2u);
  EXPECT_FALSE(outcome->existed);
  ASSERT_EQ(outcome->events.size(), 2u);
  EXPECT_EQ(outcome->events[0].id, outcome->command_id);
  EXPECT_EQ(outcome->version_of("per_1"), StreamVersion{1});
  EXPECT_EQ(outcome->version_of("per_2"), StreamVersion{1});
  EXPECT_EQ(outcome->find<v1::PersonRegistered>()->stream, "per_1");
  EXPECT_EQ(shop.log.find_event(outcome->command_id).value(), Position{1});
  EXPECT_EQ(shop.state<person::State>("per_1")->name, "Anna");
}

TEST(CommandBus, GivesBackTheErrorOfTheWorkAndWritesNothing) {
  Workshop shop;
  const auto outcome = shop.bus().run(shop.request(), [](Unit& unit) -> Result<void> {
    unit.emit("per_1", {named("Anna")});
    return fail(ErrorKind::kUnprocessable, "gate_not_met", "no");
  });
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, "gate_not_met");
  EXPECT_EQ(shop.log.head(), Position{});
  EXPECT_EQ(shop.bus().stats().refused, 1u);
}

TEST(CommandBus, AWorkThatChangesNothingAnswersWithTheHeadOfTheLog) {
  Workshop shop;
  shop.publish_web_studio();
  const auto outcome = shop.bus().run(shop.request(), [](Unit&) -> Result<void> { return {}; });
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->first, Position{});
  EXPECT_EQ(outcome->last, shop.log.head());
  EXPECT_TRUE(outcome->events.empty());
}

TEST(CommandBus, TheUnitSeesWhatItHasEmitted) {
  Workshop shop;
  shop.must([](Unit& unit) -> Result<bool> {
    EXPECT_FALSE(TRY(unit.load<person::State>("per_1"))->exists());
    unit.emit("per_1", {named("Anna")});
    const auto* anna = TRY(unit.load<person::State>("per_1"));
    EXPECT_EQ(anna->name, "Anna");
    EXPECT_EQ(anna->version, StreamVersion{1});
    EXPECT_EQ(unit.version_of("per_1"), StreamVersion{0});
    v1::PersonDetailsChanged renamed;
    renamed.set_name("Anna K");
    unit.emit("per_1", {make_event(std::move(renamed))});
    EXPECT_EQ(TRY(unit.load<person::State>("per_1"))->name, "Anna K");
    return true;
  });
  EXPECT_EQ(shop.state<person::State>("per_1")->name, "Anna K");
}

TEST(CommandBus, EventsNameTheirCausesAcrossStreams) {
  Workshop shop;
  const auto outcome = shop.bus().run(shop.request(), [](Unit& unit) -> Result<void> {
    const auto cause = unit.emit("per_1", {named("Anna")});
    unit.emit("per_2", {named("Boris")}, cause);
    NewEvent third = named("Vera");
    third.caused_by = 0;  // of this emit: the fourth of the unit is caused by the third
    unit.emit("per_3", {named("Gleb"), third});
    return {};
  });
  ASSERT_TRUE(outcome);
  std::vector<RecordedEvent> events;
  ASSERT_TRUE(shop.log.read({1}, Direction::kForward, 9, [&](const StoredEvent& stored) {
    events.push_back(*decode(stored.record, Open::kNothing, nullptr));
    return true;
  }));
  ASSERT_EQ(events.size(), 4u);
  EXPECT_TRUE(events[0].causation_id.is_nil());
  EXPECT_EQ(events[1].causation_id, events[0].id);
  EXPECT_TRUE(events[2].causation_id.is_nil());
  EXPECT_EQ(events[3].causation_id, outcome->events[2].id);
  EXPECT_EQ(events[3].causation_depth, 1u);
  for (const auto& event : events) EXPECT_EQ(event.correlation_id, events[0].id);
}

TEST(CommandBus, ACommandCarriesItsCauseAndAChainOfCausesIsBounded) {
  Workshop shop;
  auto request = shop.request();
  request.cause = Cause{Uuid::derived({}, "cause"), Uuid::derived({}, "first"), 3};
  const auto emit = [](Unit& unit) -> Result<void> {
    unit.emit("per_" + unit.command_id().hex(), {named("Anna")});
    return {};
  };
  ASSERT_TRUE(shop.bus().run(request, emit));
  std::optional<RecordedEvent> event;
  ASSERT_TRUE(shop.log.read({1}, Direction::kForward, 1, [&](const StoredEvent& stored) {
    event = *decode(stored.record, Open::kNothing, nullptr);
    return true;
  }));
  EXPECT_EQ(event->causation_id, request.cause->event);
  EXPECT_EQ(event->correlation_id, request.cause->correlation);
  EXPECT_EQ(event->causation_depth, 4u);

  request.cause->depth = limits::kCausationDepth;
  const auto refused = shop.bus().run(request, emit);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "causation_too_deep");
}

TEST(CommandBus, DecidesAgainWhenSomebodyWasFaster) {
  Workshop shop;
  int attempts = 0;
  const auto outcome = shop.bus().run(shop.request("per_1"), [&](Unit& unit) -> Result<void> {
    const auto* state = TRY(unit.load<person::State>("per_1"));
    if (++attempts == 1) {
      EXPECT_FALSE(state->exists());
      // Another writer of the same stream, past this process's queues.
      const auto events = *encode(
          {{"per_1", named("Boris")}},
          {.actor = {"system", "test"}, .now = shop.clock.now(), .command_id = shop.ids.next()},
          shop.keys);
      EXPECT_TRUE(shop.log.append_and_wait({.events = events}));
    } else {
      EXPECT_EQ(state->name, "Boris");
    }
    v1::PersonDetailsChanged renamed;
    renamed.set_position("after " + state->name);
    unit.emit("per_1", {make_event(std::move(renamed))});
    return {};
  });
  ASSERT_TRUE(outcome);
  EXPECT_EQ(attempts, 2);
  EXPECT_EQ(outcome->version_of("per_1"), StreamVersion{2});
  EXPECT_EQ(shop.state<person::State>("per_1")->position, "after Boris");
  EXPECT_EQ(shop.bus().stats().conflicts, 1u);
}

// Every attempt finds that another writer was faster.
Result<Outcome> always_too_late(Workshop& shop, Caller caller, int& attempts) {
  auto request = shop.request("per_1");
  request.caller = caller;
  return shop.bus().run(std::move(request), [&](Unit& unit) -> Result<void> {
    TRY(unit.load<person::State>("per_1"));
    ++attempts;
    const auto events = *encode(
        {{"per_1", named("Boris")}},
        {.actor = {"system", "test"}, .now = shop.clock.now(), .command_id = shop.ids.next()},
        shop.keys);
    EXPECT_TRUE(shop.log.append_and_wait({.events = events}));
    unit.emit("per_1", {named("Anna")});
    return {};
  });
}

TEST(CommandBus, TellsAPersonAboutAConflictThatDoesNotEnd) {
  Workshop shop;
  int attempts = 0;
  const auto outcome = always_too_late(shop, Caller::kPerson, attempts);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(outcome.error().code, "version_conflict");
  EXPECT_EQ(attempts, 1 + limits::kConflictRetries);
}

TEST(CommandBus, TellsASourceToComeAgainWhenAConflictDoesNotEnd) {
  Workshop shop;
  int attempts = 0;
  const auto outcome = always_too_late(shop, Caller::kSource, attempts);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(outcome.error().code, "busy");
}

TEST(CommandBus, ATagThatSomebodyTookMeanwhileIsDecidedAgain) {
  Workshop shop;
  int attempts = 0;
  const Tag tag = open_tag("thing");
  const auto outcome = shop.bus().run(shop.request(), [&](Unit& unit) -> Result<void> {
    const auto last = TRY(unit.hold_tag(tag));
    if (++attempts == 1) {
      EXPECT_FALSE(last.has_value());
      NewEvent other = named("Boris");
      other.tags = {tag};
      EXPECT_TRUE(shop.log.append_and_wait({.events = *encode({{"per_2", other}},
                                                              {.actor = {"system", "test"},
                                                               .now = shop.clock.now(),
                                                               .command_id = shop.ids.next()},
                                                              shop.keys)}));
    } else {
      EXPECT_EQ(last->stream, "per_2");
    }
    NewEvent own = named("Anna");
    own.tags = {tag};
    unit.emit("per_1", {own});
    return {};
  });
  ASSERT_TRUE(outcome);
  EXPECT_EQ(attempts, 2);
}

TEST(CommandBus, CommandsOnOneStreamRunOneAfterAnother) {
  Workshop shop({.threads = 4});
  std::atomic<int> inside = 0;
  std::atomic<int> most = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 64; ++t) {
    threads.emplace_back([&] {
      const auto outcome = shop.bus().run(shop.request("per_1"), [&](Unit& unit) -> Result<void> {
        most = std::max(most.load(), ++inside);
        TRY(unit.load<person::State>("per_1"));
        unit.emit("per_1", {named("Anna")});
        --inside;
        return {};
      });
      EXPECT_TRUE(outcome);
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(most, 1);
  EXPECT_EQ(shop.bus().stats().conflicts, 0u);
  EXPECT_EQ(shop.log.stream_version("per_1").value(), StreamVersion{64});
}

TEST(CommandBus, CommandsOnDifferentStreamsRunAtTheSameTime) {
  Workshop shop({.threads = 2});
  std::latch both(2);
  const auto meet = [&](Unit&) -> Result<void> {
    both.arrive_and_wait();  // hangs unless the other one runs as well
    return {};
  };
  auto first =
      std::async(std::launch::async, [&] { return shop.bus().run(shop.request("per_1"), meet); });
  EXPECT_TRUE(shop.bus().run(shop.request("per_2"), meet));
  EXPECT_TRUE(first.get());
}

// A log whose commits wait until they are released.
class SlowLog final : public testing::ForwardingLog {
 public:
  using ForwardingLog::ForwardingLog;
  void append(AppendRequest request, AppendCallback done) override {
    const std::lock_guard lock(mutex_);
    held_.emplace_back(std::move(request), std::move(done));
    changed_.notify_all();
  }
  void wait_for_appends(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return held_.size() >= count; });
  }
  std::size_t held() const {
    const std::lock_guard lock(mutex_);
    return held_.size();
  }
  void release_all() {
    std::vector<std::pair<AppendRequest, AppendCallback>> held;
    {
      const std::lock_guard lock(mutex_);
      held.swap(held_);
    }
    for (auto& [request, done] : held) inner_.append(std::move(request), std::move(done));
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::pair<AppendRequest, AppendCallback>> held_;
};

// A bus over a log whose commits are released by hand.
struct SlowShop {
  explicit SlowShop(BusOptions options = {})
      : bus(slow, shop.keys, shop.clock, shop.ids, options) {}

  std::future<Result<Outcome>> submit(CommandRequest request, StreamName stream,
                                      bool conditional = true) {
    auto promise = std::make_shared<std::promise<Result<Outcome>>>();
    auto answer = promise->get_future();
    bus.submit(
        std::move(request),
        [stream, conditional](Unit& unit) -> Result<void> {
          if (conditional) TRY(unit.load<person::State>(stream));
          if (!conditional) TRY(unit.glance<person::State>(stream));
          unit.emit(stream, {named("Anna")});
          return {};
        },
        [promise](Result<Outcome> outcome) { promise->set_value(std::move(outcome)); });
    return answer;
  }

  Workshop shop;
  SlowLog slow{shop.log};
  CommandBus bus;
};

TEST(CommandBus, HoldsNoThreadWhileACommitIsOnItsWay) {
  SlowShop slow({.threads = 1});
  std::vector<std::future<Result<Outcome>>> answers;
  for (int i = 0; i < 10; ++i) {
    const StreamName stream = "per_" + std::to_string(i);
    answers.push_back(slow.submit(slow.shop.request(stream), stream));
  }
  slow.slow.wait_for_appends(10);  // one thread has decided all ten
  slow.slow.release_all();
  for (auto& answer : answers) EXPECT_TRUE(answer.get());
}

TEST(CommandBus, ABriefCommandIsDecidedByWhoeverSubmitsItUnlessItHasToWait) {
  SlowShop slow({.threads = 1});
  auto brief = slow.shop.request("per_1");
  brief.brief = true;
  auto first = slow.submit(brief, "per_1");
  EXPECT_EQ(slow.slow.held(), 1u) << "the log has it before submit() returns";
  auto second = slow.submit(brief, "per_1");
  EXPECT_EQ(slow.slow.held(), 1u) << "which waits for the first";
  slow.slow.release_all();
  ASSERT_TRUE(first.get());
  slow.slow.wait_for_appends(1);
  slow.slow.release_all();
  EXPECT_EQ(second.get()->version_of("per_1"), StreamVersion{2});
}

TEST(CommandBus, TheNextCommandOnAStreamWaitsForTheCommit) {
  SlowShop slow({.threads = 2});
  auto first = slow.submit(slow.shop.request("per_1"), "per_1");
  auto second = slow.submit(slow.shop.request("per_1"), "per_1");
  slow.slow.wait_for_appends(1);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(slow.slow.held(), 1u);
  slow.slow.release_all();
  ASSERT_TRUE(first.get());
  slow.slow.wait_for_appends(1);
  slow.slow.release_all();
  EXPECT_EQ(second.get()->version_of("per_1"), StreamVersion{2});
  EXPECT_EQ(slow.bus.stats().conflicts, 0u);
}

TEST(CommandBus, SharedCommandsOfAStreamAreOnTheirWayTogetherAndAnExclusiveOneWaitsForThem) {
  SlowShop slow({.threads = 2});
  auto shared = slow.shop.request("per_1");
  shared.access = Access::kShared;
  auto first = slow.submit(shared, "per_1", false);
  auto second = slow.submit(shared, "per_1", false);
  auto exclusive = slow.submit(slow.shop.request("per_1"), "per_1");
  auto third = slow.submit(shared, "per_1", false);
  slow.slow.wait_for_appends(2);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(slow.slow.held(), 2u);
  slow.slow.release_all();
  ASSERT_TRUE(first.get());
  ASSERT_TRUE(second.get());
  slow.slow.wait_for_appends(1);
  slow.slow.release_all();
  EXPECT_EQ(exclusive.get()->version_of("per_1"), StreamVersion{3});
  slow.slow.wait_for_appends(1);
  slow.slow.release_all();
  ASSERT_TRUE(third.get());
}

TEST(CommandBus, TwoStreamsAreWaitedForTogether) {
  SlowShop slow({.threads = 2});
  auto both = slow.shop.request("per_1");
  both.also = {"per_2"};
  auto first = slow.submit(slow.shop.request("per_2"), "per_2");
  auto second = slow.submit(both, "per_1");
  slow.slow.wait_for_appends(1);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(slow.slow.held(), 1u);
  slow.slow.release_all();
  ASSERT_TRUE(first.get());
  slow.slow.wait_for_appends(1);
  slow.slow.release_all();
  ASSERT_TRUE(second.get());
}

TEST(CommandBus, SaysBusyWhenTooManyWait) {
  SlowShop slow({.threads = 1, .queued_commands = 3, .queued_per_stream = 2});
  auto a = slow.submit(slow.shop.request("per_1"), "per_1");
  auto b = slow.submit(slow.shop.request("per_1"), "per_1");
  auto too_many_on_one = slow.submit(slow.shop.request("per_1"), "per_1").get();
  ASSERT_FALSE(too_many_on_one);
  EXPECT_EQ(too_many_on_one.error().code, "busy");
  EXPECT_EQ(too_many_on_one.error().kind, ErrorKind::kUnavailable);
  auto c = slow.submit(slow.shop.request("per_2"), "per_2");
  auto too_many = slow.submit(slow.shop.request("per_3"), "per_3").get();
  ASSERT_FALSE(too_many);
  EXPECT_EQ(too_many.error().code, "busy");
  slow.slow.wait_for_appends(2);
  slow.slow.release_all();
  slow.slow.wait_for_appends(1);
  slow.slow.release_all();
  EXPECT_TRUE(a.get());
  EXPECT_TRUE(b.get());
  EXPECT_TRUE(c.get());
  EXPECT_EQ(slow.bus.stats().waiting, 0u);
}

TEST(CommandBus, TheSameKeyWhileItIsRunningIsRefused) {
  SlowShop slow;
  auto request = slow.shop.request("per_1");
  request.idempotency = Workshop::keyed("k");
  auto first = slow.submit(request, "per_1");
  slow.slow.wait_for_appends(1);
  auto second = slow.submit(request, "per_1").get();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(second.error().code, "request_in_progress");
  slow.slow.release_all();
  ASSERT_TRUE(first.get());
  const auto third = slow.submit(request, "per_1").get();
  ASSERT_TRUE(third);
  EXPECT_TRUE(third->existed);
}

TEST(CommandBus, EveryAttemptMakesTheSameNewId) {
  Workshop shop;
  std::set<PersonId> ids;
  ASSERT_TRUE(shop.bus().run(shop.request("per_1"), [&](Unit& unit) -> Result<void> {
    TRY(unit.load<person::State>("per_1"));
    ids.insert(unit.new_id<PersonId>("person"));
    shop.clock.advance(std::chrono::minutes(1));
    unit.emit("per_1", {named("Anna")});
    if (shop.log.head().value > 1) return {};
    EXPECT_TRUE(shop.log.append_and_wait(
        {.events = *encode(
             {{"per_1", named("Boris")}},
             {.actor = {"system", "test"}, .now = shop.clock.now(), .command_id = shop.ids.next()},
             shop.keys)}));
    return {};
  }));
  EXPECT_GE(shop.bus().stats().conflicts, 1u);
  EXPECT_EQ(ids.size(), 1u);
}

TEST(CommandBus, ASubjectsKeyIsRecordedEvenWhenTheAppendThatDrewItFailed) {
  Workshop shop;
  int attempts = 0;
  ASSERT_TRUE(shop.bus().run(shop.request("per_1"), [&](Unit& unit) -> Result<void> {
    TRY(unit.hold_tag(open_tag("thing")));
    if (++attempts == 1) {
      NewEvent other = named("Boris");
      other.tags = {open_tag("thing")};
      EXPECT_TRUE(shop.log.append_and_wait({.events = *encode({{"per_2", other}},
                                                              {.actor = {"system", "test"},
                                                               .now = shop.clock.now(),
                                                               .command_id = shop.ids.next()},
                                                              shop.keys)}));
    }
    unit.emit("per_1", {named("Anna")});
    return {};
  }));
  ASSERT_EQ(attempts, 2);
  EXPECT_EQ(shop.log.subject_key("per_1").value(), shop.keys.key_for("per_1")->id);
}

}  // namespace
}  // namespace dealog
