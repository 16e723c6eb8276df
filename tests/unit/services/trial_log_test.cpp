// The log of a back-test reads as one in which all of it had really happened.
#include "services/automation/backtest/trial_log.hpp"

#include <memory>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "dealog/v1/deal_events.pb.h"
#include "tests/support/history.hpp"
#include "tests/support/sample_events.hpp"

namespace dealog::automation {
namespace {

using dealog::testing::History;
using dealog::testing::touch;

struct Read {
  Position position;
  Uuid id;
  StreamVersion version;
  std::uint32_t index = 0;

  bool operator==(const Read&) const = default;
};

// Makes the same event for both logs.
std::vector<EncodedEvent> encoded(const std::string& stream, const Uuid& id, Timestamp now,
                                  KeyRing& keys, const std::string& tag) {
  NewEvent event = make_event(touch("call", "in", "received"), {open_tag(tag)});
  const CommandMeta meta{.actor = {"system", "test"}, .now = now, .command_id = id};
  return encode({{stream, std::move(event)}}, meta, keys).value();
}

class TrialLogTest : public ::testing::Test {
 protected:
  static constexpr const char* kStreams[] = {"deal_a", "deal_b", "deal_c"};
  static constexpr const char* kTags[] = {"odd", "even"};

  Uuid id() { return Uuid::derived({}, std::to_string(++serial_)); }
  std::string stream() { return kStreams[random_() % 3]; }
  std::string tag() { return kTags[random_() % 2]; }

  // An event of the past that stays.
  void pass() {
    past_.clock().advance(std::chrono::seconds(1));
    const Uuid event = id();
    const std::string where = stream(), label = tag();
    append(past_.log(), where, event, label);
    append(wanted_, where, event, label);
  }
  // One of the past that did not happen.
  void drop() {
    past_.clock().advance(std::chrono::seconds(1));
    const Uuid event = id();
    append(past_.log(), stream(), event, tag());
    dropped_.insert(event);
  }
  void show_all() {
    std::vector<RecordedEvent> all;
    ASSERT_TRUE(past_.log().read(
        {shown_ + 1}, Direction::kForward, SIZE_MAX, [&](const StoredEvent& stored) {
          all.push_back(decode(stored.record, Open::kNothing, nullptr).value());
          return true;
        }));
    for (const auto& event : all) {
      ++shown_;
      clock_.set(event.recorded);
      if (dropped_.contains(event.id)) {
        trial_->leave_out(event);
      } else {
        trial_->show(event);
      }
    }
  }
  // One that never was.
  void add() {
    show_all();
    const Uuid event = id();
    const std::string where = stream(), label = tag();
    append(*trial_, where, event, label);
    append(wanted_, where, event, label);
  }
  void append(EventLog& log, const std::string& where, const Uuid& event,
              const std::string& label) {
    const auto appended = log.append_and_wait(
        {.events = encoded(where, event, past_.clock().now(), past_.keys(), label)});
    ASSERT_TRUE(appended) << appended.error().message;
  }

  template <class Reading>
  static std::vector<Read> collect(const Reading& reading) {
    std::vector<Read> out;
    const auto read = reading([&](const StoredEvent& stored) {
      const auto event = decode(stored.record, Open::kNothing, nullptr).value();
      EXPECT_EQ(event.position, stored.position);
      out.push_back({event.position, event.id, event.version, event.append_index});
      return true;
    });
    EXPECT_TRUE(read);
    return out;
  }
  void expect_same() {
    show_all();
    ASSERT_EQ(trial_->head(), wanted_.head());
    for (const auto direction : {Direction::kForward, Direction::kBackward}) {
      const Position from{1 + random_() % (wanted_.head().value + 1)};
      const std::size_t limit = 1 + random_() % 9;
      const auto of = [&](const EventLog& log) {
        return collect(
            [&](const EventVisitor& visit) { return log.read(from, direction, limit, visit); });
      };
      EXPECT_EQ(of(*trial_), of(wanted_));
      for (const char* name : kStreams) {
        const auto in = [&](const EventLog& log) {
          return collect([&](const EventVisitor& visit) {
            return log.read_stream(name, {from.value % 5}, direction, limit, visit);
          });
        };
        EXPECT_EQ(in(*trial_), in(wanted_));
        EXPECT_EQ(*trial_->stream_version(name), *wanted_.stream_version(name));
      }
      for (const char* name : kTags) {
        const auto with = [&](const EventLog& log) {
          auto found = collect([&](const EventVisitor& visit) {
            return log.read_tag(false, name, from, direction, limit, visit);
          });
          // Whoever looks for a tag does not ask for the version.
          for (auto& event : found) event.version = {};
          return found;
        };
        EXPECT_EQ(with(*trial_), with(wanted_));
      }
    }
  }

  // Some events are there before it begins.
  void begin() {
    for (std::size_t before = random_() % 6; before > 0; --before) pass();
    shown_ = past_.log().head().value;
    trial_ = std::make_unique<TrialLog>(past_.log(), past_.log().head(), clock_);
  }

  History past_;
  InMemoryLog wanted_{past_.clock()};
  ManualClock clock_{past_.clock().now()};
  std::unique_ptr<TrialLog> trial_;
  std::set<Uuid> dropped_;
  std::mt19937_64 random_;
  std::uint64_t shown_ = 0;
  int serial_ = 0;
};

class TrialLogFromASeed : public TrialLogTest, public ::testing::WithParamInterface<unsigned> {};

TEST_P(TrialLogFromASeed, ReadsAsOneInWhichItAllHappened) {
  random_.seed(GetParam());
  begin();
  for (int step = 0; step < 30; ++step) {
    const auto choice = random_() % 4;
    if (choice == 0) {
      drop();
    } else if (choice == 1) {
      add();
    } else {
      pass();
    }
    if (step % 5 == 4) expect_same();
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, TrialLogFromASeed, ::testing::Range(1U, 31U));

TEST_F(TrialLogTest, RefusesAnAppendWhoseConditionDoesNotHoldAndErasesNothing) {
  begin();
  const auto version = *trial_->stream_version("deal_a");
  AppendRequest request{.events = encoded("deal_a", id(), clock_.now(), past_.keys(), "odd"),
                        .conditions = {StreamAt{"deal_a", version.next()}}};
  const auto refused = trial_->append_and_wait(std::move(request));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "version_conflict");
  EXPECT_EQ(trial_->erase_raw_body(id()).error().code, "trial_log_read_only");
}

}  // namespace
}  // namespace dealog::automation
