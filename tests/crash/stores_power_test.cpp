// The power goes while sealed events are appended, projected and subjects erased: what was
// acknowledged opens under its key, what was erased stays erased, and the views are those of their
// checkpoint. DEALOG_SEED repeats a run, DEALOG_CUTS says how often the power goes.
#include <iostream>
#include <map>

#include <gtest/gtest.h>

#include "libs/base/clock.hpp"
#include "libs/event/codec.hpp"
#include "libs/eventlog/rocks_log.hpp"
#include "libs/keys/key_store.hpp"
#include "libs/projection/memory_view_store.hpp"
#include "libs/projection/rebuilder.hpp"
#include "libs/projection/rocks_view_store.hpp"
#include "projections/all_projectors.hpp"
#include "tests/support/sample_events.hpp"
#include "tests/support/simulated_disk.hpp"
#include "tests/support/soak.hpp"
#include "tests/support/temp_folder.hpp"

namespace dealog::testing {
namespace {

constexpr std::uint64_t kCuts = 40;
constexpr std::uint64_t kCutsAFolder = 10;
constexpr std::uint64_t kFewChanges = 60;
constexpr std::uint64_t kManyChanges = 900;

enum class Erasure { kNone, kAsked, kAnswered };
struct Subject {
  std::string title;
  Position at;
  Erasure erasure = Erasure::kNone;
};

// What lies on the disk, open.
struct Stores {
  std::unique_ptr<RocksLog> log;
  std::unique_ptr<KeyStore> keys;
  std::unique_ptr<RocksViewStore> views;
};

class PowerCutsOfStores {
 public:
  explicit PowerCutsOfStores(std::uint64_t seed, DiskLie lie = DiskLie::kNone)
      : random_(seed), disk_(seed), lie_(lie) {}

  // One life until the power goes, and a look at what is left; empty: nothing is wrong.
  std::string round() {
    const bool soon = random_() % 5 == 0;
    disk_.lie(lie_);
    disk_.cut_power_after(1 + random_() % (soon ? kFewChanges : kManyChanges));
    if (auto stores = open()) {
      live(*stores);
    } else if (disk_.has_power()) {
      return "opening failed with the power on: " + stores.error().message;
    }
    disk_.restore_power();
    auto stores = open();
    if (!stores) return stores.error().message;
    auto found = findings_in(*stores);
    return found ? *found : found.error().message;
  }
  std::size_t acknowledged() const { return subjects_.size(); }
  std::size_t erased() const { return erased_; }

 private:
  Result<Stores> open() {
    Stores stores;
    stores.log = TRY(RocksLog::open({.folder = folder_.path() / "log",
                                     .clock = &clock_,
                                     .memtable_bytes = 64 << 10,
                                     .environment = disk_.environment()}));
    KeyStoreOptions keys{.folder = folder_.path() / "keys", .pool_keys = 16, .cached_keys = 8};
    keys.recorded_key = [log = stores.log.get()](std::string_view subject) {
      return log->subject_key(subject);
    };
    keys.highest_recorded = TRY(stores.log->highest_key());
    keys.environment = disk_.environment();
    stores.keys = TRY(KeyStore::open(keys));
    stores.views = TRY(RocksViewStore::open({.folder = folder_.path() / "views",
                                             .memtable_bytes = 64 << 10,
                                             .environment = disk_.environment()}));
    return stores;
  }

  // Appends, projects, erases by chance until something fails.
  void live(Stores& stores) {
    PageProjector pages(*stores.views, all_projectors(*stores.keys), stores.log->log_id());
    if (!pages.load_checkpoint()) return;
    for (;;) {
      const auto what = random_() % 100;
      const Result<void> done = what < 70   ? open_deal(stores)
                                : what < 90 ? project(stores, pages)
                                : what < 95 ? make_durable(stores, pages)
                                            : erase(*stores.keys);
      if (!done) return;
    }
  }

