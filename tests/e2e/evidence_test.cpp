// A data folder of which a part was lost: the start is refused before anything else goes, `verify`
// and `backup` say what is wrong, and nobody takes what is left for something else.
#include <fstream>
#include <iterator>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/studio.hpp"
#include "tests/e2e/taken_backups.hpp"

namespace dealog::e2e {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

class Evidence : public ::testing::Test {
 protected:
  void open_deals(int count) {
    for (int i = 0; i < count; ++i) {
      deals_.push_back(must(studio_.api().post("/v1/deals", {{"title", "Deal"},
                                                             {"source", "fair"},
                                                             {"person", {{"name", "Olga"}}}}),
                            201)
                           .str("/id"));
    }
  }
  void stop() { ASSERT_EQ(studio_.server.terminate(), 0); }
  fs::path data() const { return studio_.server.data(); }
  fs::path backups() const { return folder_.path() / "backups"; }

  Finished serve() const {
    return run_dealog({"serve", "--data", data().string(), "--listen", "127.0.0.1:0"});
  }
  Finished verify(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"verify", "--data", data().string()});
    return run_dealog(more);
  }
  Finished backup(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"backup", backups().string(), "--data", data().string()});
    return run_dealog(more);
  }
  std::vector<fs::path> taken() const { return taken_backups(backups()); }
  static std::size_t remove(const fs::path& folder, const std::string& extension) {
    std::vector<fs::path> gone;
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (entry.path().extension() == extension) gone.push_back(entry.path());
    }
    for (const auto& path : gone) fs::remove(path);
    return gone.size();
  }
  // All files of a folder but what RocksDB tells of itself.
  static std::map<std::string, std::string> bytes_of(const fs::path& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      const std::string name = entry.path().filename();
      if (!entry.is_regular_file() || name.starts_with("LOG")) continue;
      std::ifstream in(entry.path(), std::ios::binary);
      files[fs::relative(entry.path(), folder)] =
          std::string((std::istreambuf_iterator<char>(in)), {});
    }
    return files;
  }
  // `part` of the data folder, to the byte.
  void expect_refused_and_unchanged(const std::string& words, const std::string& part = ".") {
    const auto before = bytes_of(data() / part);
    for (int start = 0; start < 2; ++start) {
      const Finished refused = serve();
      EXPECT_EQ(refused.exit_code, 1) << refused.output << refused.errors;
      EXPECT_THAT(refused.errors, HasSubstr(words));
      EXPECT_THAT(refused.errors, HasSubstr("dealog restore"));
    }
    EXPECT_TRUE(bytes_of(data() / part) == before) << "a refused start changed the folder";
  }
  void expect_not_sound(const std::string& words) {
    const Finished checked = verify();
    EXPECT_EQ(checked.exit_code, 1) << checked.output << checked.errors;
    EXPECT_THAT(checked.output, HasSubstr(words));
    EXPECT_THAT(checked.output, HasSubstr("NOT SOUND"));
    EXPECT_THAT(checked.output, HasSubstr("dealog restore"));
  }

  Studio studio_;
  testing_support::TempFolder folder_;
  std::vector<std::string> deals_;
};

TEST_F(Evidence, KeysThatWereLostWithTheirWriteAheadFileAreMissed) {
  open_deals(2);
  const std::string token = studio_.server.owner_token();
  ASSERT_EQ(studio_.restart_gracefully(), 0);  // what is in write-ahead files goes into tables
  open_deals(3);
  stop();
  ASSERT_GT(remove(data() / "keys", ".log"), 0U);
  expect_refused_and_unchanged("that the log names are missing", "keys");
  expect_not_sound("is missing in keys");

  DealogProcess without(data(), {"--accept-lost-keys"});
  without.start();
  ApiClient api(without.port(), token);
  EXPECT_EQ(must(api.get("/v1/deals/" + deals_.front()), 200).str("/title"), "Deal");
  must(api.post("/v1/deals", {{"title", "Goes on"}, {"source", "fair"}}), 201);
  EXPECT_EQ(without.terminate(), 0);
  DealogProcess again(data());
  again.start();
  EXPECT_EQ(again.terminate(), 0);
  const Finished checked = verify();
  EXPECT_EQ(checked.exit_code, 0) << checked.output << checked.errors;
  EXPECT_THAT(checked.output, HasSubstr("lost, which somebody has accepted"));
}

