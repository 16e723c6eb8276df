// The same appends to the log in memory and to the log on a disk give the same bytes, position by
// position, and the same views. The appends are those of a random history of a studio, taken back
// to what they were before a committer finished them.
#include <future>

#include <gtest/gtest.h>

#include "libs/eventlog/record_fields.hpp"
#include "libs/projection/memory_view_store.hpp"
#include "libs/projection/rebuilder.hpp"
#include "projections/all_projectors.hpp"
#include "tests/support/random_history.hpp"
#include "tests/support/soak.hpp"
#include "tests/unit/eventlog/log_fixtures.hpp"

namespace dealog::testing {
namespace {

constexpr int kSteps = 800;

std::vector<std::string> records(const EventLog& log) {
  std::vector<std::string> all;
  const auto read = log.read({1}, Direction::kForward, SIZE_MAX, [&](const StoredEvent& event) {
    all.emplace_back(event.record);
    return true;
  });
  if (!read) throw std::runtime_error(read.error().message);
  return all;
}

// The event as its maker encoded it: without the fields that the committer appended.
EncodedEvent unfinished(const std::string& bytes, const RecordFields& fields) {
  const std::string mark = std::string("\xA2\x01\x10") + std::string(fields.log_id);
  EncodedEvent event{.stream = std::string(fields.stream),
                     .id = Uuid::from_bytes(fields.event_id),
                     .fingerprint = std::string(fields.fingerprint),
                     .bytes = bytes.substr(0, bytes.rfind(mark))};
  for (const auto tag : fields.tags) event.open_tags.emplace_back(tag);
  return event;
}

TEST(Differential, TheSameAppendsGiveTheSameBytesAndTheSameViewsInEveryLog) {
  const auto seed = soak_seed();
  SCOPED_TRACE(::testing::Message() << "DEALOG_SEED=" << seed);
  testing::History history(seed);
  RandomHistory random(history, seed);
  for (int i = 0; i < kSteps; ++i) random.step();
  const auto expected = records(history.log());

  TemporaryFolder folder;
  ManualClock clock(kNoon);
  const auto opened = RocksLog::open(
      {.folder = folder.path() / "log", .clock = &clock, .log_id = history.log().log_id()});
  ASSERT_TRUE(opened.has_value()) << opened.error().message;
  RocksLog& log = **opened;
  std::vector<std::future<std::string>> answers;
  const auto wait = [&] {
    for (auto& answer : answers) ASSERT_EQ(answer.get(), "");
    answers.clear();
  };
  for (std::size_t i = 0; i < expected.size();) {
    const auto first = parse_record_fields(expected[i]);
    ASSERT_TRUE(first.has_value());
    // What has the same time may be one group; another time waits, as the clock is one for all.
    if (clock.now() != first->recorded) wait();
    clock.set(first->recorded);
    AppendRequest request;
    for (std::uint32_t k = 0; k < first->append_count; ++k, ++i) {
      request.events.push_back(unfinished(expected[i], *parse_record_fields(expected[i])));
    }
    const auto answer = std::make_shared<std::promise<std::string>>();
    answers.push_back(answer->get_future());
    log.append(std::move(request), [answer](const Result<Appended>& appended) {
      answer->set_value(appended ? "" : appended.error().code);
    });
  }
  wait();

  const auto stored = records(log);
  ASSERT_EQ(stored.size(), expected.size());
  for (std::size_t i = 0; i < stored.size(); ++i) {
    ASSERT_EQ(stored[i], expected[i]) << "position " << i + 1;
  }
  MemoryViewStore from_memory;
  MemoryViewStore from_disk;
  const auto projectors = [&] { return all_projectors(history.keys()); };
  ASSERT_TRUE(project_until(history.log(), log.head(), projectors(), from_memory).has_value());
  ASSERT_TRUE(project_until(log, log.head(), projectors(), from_disk).has_value());
  const auto different = differences(from_memory, from_disk, projectors());
  ASSERT_TRUE(different.has_value());
  for (const auto& one : *different) ADD_FAILURE() << one.view << " differs";
}

}  // namespace
}  // namespace dealog::testing
