// Segments of a log: written, checked, damaged, and made a log again.
#include "libs/eventlog/archive.hpp"

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "libs/base/ed25519.hpp"
#include "libs/eventlog/log_end_mark.hpp"
#include "libs/eventlog/verify_findings.hpp"
#include "tests/unit/eventlog/log_fixtures.hpp"

namespace dealog::testing {
namespace {

namespace fs = std::filesystem;

class ArchivedLog {
 public:
  ArchivedLog() { append(0, 30); }

  void append(std::uint64_t from, std::uint64_t to) {
    auto log = RocksLog::open({.folder = log_folder(), .clock = &clock_});
    if (!log) throw std::runtime_error(log.error().message);
    for (std::uint64_t i = from; i < to; ++i) {
      clock_.advance(std::chrono::seconds(1));
      const std::string deal = "deal_" + std::to_string(i % 4);
      auto request = append_of({{.stream = deal,
                                 .id = 10 * i + 1,
                                 .payload = std::string(100 + i, 'p'),
                                 .open_tags = {"tag-" + std::to_string(i % 3)},
                                 .personal_tags = {std::string(16, static_cast<char>('A' + i))},
                                 .fresh_keys = {{deal, i % 4 + 1}},
                                 .box_key = i % 4 + 1},
                                {.stream = "per_" + std::to_string(i), .id = 10 * i + 2}});
      request.raw_bodies = {{id_of(10 * i + 1), "body"}};
      if (!(*log)->append_and_wait(std::move(request))) std::abort();
    }
  }
  Result<std::vector<ArchiveSegment>> archive(std::uint64_t segment_events = 20) {
    const auto tables = LogTables::open({.folder = log_folder(), .read_only = true}).value();
    return archive_log(tables, archive_folder(), {.segment_events = segment_events});
  }
  VerifyReport verify(const fs::path& folder) {
    return verify_log({.folder = folder, .needs_watermark = false}).value();
  }
  fs::path log_folder() const { return folder_.path() / "log"; }
  fs::path archive_folder() const { return folder_.path() / "archive"; }
  fs::path path(const std::string& name) const { return folder_.path() / name; }
  ManualClock& clock() { return clock_; }

 private:
  TemporaryFolder folder_;
  ManualClock clock_{kNoon};
};

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}
void write(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

TEST(Archive, HoldsTheLogInSegmentsThatJoin) {
  ArchivedLog log;
  const auto made = log.archive().value();
  ASSERT_EQ(made.size(), 3U);
  EXPECT_EQ(made[0].first, Position{1});
  EXPECT_EQ(made[0].last, Position{20});
  EXPECT_EQ(made[2].last, Position{60});
  const auto checked = check_archive(log.archive_folder());
  ASSERT_TRUE(checked.has_value()) << checked.error().message;
  const auto report = log.verify(log.log_folder());
  EXPECT_EQ(checked->frontier.root(), report.root);
  // What is there is not written again; what is new is added.
  EXPECT_TRUE(log.archive().value().empty());
  log.append(30, 35);
  const auto more = log.archive().value();
  ASSERT_EQ(more.size(), 1U);
  EXPECT_EQ(more[0].first, Position{61});
  EXPECT_EQ(check_archive(log.archive_folder()).value().last, Position{70});
}

TEST(Archive, BecomesTheSameLogAgain) {
  ArchivedLog log;
  ASSERT_TRUE(log.archive().has_value());
  const auto end = import_archive(log.archive_folder(), log.path("again"));
  ASSERT_TRUE(end.has_value()) << end.error().message;
  const auto was = log.verify(log.log_folder());
  const auto is = log.verify(log.path("again"));
  EXPECT_TRUE(is.is_sound()) << (is.first ? is.first->what : "");
  EXPECT_EQ(is.root, was.root);
  EXPECT_EQ(is.log_id, was.log_id);
  EXPECT_EQ(is.commits, was.commits);
  EXPECT_EQ(is.tags, was.tags);
  EXPECT_EQ(is.personal_tags, was.personal_tags);
  EXPECT_EQ(is.subject_keys, was.subject_keys);
  EXPECT_EQ(is.raw_bodies, 0U);
  EXPECT_EQ(import_archive(log.archive_folder(), log.path("again")).error().code, "log_not_empty");
  // And it goes on.
  ASSERT_TRUE(begin_restored_log(log.path("again")).has_value());
  auto reopened = RocksLog::open({.folder = log.path("again"), .clock = &log.clock()}).value();
  EXPECT_EQ(reopened->highest_key().value(), 4U);
  const auto appended = reopened->append_and_wait(append_of({{.stream = "deal_1", .id = 9999}}));
  EXPECT_EQ(appended.value().first, Position{61});
}

TEST(Archive, EveryFlippedByteIsFound) {
  ArchivedLog log;
  const auto made = log.archive(1000).value();
  const fs::path file = log.archive_folder() / made.front().file.path;
  const std::string whole = bytes_of(file);
  for (std::size_t at = 0; at < whole.size(); at += 101) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x20);
    write(file, changed);
    EXPECT_FALSE(check_archive(log.archive_folder()).has_value()) << at;
  }
  write(file, whole.substr(0, whole.size() / 2));
  EXPECT_FALSE(check_archive(log.archive_folder()).has_value());
  fs::remove(file);
  const auto missing = check_archive(log.archive_folder());
  ASSERT_FALSE(missing.has_value());
  EXPECT_NE(missing.error().message.find(file.filename().string()), std::string::npos);
}