TEST_F(Evidence, ABackupWithoutAKeyTakesNoneFromAnOlderOne) {
  open_deals(3);
  ASSERT_EQ(backup().exit_code, 0);
  open_deals(40);  // more than the keys that were made at first
  ASSERT_EQ(backup().exit_code, 0);
  stop();
  // An older copy of the keys, put over the newer ones.
  fs::remove_all(data() / "keys");
  fs::copy(taken().front() / "keys", data() / "keys");
  for (const auto& one : {taken().front(), taken().back()}) EXPECT_TRUE(fs::exists(one / "keys"));
  for (int i = 0; i < 3; ++i) {
    const Finished taken = backup({"--keep", "1"});
    EXPECT_EQ(taken.exit_code, 1) << taken.output << taken.errors;
    EXPECT_THAT(taken.output, HasSubstr("is missing in keys"));
  }
  const auto all = taken();
  ASSERT_EQ(all.size(), 5U) << "nothing older is removed";
  EXPECT_TRUE(fs::exists(all[1] / "keys.json")) << "it alone has every key";
  const Finished sound = run_dealog({"verify", "--data", all[1].string()});
  EXPECT_EQ(sound.exit_code, 0) << sound.output << sound.errors;
  EXPECT_THAT(run_dealog({"backup", backups().string(), "--check"}).output,
              HasSubstr("is missing in keys"));
}

TEST_F(Evidence, KeysWithoutCurrentAreLeftAsTheyAre) {
  open_deals(1);
  stop();
  fs::remove(data() / "keys" / "CURRENT");
  expect_refused_and_unchanged("CURRENT is missing", "keys");
  expect_not_sound("keys");
}

TEST_F(Evidence, VerifyChecksTheKeys) {
  open_deals(2);
  ASSERT_EQ(studio_.restart_gracefully(), 0);  // what is in write-ahead files goes into tables
  stop();
  const Finished sound = verify();
  ASSERT_EQ(sound.exit_code, 0) << sound.output << sound.errors;
  EXPECT_THAT(sound.output, HasSubstr(" keys, 0 of them erased"));
  const fs::path keys = data() / "keys";
  const fs::path kept = folder_.path() / "kept";
  fs::copy(keys, kept, fs::copy_options::recursive);

  for (const auto& entry : fs::directory_iterator(kept)) {
    if (entry.path().extension() != ".sst") continue;
    const fs::path table = keys / entry.path().filename();
    std::fstream file(table, std::ios::in | std::ios::out | std::ios::binary);
    const auto place = static_cast<std::streamoff>(fs::file_size(table) / 3);
    file.seekg(place);
    const int byte = file.get();
    file.seekp(place);
    file.put(static_cast<char>(byte ^ 0xff));
    file.close();
    expect_not_sound("keys");
    fs::remove(table);
    expect_not_sound("keys");
    fs::copy(entry.path(), table);
  }
  fs::remove_all(keys);
  expect_not_sound("the folder keys is missing");
  fs::create_directory(keys);
  expect_not_sound("keys");

  // A log that was copied alone.
  const fs::path alone = folder_.path() / "alone";
  fs::create_directory(alone);
  fs::copy(data() / "log", alone / "log", fs::copy_options::recursive);
  fs::copy(data() / "log.watermark", alone / "log.watermark");
  const Finished copied = run_dealog({"verify", "--data", alone.string()});
  EXPECT_EQ(copied.exit_code, 0) << copied.output << copied.errors;
  EXPECT_THAT(copied.output, HasSubstr("keys not checked"));
}