  Result<void> open_deal(Stores& stores) {
    const std::string deal = "deal_" + std::to_string(++numbers_);
    const std::string title = "A site for " + std::to_string(numbers_);
    const CommandMeta meta{
        .actor = {"user", "usr_1"}, .now = clock_.now(), .command_id = ids_.next()};
    AppendRequest request;
    request.events = TRY(encode({{deal, make_event(deal_opened(title))}}, meta, *stores.keys));
    const auto appended = TRY(stores.log->append_and_wait(std::move(request)));
    subjects_[deal] = {title, appended.first};
    return {};
  }
  Result<void> project(Stores& stores, PageProjector& pages) {
    Result<void> applied;
    TRY(stores.log->read(pages.checkpoint().position.next(), Direction::kForward, 20,
                         [&](const StoredEvent& event) {
                           applied = pages.apply(event);
                           return applied.has_value();
                         }));
    if (!applied) return applied;
    return pages.write_page();
  }
  Result<void> make_durable(Stores& stores, PageProjector& pages) {
    TRY(stores.views->make_durable());
    durable_ = pages.checkpoint().position;
    return {};
  }
  Result<void> erase(KeyStore& keys) {
    if (subjects_.empty()) return {};
    auto& [name, subject] =
        *std::next(subjects_.begin(), static_cast<std::ptrdiff_t>(random_() % subjects_.size()));
    subject.erasure = std::max(subject.erasure, Erasure::kAsked);
    TRY(keys.erase_subject(name));
    subject.erasure = Erasure::kAnswered;
    ++erased_;
    return {};
  }

  Result<std::string> findings_in(Stores& stores) {
    for (const auto& [name, subject] : subjects_) {
      if (auto wrong = TRY(finding_of(stores, name, subject)); !wrong.empty()) return wrong;
    }
    const auto row = TRY(read_checkpoint(*stores.views));
    const Position shown{row ? row->position() : 0};
    if (shown < durable_) return std::string("the views have lost what was durable");
    if (shown > stores.log->head()) return std::string("the views are ahead of the log");
    MemoryViewStore expected;
    TRY(project_until(*stores.log, shown, all_projectors(*stores.keys), expected));
    const auto differ = TRY(differences(expected, *stores.views, all_projectors(*stores.keys)));
    return differ.empty() ? std::string() : differ.front().view + " disagrees with its checkpoint";
  }
  Result<std::string> finding_of(Stores& stores, const std::string& name, const Subject& subject) {
    std::string wrong = name + " is not there";
    Result<void> decoded;
    TRY(stores.log->read(subject.at, Direction::kForward, 1, [&](const StoredEvent& stored) {
      const auto event = decode(stored.record, Open::kAll, stores.keys.get());
      if (!event) {
        decoded = fail(event.error());
        return false;
      }
      const auto* opened = event->as<v1::DealOpened>();
      const bool readable = opened != nullptr && opened->title() == subject.title;
      wrong.clear();
      if (event->stream != name) wrong = name + " is somebody else";
      if (readable && subject.erasure == Erasure::kAnswered)
        wrong = name + " was erased and is back";
      if (!readable && subject.erasure == Erasure::kNone) wrong = name + " cannot be opened";
      return true;
    }));
    if (!decoded) return name + ": " + decoded.error().message;
    return wrong;
  }

  testing_support::TempFolder folder_;
  SystemClock clock_;
  SystemIds ids_{clock_};
  std::mt19937_64 random_;
  SimulatedDisk disk_;
  DiskLie lie_;
  std::map<std::string, Subject> subjects_;  // acknowledged
  std::uint64_t numbers_ = 0;
  std::size_t erased_ = 0;
  Position durable_;
};

TEST(StoresPowerLoss, KeysOpenWhatTheLogHoldsAndViewsAgreeWithTheirCheckpoint) {
  const QuietErrors quiet;
  const auto cuts = soak_number("DEALOG_CUTS", kCuts);
  const auto seed = soak_seed();
  std::uint64_t acknowledged = 0, erased = 0;
  for (std::uint64_t done = 0; done < cuts;) {
    PowerCutsOfStores power(seed + done);
    for (std::uint64_t i = 0; i < kCutsAFolder && done < cuts; ++i, ++done) {
      const auto found = power.round();
      ASSERT_EQ(found, "") << "DEALOG_SEED=" << seed << ", cut " << done;
    }
    acknowledged += power.acknowledged();
    erased += power.erased();
  }
  EXPECT_GT(acknowledged, 5 * cuts) << "too few to say anything";
  EXPECT_GT(erased, cuts / 2);
  tally("power_cuts_of_all_stores", cuts, acknowledged);
  std::cout << cuts << " power cuts, " << acknowledged << " appends acknowledged, " << erased
            << " erasures (seed " << seed << ")\n";
}

// Without this the test above would prove nothing.
TEST(StoresPowerLoss, NoticesADiskThatLies) {
  const QuietErrors quiet;
  const auto seed = soak_seed();
  for (std::uint64_t folder = 0; folder < 10; ++folder) {
    PowerCutsOfStores power(seed + folder, DiskLie::kSyncDoesNothing);
    for (int i = 0; i < 5; ++i) {
      if (!power.round().empty()) return;
    }
  }
  FAIL() << "a disk that lies went unnoticed for 50 power cuts, seed " << seed;
}

}  // namespace
}  // namespace dealog::testing