// The hash in the manifest was made to fit: the tree still tells.
TEST(Archive, ASegmentThatWasForgedIsFoundByItsTree) {
  ArchivedLog log, other;
  const auto made = log.archive(1000).value();
  const auto forged = other.archive(1000).value();
  const fs::path file = log.archive_folder() / made.front().file.path;
  write(file, bytes_of(other.archive_folder() / forged.front().file.path));
  const fs::path manifest = fs::path(file).replace_extension(".json");
  std::string text = bytes_of(manifest);
  const auto put = [&](const std::string& from, const std::string& to) {
    text.replace(text.find(from), from.size(), to);
  };
  put(to_hex(made.front().file.sha256), to_hex(forged.front().file.sha256));
  put("\"bytes\":" + std::to_string(made.front().file.bytes),
      "\"bytes\":" + std::to_string(forged.front().file.bytes));
  write(manifest, text);
  EXPECT_EQ(check_archive(log.archive_folder()).error().code, "archive_broken");
}

TEST(Archive, AMissingSegmentIsNamed) {
  ArchivedLog log;
  const auto made = log.archive().value();
  fs::remove((log.archive_folder() / made[1].file.path).replace_extension(".json"));
  const auto listed = list_segments(log.archive_folder());
  ASSERT_FALSE(listed.has_value());
  EXPECT_NE(listed.error().message.find("position 21"), std::string::npos);
  EXPECT_EQ(list_segments(log.path("none")).error().code, "archive_absent");
}

// Each segment is looked at alone, so that one that is lost does not hide what the others are.
TEST(Archive, WhatIsWrongIsNamedWithItsFirstPosition) {
  ArchivedLog log;
  const auto made = log.archive().value();
  EXPECT_TRUE(verify_archive(log.archive_folder(), {}).value().is_sound());
  const fs::path middle = log.archive_folder() / made[1].file.path;
  const std::string whole = bytes_of(middle);
  const std::string description = bytes_of(fs::path(middle).replace_extension(".json"));
  write(middle, whole.substr(0, whole.size() - 40));
  auto report = verify_archive(log.archive_folder(), {}).value();
  ASSERT_EQ(report.problems.size(), 1U);
  EXPECT_EQ(report.problems.front().position, Position{21});
  EXPECT_EQ(report.events, 40U) << "the others are sound";

  write(middle, whole);
  fs::remove(fs::path(middle).replace_extension(".json"));
  report = verify_archive(log.archive_folder(), {}).value();
  ASSERT_EQ(report.problems.size(), 1U);
  EXPECT_EQ(report.problems.front().position, Position{21});
  EXPECT_NE(report.problems.front().what.find("up to 40"), std::string::npos);

  write(fs::path(middle).replace_extension(".json"), description);
  fs::remove(log.archive_folder() / made[0].file.path);
  report = verify_archive(log.archive_folder(), {}).value();
  ASSERT_EQ(report.problems.size(), 1U);
  EXPECT_EQ(report.problems.front().position, Position{1});
  EXPECT_EQ(report.events, 40U);
}

