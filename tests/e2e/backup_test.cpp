// A restore drill: what a backup brings back, to which moment, and what it must not bring back.
#include <fstream>
#include <sstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/studio.hpp"
#include "tests/e2e/taken_backups.hpp"

namespace dealog::e2e {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr const char* kName = "Drilling Olga";
constexpr const char* kEmail = "drilling.olga@example.org";

struct Drill {
  Studio studio;
  testing_support::TempFolder folder;
  fs::path backups() const { return folder.path() / "backups"; }
  fs::path restored(int number = 1) const {
    return folder.path() / ("restored-" + std::to_string(number));
  }

  Answer open_deal(const std::string& title) {
    return must(studio.api().post("/v1/deals", {{"title", title}, {"source", "fair"}}), 201);
  }
  Answer open_deal_of_olga() {
    return must(studio.api().post("/v1/deals", {{"title", "Olga's"},
                                                {"source", "fair"},
                                                {"person", {{"name", kName}, {"email", kEmail}}}}),
                201);
  }
  Finished backup() {
    return run_dealog({"backup", backups().string(), "--data", studio.server.data().string()});
  }
  void must_back_up() {
    const Finished done = backup();
    ASSERT_EQ(done.exit_code, 0) << done.output << done.errors;
  }
  Finished restore(const fs::path& target, std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"restore", backups().string(), target.string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_dealog(arguments);
  }
  Finished check(std::vector<std::string> more) const {
    more.insert(more.begin(), {"backup", backups().string(), "--check"});
    return run_dealog(more);
  }
  std::vector<fs::path> taken() const { return taken_backups(backups()); }
};

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// The first file of a folder that has this extension.
fs::path file_with(const fs::path& folder, const std::string& extension) {
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == extension) return entry.path();
  }
  throw std::runtime_error("no " + extension + " in " + folder.string());
}

std::size_t deals_of(ApiClient& api) { return api.read("/v1/deals?limit=500").items().size(); }

TEST(RestoreDrill, BringsBackWhatARunningServiceHad) {
  Drill drill;
  const Answer deal = drill.open_deal_of_olga();
  const Finished first = drill.backup();
  ASSERT_EQ(first.exit_code, 0) << first.output << first.errors;
  EXPECT_THAT(first.output, HasSubstr("from the running service"));
  EXPECT_FALSE(fs::exists(drill.studio.server.data() / "checkpoint")) << "nothing is left behind";
  for (int i = 0; i < 20; ++i) drill.open_deal("Later " + std::to_string(i));
  const std::uint64_t head = drill.studio.api().head();
  drill.must_back_up();
  const std::string token = drill.studio.server.owner_token();
  drill.studio.server.kill();
  fs::remove_all(drill.studio.server.data());

  const Finished restored = drill.restore(drill.restored());
  ASSERT_EQ(restored.exit_code, 0) << restored.output << restored.errors;
  const Finished verified = run_dealog({"verify", "--data", drill.restored().string()});
  EXPECT_EQ(verified.exit_code, 0) << verified.output << verified.errors;

  DealogProcess server(drill.restored());
  server.start();
  ApiClient api(server.port(), token);
  EXPECT_EQ(api.head(), head);
  EXPECT_EQ(deals_of(api), 21U);
  EXPECT_THAT(api.read("/v1/people/" + deal.str("/person")).text, HasSubstr(kName));
  must(api.post("/v1/deals", {{"title", "Goes on"}, {"source", "fair"}}), 201);
}

TEST(RestoreDrill, AStoppedFolderIsBackedUpAsWell) {
  Drill drill;
  drill.open_deal("One");
  drill.studio.server.terminate();
  const Finished done = drill.backup();
  ASSERT_EQ(done.exit_code, 0) << done.output << done.errors;
  EXPECT_EQ(done.output.find("running service"), std::string::npos) << done.output;
  for (const auto& backup : drill.taken()) {
    const Finished verified = run_dealog({"verify", "--data", backup.string()});
    EXPECT_EQ(verified.exit_code, 0) << verified.output << verified.errors;
  }
  EXPECT_EQ(run_dealog({"backup", drill.backups().string(), "--check"}).exit_code, 0);
}