TEST_F(Evidence, AWriteAheadFileOfTheLogSurvivesARefusedStart) {
  open_deals(20);
  stop();
  fs::path largest;
  for (const auto& entry : fs::directory_iterator(data() / "log")) {
    if (entry.path().extension() != ".log") continue;
    if (largest.empty() || entry.file_size() > fs::file_size(largest)) largest = entry.path();
  }
  std::fstream file(largest, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(5000);
  const int byte = file.get();
  file.seekp(5000);
  file.put(static_cast<char>(byte ^ 0xff));
  file.close();
  expect_refused_and_unchanged("is missing");
  // Nor does a backup of what is left.
  const auto before = bytes_of(data());
  EXPECT_EQ(backup().exit_code, 1);
  EXPECT_TRUE(bytes_of(data()) == before);
}

TEST_F(Evidence, AnEndThatIsAcceptedSaysWhatIsGivenUpAndBeginsAnEpoch) {
  open_deals(5);
  const std::uint64_t head = studio_.api().head();
  const fs::path early = folder_.path() / "head.json";
  std::ofstream(early) << must(studio_.api().get("/v1/log/head"), 200).text;
  stop();
  ASSERT_GT(remove(data() / "log", ".log"), 0U);
  expect_not_sound("is missing");
  const Finished accepted = verify({"--accept-end"});
  ASSERT_EQ(accepted.exit_code, 0) << accepted.output << accepted.errors;
  EXPECT_THAT(accepted.output, HasSubstr("given up: positions 1 to " + std::to_string(head)));
  EXPECT_THAT(accepted.output, HasSubstr("its signed head says"));
  EXPECT_THAT(accepted.output, HasSubstr("begins epoch 2-"));
  EXPECT_TRUE(fs::exists(data() / "signed-head.epoch-1"));
  EXPECT_TRUE(fs::exists(data() / "log.watermark.epoch-1"));
  const Finished proved = verify({"--head", early.string()});
  EXPECT_EQ(proved.exit_code, 1) << proved.output << proved.errors;
  EXPECT_THAT(proved.output, HasSubstr("the log was restored since and is now in epoch 2-"));
}

// Neither may wait for the other to be mended first.
TEST_F(Evidence, AnEndIsAcceptedThoughKeysAreLostAsWell) {
  open_deals(2);
  const std::string token = studio_.server.owner_token();
  ASSERT_EQ(studio_.restart_gracefully(), 0);
  open_deals(2);
  stop();
  ASSERT_GT(remove(data() / "keys", ".log"), 0U);
  fs::remove(data() / "log.watermark");
  const Finished accepted = verify({"--accept-end"});
  EXPECT_EQ(accepted.exit_code, 1) << "keys are missing";
  EXPECT_THAT(accepted.output, HasSubstr("is recorded as the log's end"));
  DealogProcess without(data(), {"--accept-lost-keys"});
  without.start();
  ApiClient api(without.port(), token);
  must(api.post("/v1/deals", {{"title", "Goes on"}, {"source", "fair"}}), 201);
  EXPECT_EQ(without.terminate(), 0);
}

TEST_F(Evidence, ABackupIsNoDataFolder) {
  open_deals(1);
  ASSERT_EQ(backup().exit_code, 0);
  const fs::path one = taken().front();
  const auto before = bytes_of(one);
  const std::string target = (folder_.path() / "other").string();
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"serve", "--listen", "127.0.0.1:0"},
        {"rebuild"},
        {"token"},
        {"prune"},
        {"import", "-"},
        {"verify", "--accept-end"},
        {"backup", target},
        {"archive", target},
        {"archive", target, "--drop"}}) {
    auto arguments = command;
    arguments.insert(arguments.end(), {"--data", one.string()});
    const Finished refused = run_dealog(arguments);
    EXPECT_EQ(refused.exit_code, 1) << command.front();
    EXPECT_THAT(refused.errors, HasSubstr("is a backup")) << command.front();
    EXPECT_THAT(refused.errors, HasSubstr("dealog restore")) << command.front();
  }
  EXPECT_TRUE(bytes_of(one) == before);
  EXPECT_EQ(run_dealog({"backup", backups().string(), "--check"}).exit_code, 0);
  EXPECT_EQ(run_dealog({"verify", "--data", one.string()}).exit_code, 0);
  EXPECT_EQ(run_dealog({"serve", "--data", backups().string()}).exit_code, 1);
  EXPECT_FALSE(fs::exists(backups() / "log"));
}