TEST(Archive, AManifestSaysHowFarItMustGo) {
  ArchivedLog log;
  const auto made = log.archive().value();
  const auto key = [](std::string_view seed) { return ed25519_public_key(seed); };
  const std::string seed(32, 's');
  ArchiveManifest manifest{.head = {.log_id = made.back().log_id,
                                    .epoch = "1",
                                    .position = made.back().last,
                                    .root = made.back().root},
                           .last_recorded = made.back().last_recorded};
  manifest.signed_head = sign_head(manifest.head, key(seed),
                                   [&](std::string_view text) { return ed25519_sign(seed, text); });
  manifest.verifier_key = verifier_key(manifest.head, key(seed));
  ASSERT_TRUE(write_archive_manifest(log.archive_folder(), manifest).has_value());
  EXPECT_TRUE(verify_archive(log.archive_folder(), key(seed)).value().is_sound());
  EXPECT_TRUE(check_archive(log.archive_folder()).has_value());
  EXPECT_FALSE(verify_archive(log.archive_folder(), key(std::string(32, 'x'))).value().is_sound());
  // Without the last segment nothing else tells that it was there.
  fs::remove((log.archive_folder() / made[2].file.path).replace_extension(".json"));
  const auto report = verify_archive(log.archive_folder(), {}).value();
  ASSERT_FALSE(report.is_sound());
  EXPECT_EQ(report.problems.front().position, Position{41});
  EXPECT_FALSE(check_archive(log.archive_folder()).has_value());
}

TEST(Archive, GoesUpToAPositionAndGoesOnLater) {
  ArchivedLog log;
  const auto archive_until = [&](Position until) {
    const auto tables = LogTables::open({.folder = log.log_folder(), .read_only = true}).value();
    return archive_log(tables, log.archive_folder(), {.segment_events = 20, .until = until});
  };
  EXPECT_EQ(archive_until({27}).value().back().last, Position{26}) << "appends have two events";
  // What an interrupted run leaves is not in the way.
  write(log.archive_folder() / "00000000000000000027-00000000000000000099.segment", "half");
  ASSERT_TRUE(archive_until({60}).has_value());
  EXPECT_EQ(check_archive(log.archive_folder()).value().last, Position{60});
  EXPECT_FALSE(
      fs::exists(log.archive_folder() / "00000000000000000027-00000000000000000099.segment"));
}

TEST(Archive, ALogThatIsNotWhatWasSignedIsNotArchived) {
  ArchivedLog log;
  const auto tables = LogTables::open({.folder = log.log_folder(), .read_only = true}).value();
  const TreeHead head{.log_id = "", .epoch = "1", .position = {10}, .root = {}};
  const auto refused = archive_log(tables, log.archive_folder(), {.heads = {head}});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, "log_broken");
  EXPECT_TRUE(list_segments(log.archive_folder()).value().empty());
}

TEST(Archive, AnotherLogIsRefused) {
  ArchivedLog log, other;
  ASSERT_TRUE(log.archive().has_value());
  const auto tables = LogTables::open({.folder = other.log_folder(), .read_only = true}).value();
  EXPECT_EQ(archive_log(tables, log.archive_folder(), {.segment_events = 20}).error().code,
            "other_log");
}

}  // namespace
}  // namespace dealog::testing