TEST(RestoreDrill, GoesBackToAPositionAndToATime) {
  Drill drill;
  drill.open_deal("First");
  const std::uint64_t then = drill.studio.api().head();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const Answer events = must(
      drill.studio.api().get("/v1/events?after=" + std::to_string(then - 1) + "&limit=1"), 200);
  const std::string recorded = str(events.items().at(0), "/recorded_at");
  drill.open_deal("Second");
  drill.must_back_up();
  const std::string token = drill.studio.server.owner_token();

  int number = 0;
  for (const std::string& to : {std::to_string(then), recorded}) {
    const fs::path target = drill.restored(++number);
    const Finished restored = drill.restore(target, {"--to", to});
    ASSERT_EQ(restored.exit_code, 0) << restored.output << restored.errors;
    const Finished verified = run_dealog({"verify", "--data", target.string()});
    EXPECT_EQ(verified.exit_code, 0) << verified.output << verified.errors;
    DealogProcess server(target);
    server.start();
    ApiClient api(server.port(), token);
    EXPECT_EQ(api.head(), then);
    EXPECT_EQ(deals_of(api), 1U);
    must(api.post("/v1/deals", {{"title", "Another second"}, {"source", "fair"}}), 201);
  }
  EXPECT_EQ(drill.restore(drill.restored(9), {"--to", "1000000"}).exit_code, 1);
  EXPECT_EQ(drill.restore(drill.restored(9), {"--to", "yesterday"}).exit_code, 2);
  EXPECT_EQ(drill.restore(drill.restored(9), {"--to", "1999-01-01T00:00:00Z"}).exit_code, 1);
  EXPECT_FALSE(fs::exists(drill.restored(9)));
}

// The backup that is restored was made before the erasure; it is known from a later backup.
TEST(RestoreDrill, WhoWasErasedSinceDoesNotComeBack) {
  Drill drill;
  const Answer deal = drill.open_deal_of_olga();
  const std::string person = deal.str("/person");
  drill.must_back_up();
  must(drill.studio.api().post("/v1/people/" + person + "/erase", {{"reason", "request"}}), 204);
  drill.must_back_up();
  const std::string token = drill.studio.server.owner_token();

  const Finished restored =
      drill.restore(drill.restored(), {"--backup", drill.taken().front().filename().string()});
  ASSERT_EQ(restored.exit_code, 0) << restored.output << restored.errors;
  DealogProcess server(drill.restored());
  server.start();
  ApiClient api(server.port(), token);
  EXPECT_THAT(api.read("/v1/people/" + person).text, Not(HasSubstr("Olga")));
  EXPECT_THAT(api.read("/v1/events?limit=500").text, Not(HasSubstr(kEmail)));
  EXPECT_THAT(api.read("/v1/events?limit=500&type=PersonErased").text, HasSubstr(person));
  // The address belongs to nobody: whoever gives it is somebody new.
  const Answer anew =
      must(api.post("/v1/people", {{"name", "Somebody else"}, {"email", kEmail}}), 201);
  EXPECT_NE(anew.str("/id"), person);
  EXPECT_EQ(server.terminate(), 0);
  const Finished verified = run_dealog({"verify", "--data", drill.restored().string()});
  EXPECT_EQ(verified.exit_code, 0) << verified.output << verified.errors;
}