TEST_F(Evidence, NoCompanyBeginsWhereOneWas) {
  open_deals(3);
  const std::uint64_t head = studio_.api().head();
  stop();
  fs::remove_all(data() / "log");
  fs::remove(data() / "log.watermark");
  expect_refused_and_unchanged("position " + std::to_string(head));
  EXPECT_FALSE(fs::exists(data() / "log"));
  const Finished checked = verify();
  EXPECT_EQ(checked.exit_code, 1);
  EXPECT_THAT(checked.errors, HasSubstr("has lost its log"));
}

TEST_F(Evidence, ADamagedFileOfTheNewestBackupDoesNotBlockTheNext) {
  open_deals(30);
  ASSERT_EQ(studio_.restart_gracefully(), 0);
  ASSERT_EQ(backup().exit_code, 0);
  fs::path table;
  for (const auto& entry : fs::directory_iterator(taken().front() / "log")) {
    if (entry.path().extension() == ".sst") table = std::max(table, entry.path());
  }
  ASSERT_FALSE(table.empty());
  fs::permissions(table, fs::perms::owner_all);
  std::fstream file(table, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(100);
  file.put('!');
  file.put('?');
  file.close();
  const Finished next = backup();
  EXPECT_EQ(next.exit_code, 0) << next.output << next.errors;
  EXPECT_THAT(next.output, HasSubstr("warning: " + table.string()));
  const Finished checked = run_dealog({"backup", backups().string(), "--check"});
  EXPECT_EQ(checked.exit_code, 1);
  EXPECT_THAT(checked.output, HasSubstr("with keys: sound"));
  const Finished restored =
      run_dealog({"restore", backups().string(), (folder_.path() / "again").string()});
  EXPECT_EQ(restored.exit_code, 0) << restored.output << restored.errors;
}

TEST_F(Evidence, AMistypedFolderStaysUnmade) {
  const fs::path none = folder_.path() / "none";
  const std::string rules = (folder_.path() / "rules.yaml").string();
  std::ofstream(rules) << "[]\n";
  for (const std::vector<std::string>& command : {std::vector<std::string>{"rebuild"},
                                                  {"prune"},
                                                  {"token"},
                                                  {"import", rules},
                                                  {"backtest", rules, "--from", "2026-01-01"},
                                                  {"backup", (folder_.path() / "b").string()},
                                                  {"archive", (folder_.path() / "a").string()},
                                                  {"verify"}}) {
    auto arguments = command;
    arguments.insert(arguments.end(), {"--data", none.string()});
    const Finished refused = run_dealog(arguments);
    EXPECT_EQ(refused.exit_code, 1) << command.front() << refused.errors;
    EXPECT_THAT(refused.errors, HasSubstr(none.string())) << command.front();
    EXPECT_FALSE(fs::exists(none)) << command.front();
  }
  const Finished no_regulation =
      run_dealog({"serve", "--data", none.string(), "--regulation", "/nope"});
  EXPECT_EQ(no_regulation.exit_code, 1);
  EXPECT_FALSE(fs::exists(none));
}

}  // namespace
}  // namespace dealog::e2e
