// What `dealog prune` drops, what the log says of it, and what verify makes of both.
#include <csignal>
#include <cstdlib>

#include <gtest/gtest.h>

#include "dealog/v1/retention_events.pb.h"
#include "libs/command/use_cases/deliveries.hpp"
#include "libs/eventlog/restore_log.hpp"
#include "services/dealog/retention/body_check.hpp"
#include "services/dealog/retention/prune.hpp"
#include "tests/unit/services/demo_fixture.hpp"

namespace dealog {
namespace {

using namespace std::chrono_literals;
using testing::must;

const Timestamp kStart = *Timestamp::parse("2026-03-01T09:30:00Z");

class Retention : public ::testing::Test {
 protected:
  std::unique_ptr<Core> open() {
    return must(Core::open({.data = folder_.path(), .clock = &clock_, .ids = &ids_}));
  }
  // A delivery with a body, decoded unless it is to stay pending.
  DeliveryId deliver(Core& core, bool decoded = true) {
    const auto received = must(core.bus().run_for(
        {.name = "receive_delivery", .stream = "src_1", .actor = {"system", "test"}},
        [](Unit& unit) {
          use_cases::DeliveryInput input;
          input.source = "src_1";
          input.method = "POST";
          input.body = "phone=1";
          return use_cases::receive_delivery(unit, input);
        }));
    const DeliveryId id = received.value->delivery;
    if (decoded) {
      must(core.bus().run(request(id), [&](Unit& unit) {
        return use_cases::settle_delivery(unit, id, delivery::QuarantineDelivery{1, "x", "y"});
      }));
    }
    clock_.advance(1h);
    return id;
  }
  static CommandRequest request(const DeliveryId& id) {
    return {.name = "test", .stream = id.text(), .actor = {"system", "test"}};
  }
  static bool has_body(Core& core, const DeliveryId& id) {
    return must(use_cases::delivery_body(core.bus().folds(), id)).has_value();
  }
  VerifyReport verified() {
    auto report = must(verify_log({.folder = folder_.path() / "log"}));
    for (auto& problem : must(unexplained_bodies(folder_.path() / "keys", report.absent_bodies))) {
      ++report.problem_count;
      report.problems.push_back(std::move(problem));
    }
    return report;
  }
  std::vector<v1::RawBodiesExpired> expiries(Core& core) {
    std::vector<v1::RawBodiesExpired> found;
    EXPECT_TRUE(core.log().read_stream(
        "retention", {1}, Direction::kForward, SIZE_MAX, [&](const StoredEvent& stored) {
          const auto event = decode(stored.record, Open::kNothing, nullptr);
          found.push_back(*event->as<v1::RawBodiesExpired>());
          return true;
        }));
    return found;
  }

  // What one of the tests runs as a process of its own, again and again, and kills.
  void prune_until_killed();