// The erasure happened after the last backup; only the list of the lost data folder knows of it.
TEST(RestoreDrill, AListOfErasuresThatWasSavedIsHeeded) {
  Drill drill;
  const std::string person = drill.open_deal_of_olga().str("/person");
  drill.must_back_up();
  must(drill.studio.api().post("/v1/people/" + person + "/erase", {{"reason", "request"}}), 204);
  const std::string token = drill.studio.server.owner_token();
  const fs::path list = drill.studio.server.data() / "erasures";
  EXPECT_THAT(bytes_of(list), HasSubstr(person));

  const Finished restored = drill.restore(drill.restored(), {"--erasures", list.string()});
  ASSERT_EQ(restored.exit_code, 0) << restored.output << restored.errors;
  EXPECT_THAT(restored.output, HasSubstr("erased again"));
  DealogProcess server(drill.restored());
  server.start();
  ApiClient api(server.port(), token);
  EXPECT_THAT(api.read("/v1/people/" + person).text, Not(HasSubstr("Olga")));
}

// After as many later backups as keep their keys, the key of the erased is in no backup.
TEST(RestoreDrill, AnErasureLeavesTheBackupsWithTime) {
  Drill drill;
  for (int i = 0; i < 4; ++i) {
    drill.open_deal(std::to_string(i));
    drill.must_back_up();
  }
  const auto backups = drill.taken();
  ASSERT_EQ(backups.size(), 4U);
  EXPECT_FALSE(fs::exists(backups[0] / "keys"));
  EXPECT_FALSE(fs::exists(backups[1] / "keys"));
  EXPECT_TRUE(fs::exists(backups[2] / "keys"));
  EXPECT_TRUE(fs::exists(backups[3] / "keys"));
  // An older backup reads with the keys of a later one.
  const Finished restored =
      drill.restore(drill.restored(), {"--backup", backups[0].filename().string()});
  EXPECT_EQ(restored.exit_code, 0) << restored.output << restored.errors;
}

TEST(RestoreDrill, ASecondBackupCopiesWhatIsNew) {
  Drill drill;
  for (int i = 0; i < 30; ++i) drill.open_deal(std::to_string(i));
  drill.must_back_up();
  drill.must_back_up();
  const auto backups = drill.taken();
  ASSERT_EQ(backups.size(), 2U);
  const fs::path table = file_with(backups[0] / "log", ".sst");
  EXPECT_TRUE(fs::equivalent(table, backups[1] / "log" / table.filename()));
  const Finished kept = run_dealog({"backup", drill.backups().string(), "--data",
                                    drill.studio.server.data().string(), "--keep", "1"});
  EXPECT_EQ(kept.exit_code, 0) << kept.errors;
  EXPECT_EQ(drill.taken().size(), 1U);
  const Finished restored = drill.restore(drill.restored());
  EXPECT_EQ(restored.exit_code, 0) << restored.output << restored.errors;
}

TEST(RestoreDrill, ADamagedBackupIsNamedAndNotRestored) {
  Drill drill;
  drill.open_deal("One");
  drill.must_back_up();
  const fs::path table = file_with(drill.taken().front() / "log", ".sst");
  std::string bytes = bytes_of(table);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  std::ofstream(table, std::ios::binary) << bytes;
  const Finished checked = run_dealog({"backup", drill.backups().string(), "--check"});
  EXPECT_EQ(checked.exit_code, 1);
  EXPECT_THAT(checked.output, HasSubstr(table.filename().string()));
  const Finished restored = drill.restore(drill.restored());
  EXPECT_EQ(restored.exit_code, 1);
  EXPECT_THAT(restored.errors, HasSubstr(table.filename().string()));
  EXPECT_FALSE(fs::exists(drill.restored())) << "nothing half-done";
}

