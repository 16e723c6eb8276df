// Every file of a stopped log, damaged at many places: a byte flipped, the rest cut off, the file
// gone. Allowed is the right data, or a refusal that says where; never fewer events in silence.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <span>

#include <gtest/gtest.h>

#include "libs/eventlog/verify.hpp"
#include "tests/support/log_checker.hpp"
#include "tests/unit/eventlog/log_fixtures.hpp"

namespace dealog::testing {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kEvents = 2000;

// One damage of each kind to each kind of file, then others until the time is over; a soak gives
// more of it.
std::chrono::seconds time_for_more() {
  const char* given = std::getenv("DEALOG_CORRUPTION_SECONDS");
  return std::chrono::seconds(given == nullptr ? 5 : std::atoi(given));
}

std::uint64_t seed() {
  const char* given = std::getenv("DEALOG_SEED");
  return given == nullptr ? std::random_device{}() : std::strtoull(given, nullptr, 10);
}

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

// "000012.sst" → ".sst"; "MANIFEST-000004" → "MANIFEST".
std::string kind_of(const fs::path& file) {
  if (file.has_extension()) return file.extension().string();
  const auto name = file.filename().string();
  return name.substr(0, name.find('-'));
}

class LogCorruption : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    pristine_ = new TemporaryFolder();
    ManualClock clock(kNoon);
    auto log = RocksLog::open(options(pristine_->path(), clock)).value();
    std::mt19937 random(7);
    std::uint64_t id = 0;
    while (id < kEvents) {
      std::vector<EventSketch> group(1 + random() % 20);
      for (auto& sketch : group) {
        sketch = {.stream = "deal_" + std::to_string(random() % 40),
                  .id = ++id,
                  .payload = random_bytes(random() % 400),
                  .open_tags = {"tag_" + std::to_string(random() % 30)}};
      }
      if (!log->append_and_wait(append_of(group))) std::abort();
    }
    log.reset();
    expected_ = new std::vector<std::string>(scan(pristine_->path()).events);
  }
  static void TearDownTestSuite() {
    delete pristine_;
    delete expected_;
  }

  static RocksLogOptions options(const fs::path& folder, const Clock& clock) {
    return {.folder = folder / "log", .clock = &clock, .memtable_bytes = 256 << 10};
  }

  struct Scanned {
    bool opened = false;
    std::vector<std::string> events;
    std::optional<Error> error;
  };
  static Scanned scan(const fs::path& folder) {
    ManualClock clock(kNoon);
    Scanned scanned;
    const auto log = RocksLog::open(options(folder, clock));
    if (!log) {
      scanned.error = log.error();
      return scanned;
    }
    scanned.opened = true;
    const auto read = (*log)->read({}, Direction::kForward, SIZE_MAX, [&](const auto& event) {
      scanned.events.emplace_back(event.record);
      return true;
    });
    if (!read) scanned.error = read.error();
    return scanned;
  }

  // A copy of the log to damage.
  fs::path fresh() {
    copy_.emplace();
    fs::copy(pristine_->path(), copy_->path(),
             fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    return copy_->path();
  }
  static std::vector<fs::path> files() {
    std::vector<fs::path> all;
    for (const auto& entry : fs::recursive_directory_iterator(pristine_->path())) {
      const auto name = entry.path().filename().string();
      if (!entry.is_regular_file() || entry.file_size() == 0 || name.starts_with("LOG")) continue;
      all.push_back(fs::relative(entry.path(), pristine_->path()));
    }
    std::ranges::sort(all);
    return all;
  }

  enum class Damage { kFlip, kCut, kRemove };
  static std::string name_of(Damage damage) {
    return damage == Damage::kFlip ? "flip" : damage == Damage::kCut ? "cut" : "remove";
  }
  void harm(const fs::path& file, Damage damage, std::uint64_t number) {
    const auto folder = fresh();
    auto bytes = bytes_of(folder / file);
    const std::size_t place = number / 8 % bytes.size();
    if (damage == Damage::kFlip) {
      bytes[place] = static_cast<char>(bytes[place] ^ (1 << number % 8));
    } else if (damage == Damage::kCut) {
      bytes.resize(place);
    }
    if (damage == Damage::kRemove) {
      fs::remove(folder / file);
    } else {
      write(folder / file, bytes);
    }
    expect_no_silent_loss(folder, kind_of(file) + " " + name_of(damage) + " " + file.string() +
                                      " at " + std::to_string(place));
  }

  void expect_no_silent_loss(const fs::path& folder, const std::string& what) {
    SCOPED_TRACE(what);
    const auto kind = what.substr(0, what.find(' '));
    VerifyOptions verifying{.folder = folder / "log"};
    const auto verified = verify_log(verifying);
    const auto checked = checker::check_log({.log_folder = folder / "log"});
    const auto scanned = scan(folder);
    const bool whole = !scanned.error && scanned.events == *expected_;
    ++seen_[kind][whole ? "right data" : scanned.opened ? "read fails" : "does not open"];
    if (whole) return;
    ASSERT_TRUE(scanned.error.has_value())
        << "fewer or other events in silence: " << scanned.events.size();
    // What was read before the damage is right.
    ASSERT_LE(scanned.events.size(), expected_->size());
    EXPECT_TRUE(
        std::ranges::equal(scanned.events, std::span(*expected_).first(scanned.events.size())));
    EXPECT_FALSE(checked.sound());
    if (!verified) {
      ++seen_[kind]["verify cannot open"];
      last_error_[kind] = verified.error().message;
      return;
    }
    ASSERT_FALSE(verified->is_sound()) << scanned.error->message;
    EXPECT_TRUE(verified->first.has_value());
    if (verified->first && scanned.opened) {
      EXPECT_LE(verified->first->position.value, scanned.events.size() + 1);
    }
    ++seen_[kind][verified->first->position.value > 0 ? "verify names it" : "verify names none"];
    last_error_[kind] = verified->first->what;
  }

  static TemporaryFolder* pristine_;
  static std::vector<std::string>* expected_;
  std::optional<TemporaryFolder> copy_;
  std::map<std::string, std::map<std::string, int>> seen_;
  std::map<std::string, std::string> last_error_;
};

TemporaryFolder* LogCorruption::pristine_ = nullptr;
std::vector<std::string>* LogCorruption::expected_ = nullptr;

TEST_F(LogCorruption, NeverLosesEventsInSilence) {
  const auto run = seed();
  SCOPED_TRACE(::testing::Message() << "DEALOG_SEED=" << run);
  std::mt19937_64 random(run);
  auto all = files();
  std::ranges::shuffle(all, random);
  std::set<std::string> tried;
  const auto until = std::chrono::steady_clock::now() + time_for_more();
  for (std::size_t round = 0; round < 1000; ++round) {
    const bool only_new = std::chrono::steady_clock::now() >= until;
    if (only_new && round >= 3) break;
    const Damage damage = static_cast<Damage>(round % 3);
    for (const auto& file : all) {
      const bool is_new = tried.insert(kind_of(file) + name_of(damage)).second;
      if (!is_new && std::chrono::steady_clock::now() >= until) continue;
      harm(file, damage, random());
      if (HasFatalFailure()) return;
    }
  }
  for (const auto& [kind, outcomes] : seen_) {
    for (const auto& [outcome, count] : outcomes) {
      std::printf("%-12s %-20s %d\n", kind.c_str(), outcome.c_str(), count);
    }
    std::printf("   e.g. %s\n", last_error_[kind].c_str());
  }
}

}  // namespace
}  // namespace dealog::testing