  testing::CompanyFolder folder_;
  ManualClock clock_{kStart};
  SystemIds ids_{clock_};
};

TEST_F(Retention, DropsDecodedBodiesOfBeforeAndTheLogSaysSo) {
  auto core = open();
  const auto old = deliver(*core);
  const auto pending = deliver(*core, false);
  const Timestamp before = clock_.now();
  const auto young = deliver(*core);
  const auto done = must(prune(*core, {.before = before}));
  EXPECT_EQ(done.bodies, 1u);
  EXPECT_EQ(done.pending, 1u);
  EXPECT_EQ(done.kept, 1u);
  EXPECT_FALSE(has_body(*core, old));
  EXPECT_TRUE(has_body(*core, pending));
  EXPECT_TRUE(has_body(*core, young));
  ASSERT_EQ(expiries(*core).size(), 1u);
  EXPECT_EQ(expiries(*core)[0].bodies(), 1u);
  EXPECT_EQ(expiries(*core)[0].until_position(), done.until.value);
  core.reset();
  const auto report = verified();
  EXPECT_TRUE(report.is_sound()) << report.problems[0].what;
  EXPECT_EQ(report.expired_bodies, 1u);
  EXPECT_EQ(report.raw_bodies, 2u);
}

TEST_F(Retention, WritesNothingWhenThereIsNothingToDrop) {
  auto core = open();
  deliver(*core);
  const Position head = core->log().head();
  EXPECT_EQ(must(prune(*core, {.before = kStart})).bodies, 0u);
  EXPECT_EQ(must(prune(*core, {.before = clock_.now(), .dry_run = true})).bodies, 1u);
  EXPECT_EQ(core->log().head(), head);
  EXPECT_EQ(must(prune(*core, {.before = clock_.now()})).bodies, 1u);
  EXPECT_EQ(must(prune(*core, {.before = clock_.now()})).bodies, 0u);
  EXPECT_EQ(expiries(*core).size(), 1u);
}

TEST_F(Retention, ADeliveryWithoutItsBodyIsNotReplayed) {
  auto core = open();
  const auto id = deliver(*core);
  must(prune(*core, {.before = clock_.now()}));
  const auto replayed = core->bus().run(
      request(id), [&](Unit& unit) { return use_cases::replay_delivery(unit, id); });
  ASSERT_FALSE(replayed);
  EXPECT_EQ(replayed.error().code, "body_erased");
  EXPECT_EQ(replayed.error().kind, ErrorKind::kConflict);
}

TEST_F(Retention, VerifyNamesABodyThatNothingExplains) {
  auto core = open();
  deliver(*core);
  const auto lost = deliver(*core);
  const auto erased = deliver(*core);
  const auto event_of = [&](const DeliveryId& id) {
    return must(core->bus().folds().current<delivery::State>(id.text()))->received_event;
  };
  const Position position = *must(core->log().find_event(event_of(lost)));
  ASSERT_TRUE(core->log().erase_raw_body(event_of(lost)));
  ASSERT_TRUE(core->log().erase_raw_body(event_of(erased)));
  ASSERT_TRUE(core->destroy_key(erased.text()));
  core.reset();
  const auto report = verified();
  ASSERT_EQ(report.problem_count, 1u);
  EXPECT_EQ(report.problems[0].position, position);
  EXPECT_NE(report.problems[0].what.find("without its raw body"), std::string::npos);
}

// The event is cut off by a restore to a time before it; the bodies are gone all the same.
TEST_F(Retention, ALogThatIsCutBeforeTheExpiryIsSound) {
  auto core = open();
  deliver(*core);
  const Position before = core->log().head();
  must(prune(*core, {.before = clock_.now()}));
  core.reset();
  must(truncate_log(must(LogTables::open({.folder = folder_.path() / "log"})), before));
  const auto report =
      must(verify_log({.folder = folder_.path() / "log", .needs_watermark = false}));
  EXPECT_EQ(report.absent_bodies.size(), 0u);
  EXPECT_EQ(report.unarchived_bodies, 1u);
}

constexpr const char* kFolderOfChild = "RETENTION_TEST_FOLDER";
constexpr const char* kStepOfChild = "RETENTION_TEST_STEP";

void Retention::prune_until_killed() {
  // Each process is later than what the one before has written.
  clock_.set(kStart + 48h * std::atoi(std::getenv(kStepOfChild)));
  const auto core =
      must(Core::open({.data = std::getenv(kFolderOfChild), .clock = &clock_, .ids = &ids_}));
  for (int i = 0; i < 3; ++i) deliver(*core);
  int steps_left = std::atoi(std::getenv(kStepOfChild));
  const auto die = [&](std::string_view) {
    if (--steps_left == 0) ::raise(SIGKILL);
  };
  must(prune(*core, {.before = clock_.now(), .on_step = die}));
}

// Killed at each step in turn: the log and its bodies agree, and the next run finishes.
TEST_F(Retention, AKilledRunIsFinishedByTheNext) {
  if (std::getenv(kFolderOfChild) != nullptr) return prune_until_killed();
  ::setenv(kFolderOfChild, folder_.path().c_str(), 1);
  const std::string again = std::filesystem::read_symlink("/proc/self/exe").string() +
                            " --gtest_filter=Retention.AKilledRunIsFinishedByTheNext >/dev/null";
  for (int step = 1; step <= 5; ++step) {
    ::setenv(kStepOfChild, std::to_string(step).c_str(), 1);
    EXPECT_EQ(std::system(again.c_str()) == 0, step == 5) << "there are four steps";
    const auto killed = verified();
    EXPECT_TRUE(killed.is_sound()) << "step " << step << ": " << killed.problems[0].what;
    EXPECT_EQ(killed.raw_bodies, step <= 2 ? 3u : 0u) << "step " << step;
    clock_.set(kStart + 48h * step + 24h);
    auto core = open();
    must(prune(*core, {.before = clock_.now()}));
    core.reset();
    const auto finished = verified();
    EXPECT_TRUE(finished.is_sound()) << "step " << step << ": " << finished.problems[0].what;
    EXPECT_EQ(finished.raw_bodies, 0u) << "step " << step;
    EXPECT_EQ(finished.expired_bodies, 3u * static_cast<unsigned>(step));
  }
}

}  // namespace
}  // namespace dealog