// Whoever can write the folder can make files and manifest agree, but not sign a head.
TEST(RestoreDrill, ABackupWhoseSignedHeadDoesNotHoldIsNotRestored) {
  Drill drill;
  drill.open_deal("One");
  const std::string key = must(drill.studio.api().get("/v1/log/head"), 200).str("/key");
  drill.studio.server.terminate();  // signs the last head
  drill.must_back_up();
  EXPECT_EQ(drill.check({"--key", key}).exit_code, 0);
  Studio other;
  const std::string foreign = must(other.api().get("/v1/log/head"), 200).str("/key");
  const Finished with_foreign = drill.check({"--key", foreign});
  EXPECT_EQ(with_foreign.exit_code, 1);
  EXPECT_THAT(with_foreign.output, HasSubstr("signed head"));
  EXPECT_EQ(drill.restore(drill.restored(), {"--key", foreign}).exit_code, 1);

  const fs::path manifest = drill.taken().front() / "manifest.json";
  const std::string whole = bytes_of(manifest);
  auto changed = json::parse(whole).as_object();
  // One more record than there is, under the old signature; then no head at all.
  std::string note(changed.at("signed_head").as_string());
  const auto count = note.find('\n') + 1;
  note[count] = note[count] == '9' ? '8' : static_cast<char>(note[count] + 1);
  changed["signed_head"] = note;
  std::ofstream(manifest) << json::serialize(changed);
  EXPECT_THAT(drill.check({}).output, HasSubstr("NOT SOUND"));
  const Finished forged = drill.restore(drill.restored());
  EXPECT_EQ(forged.exit_code, 1);
  EXPECT_THAT(forged.errors, HasSubstr("signed head"));
  changed["signed_head"] = "";
  std::ofstream(manifest) << json::serialize(changed);
  EXPECT_EQ(drill.check({"--key", key}).exit_code, 1) << "a head was there to be expected";
  EXPECT_FALSE(fs::exists(drill.restored()));
  std::ofstream(manifest) << whole;
  const Finished restored = drill.restore(drill.restored(), {"--key", key});
  EXPECT_EQ(restored.exit_code, 0) << restored.output << restored.errors;
}

TEST(RestoreDrill, AFolderThatHoldsSomethingIsLeftAlone) {
  Drill drill;
  drill.must_back_up();
  const Finished onto_itself = drill.restore(drill.studio.server.data());
  EXPECT_EQ(onto_itself.exit_code, 1);
  EXPECT_THAT(onto_itself.errors, HasSubstr("not empty"));
  must(drill.studio.api().get("/v1/deals"), 200);
  const Finished none = run_dealog(
      {"restore", (drill.folder.path() / "nothing").string(), drill.restored().string()});
  EXPECT_EQ(none.exit_code, 1);
  const Finished no_data = run_dealog(
      {"backup", drill.backups().string(), "--data", (drill.folder.path() / "nothing").string()});
  EXPECT_EQ(no_data.exit_code, 1);
  Studio other;
  const Finished mixed =
      run_dealog({"backup", drill.backups().string(), "--data", other.server.data().string()});
  EXPECT_EQ(mixed.exit_code, 1);
  EXPECT_THAT(mixed.errors, HasSubstr("another log"));
}

// Backups one after the other while deals are being opened: each is a sound beginning of the log.
TEST(RestoreDrill, BackupsUnderLoadAreSoundAndHoldWhatWasAnswered) {
  Drill drill;
  drill.open_deal("First");
  std::atomic<bool> done = false;
  std::thread load([&] {
    ApiClient api(drill.studio.server.port(), drill.studio.server.owner_token());
    while (!done) must(api.post("/v1/deals", {{"title", "Load"}, {"source", "fair"}}), 201);
  });
  std::vector<std::uint64_t> answered;
  for (int i = 0; i < 3; ++i) {
    answered.push_back(drill.studio.api().head());
    const Finished taken = drill.backup();
    EXPECT_EQ(taken.exit_code, 0) << taken.output << taken.errors;
  }
  done = true;
  load.join();
  const auto backups = drill.taken();
  ASSERT_EQ(backups.size(), 3U);
  for (std::size_t i = 0; i < backups.size(); ++i) {
    const auto manifest = json::parse(bytes_of(backups[i] / "manifest.json"));
    EXPECT_GE(manifest.at("head").to_number<std::uint64_t>(), answered[i]);
  }
}

}  // namespace
}  // namespace dealog::e2e
