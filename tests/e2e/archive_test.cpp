// The log as segments that never change: written while the service runs, checked alone, and a data
// folder made of them again.
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/studio.hpp"

namespace dealog::e2e {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

struct Archiving {
  Studio studio;
  testing_support::TempFolder folder;
  fs::path archive() const { return folder.path() / "archive"; }
  fs::path data() const { return studio.server.data(); }

  Answer open_deal(const std::string& title) {
    return must(studio.api().post("/v1/deals", {{"title", title}, {"source", "fair"}}), 201);
  }
  Finished take(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"archive", archive().string(), "--data", data().string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_dealog(arguments);
  }
  Finished verify(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"archive", archive().string(), "--verify"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_dealog(arguments);
  }
  std::vector<fs::path> segments() const {
    std::vector<fs::path> all;
    for (const auto& entry : fs::directory_iterator(archive())) {
      if (entry.path().extension() == ".segment") all.push_back(entry.path());
    }
    std::ranges::sort(all);
    return all;
  }
};

TEST(Archive, IsWrittenWhileTheServiceRunsAndOnlyWhatIsNewIsAdded) {
  Archiving it;
  for (int i = 0; i < 5; ++i) it.open_deal("Deal " + std::to_string(i));
  const Finished first = it.take();
  ASSERT_EQ(first.exit_code, 0) << first.output << first.errors;
  EXPECT_THAT(first.output, HasSubstr("from the running service"));
  EXPECT_EQ(it.segments().size(), 1U);
  EXPECT_THAT(it.take().output, HasSubstr("0 new segments"));
  it.open_deal("One more");
  it.studio.server.terminate();
  const Finished second = it.take();
  ASSERT_EQ(second.exit_code, 0) << second.output << second.errors;
  EXPECT_EQ(it.segments().size(), 2U);
  for (const auto& more : {std::vector<std::string>{}, {"--data", it.data().string()}}) {
    const Finished verified = it.verify(more);
    EXPECT_EQ(verified.exit_code, 0) << verified.output << verified.errors;
    EXPECT_THAT(verified.output, HasSubstr("signed head"));
  }
}

TEST(Archive, DamageIsNamedByItsPosition) {
  Archiving it;
  for (int i = 0; i < 5; ++i) it.open_deal("Deal " + std::to_string(i));
  ASSERT_EQ(it.take({"--segment-events", "5"}).exit_code, 0);
  const auto segments = it.segments();
  ASSERT_GE(segments.size(), 2U);
  fs::resize_file(segments[1], fs::file_size(segments[1]) - 10);
  const Finished verified = it.verify();
  EXPECT_EQ(verified.exit_code, 1);
  const auto first = std::stoull(segments[1].filename().string().substr(0, 20));
  EXPECT_THAT(verified.output, HasSubstr("the first at position " + std::to_string(first)));
  EXPECT_EQ(run_dealog({"archive", (it.folder.path() / "none").string(), "--verify"}).exit_code, 1);
}

TEST(Archive, BecomesADataFolderThatServesTheSame) {
  Archiving it;
  const Answer deal = it.open_deal("Kept for years");
  it.open_deal("Another");
  const std::string id = deal.str("/id");
  const std::string board = it.studio.api().read("/v1/deals?limit=50").text;
  const std::string timeline = it.studio.api().read("/v1/deals/" + id + "/timeline").text;
  const std::string token = it.studio.server.owner_token();
  ASSERT_EQ(it.take({"--segment-events", "3"}).exit_code, 0);
  it.studio.server.terminate();
  const fs::path again = it.folder.path() / "again";
  const Finished made = run_dealog(
      {"archive", it.archive().string(), "--import", again.string(), "--data", it.data().string()});
  ASSERT_EQ(made.exit_code, 0) << made.output << made.errors;
  const Finished verified = run_dealog({"verify", "--data", again.string()});
  EXPECT_EQ(verified.exit_code, 0) << verified.output << verified.errors;
  DealogProcess server(again);
  server.start();
  ApiClient api(server.port(), token);
  EXPECT_EQ(api.read("/v1/deals?limit=50").text, board);
  EXPECT_EQ(api.read("/v1/deals/" + id + "/timeline").text, timeline);
  must(api.post("/v1/deals", {{"title", "Goes on"}, {"source", "fair"}}), 201);
}

TEST(Archive, IsImportedUpToAPositionOrATime) {
  Archiving it;
  it.open_deal("First");
  const std::uint64_t then = it.studio.api().head();
  const std::string recorded = str(
      must(it.studio.api().get("/v1/events?after=" + std::to_string(then - 1) + "&limit=1"), 200)
          .items()
          .at(0),
      "/recorded_at");
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  it.open_deal("Second");
  ASSERT_EQ(it.take({"--segment-events", "3"}).exit_code, 0);
  const std::string token = it.studio.server.owner_token();
  it.studio.server.terminate();
  int number = 0;
  for (const std::string& until : {std::to_string(then), recorded}) {
    const fs::path again = it.folder.path() / ("again-" + std::to_string(++number));
    const Finished made = run_dealog({"archive", it.archive().string(), "--import", again.string(),
                                      "--data", it.data().string(), "--until", until});
    ASSERT_EQ(made.exit_code, 0) << made.output << made.errors;
    const Finished verified = run_dealog({"verify", "--data", again.string()});
    EXPECT_EQ(verified.exit_code, 0) << verified.output << verified.errors;
    DealogProcess server(again);
    server.start();
    ApiClient api(server.port(), token);
    EXPECT_EQ(api.read("/v1/deals?limit=50").items().size(), 1U) << until;
  }
  const Finished nothing =
      run_dealog({"archive", it.archive().string(), "--import",
                  (it.folder.path() / "none").string(), "--until", "2001-01-01T00:00:00Z"});
  EXPECT_EQ(nothing.exit_code, 1);
  EXPECT_FALSE(fs::exists(it.folder.path() / "none"));
}

TEST(Archive, ASegmentThatIsGoneOrCutIsWrittenAgain) {
  Archiving it;
  for (int i = 0; i < 5; ++i) it.open_deal("Deal " + std::to_string(i));
  ASSERT_EQ(it.take({"--segment-events", "5"}).exit_code, 0);
  const auto segments = it.segments();
  ASSERT_GE(segments.size(), 3U);
  fs::resize_file(segments[0], fs::file_size(segments[0]) - 10);
  fs::remove(segments[1]);
  const Finished again = it.take({"--segment-events", "100"});
  EXPECT_EQ(again.exit_code, 0) << again.output << again.errors;
  for (const auto& path : {segments[0], segments[1]}) {
    EXPECT_THAT(again.output, HasSubstr(path.filename().string() + " was gone or cut"));
  }
  EXPECT_EQ(it.verify().exit_code, 0);
  // What the log has dropped nobody can write again.
  it.studio.server.terminate();
  ASSERT_EQ(it.take({"--drop"}).exit_code, 0);
  fs::remove(segments[1]);
  const Finished lost = it.take();
  EXPECT_EQ(lost.exit_code, 1);
  EXPECT_THAT(lost.errors, HasSubstr(segments[1].filename().string()));
}

TEST(Archive, AnotherCompanysKeysAreRefused) {
  Archiving it;
  it.open_deal("Ours");
  ASSERT_EQ(it.take().exit_code, 0);
  it.studio.server.terminate();
  Studio other;
  other.server.terminate();
  const fs::path target = it.folder.path() / "again";
  const Finished refused = run_dealog({"archive", it.archive().string(), "--import",
                                       target.string(), "--data", other.server.data().string()});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, HasSubstr("another log's keys"));
  EXPECT_FALSE(fs::exists(target));
}

// What a user sees of a company with some deals.
using Seen = std::vector<std::string>;
Seen seen_by(ApiClient& api, const std::string& deal) {
  return {api.read("/v1/deals?limit=50").text, api.read("/v1/deals/" + deal + "/timeline").text,
          api.read("/v1/events?limit=500").text,
          json::serialize(api.read("/v1/board").at("/columns"))};
}
Finished rebuild(const fs::path& data) { return run_dealog({"rebuild", "--data", data.string()}); }

TEST(ArchiveDrop, WhatWasDroppedIsReadFromTheArchiveAndNothingChanges) {
  Archiving it;
  const http::ClientHeaders key{{"Idempotency-Key", "long-ago"}};
  const json::value wanted{{"title", "Kept for years"},
                           {"source", "fair"},
                           {"person", {{"name", "Olga"}, {"phone", "+79165550177"}}}};
  const Answer deal = must(it.studio.api().post("/v1/deals", wanted, key), 201);
  for (int i = 0; i < 10; ++i) it.open_deal("Deal " + std::to_string(i));
  const Seen before = seen_by(it.studio.api(), deal.str("/id"));
  EXPECT_EQ(it.take({"--drop"}).exit_code, 1) << "not while the service runs";
  it.studio.server.terminate();

  const Finished looked = it.take({"--drop", "--dry-run"});
  EXPECT_EQ(looked.exit_code, 1) << "there is no archive yet";
  const Finished dropped = it.take({"--drop", "--segment-events", "7"});
  ASSERT_EQ(dropped.exit_code, 0) << dropped.output << dropped.errors;
  EXPECT_THAT(dropped.output, HasSubstr("were dropped"));
  const Finished verified = run_dealog({"verify", "--data", it.data().string()});
  EXPECT_EQ(verified.exit_code, 0) << verified.output << verified.errors;
  EXPECT_THAT(verified.output, HasSubstr("lie in the archive"));
  const Finished read =
      run_dealog({"verify", "--data", it.data().string(), "--archive", it.archive().string()});
  EXPECT_EQ(read.exit_code, 0) << read.output << read.errors;
  EXPECT_THAT(read.output, HasSubstr("were read from the archive"));
  const Finished rebuilt = rebuild(it.data());
  EXPECT_EQ(rebuilt.exit_code, 0) << rebuilt.output << rebuilt.errors;
  EXPECT_THAT(rebuilt.output, HasSubstr("the rebuilt views equal the old ones"));
  fs::remove_all(it.data() / "views");

  it.studio.server.start();
  it.studio.api().move_to(it.studio.server.port());
  EXPECT_EQ(seen_by(it.studio.api(), deal.str("/id")), before);
  const Answer again = must(it.studio.api().post("/v1/deals", wanted, key), 201);
  EXPECT_EQ(again.text, deal.text);
  expect_problem(it.studio.api().post("/v1/deals", {{"title", "Other"}, {"source", "fair"}}, key),
                 422, "idempotency_key_reused");
  it.open_deal("Goes on");
  it.studio.server.terminate();
  ASSERT_EQ(it.take({"--drop"}).exit_code, 0);
  EXPECT_EQ(run_dealog({"verify", "--data", it.data().string()}).exit_code, 0);
}

TEST(ArchiveDrop, AnArchiveThatIsAwayIsNamedAndTheRestGoesOn) {
  Archiving it;
  const std::string old = it.open_deal("Kept for years").str("/id");
  it.open_deal("Another");
  const Seen before = seen_by(it.studio.api(), old);
  it.studio.server.terminate();
  ASSERT_EQ(it.take({"--drop"}).exit_code, 0);
  const fs::path moved = it.folder.path() / "moved";
  fs::rename(it.archive(), moved);

  it.studio.server.start();
  it.studio.api().move_to(it.studio.server.port());
  must(it.studio.api().get("/v1/deals?limit=50"), 200);
  const Answer away = it.studio.api().get("/v1/deals/" + old + "/timeline");
  expect_problem(away, 503, "archive_absent");
  EXPECT_THAT(away.text, HasSubstr(it.archive().string()));
  must(it.studio.api().post("/v1/deals", {{"title", "New"}, {"source", "fair"}}), 201);
  // A place where nothing is mounted is no broken archive.
  fs::create_directory(it.archive());
  expect_problem(it.studio.api().get("/v1/deals/" + old + "/timeline"), 503, "archive_absent");
  const Answer ready = must(it.studio.api().get("/readyz"), 200);
  EXPECT_EQ(ready.str("/warnings/0/code"), "archive_absent");
  EXPECT_THAT(ready.text, HasSubstr("Mount it"));
  fs::remove(it.archive());
  EXPECT_EQ(it.studio.server.terminate(), 0);
  const Finished refused = rebuild(it.data());
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, HasSubstr(it.archive().string()));

  const fs::path settings = it.folder.path() / "dealog.toml";
  std::ofstream(settings) << "[archive]\nfolder = \"" << moved.string() << "\"\n";
  DealogProcess server(it.data(), {"--config", settings.string()});
  server.start();
  ApiClient api(server.port(), server.owner_token());
  EXPECT_EQ(api.read("/v1/deals/" + old + "/timeline").text, before[1]);
  EXPECT_EQ(server.terminate(), 0);
  EXPECT_EQ(
      run_dealog({"rebuild", "--data", it.data().string(), "--archive", moved.string()}).exit_code,
      0);
}

TEST(ArchiveDrop, ABackupOfItIsABackup) {
  Archiving it;
  const std::string old = it.open_deal("Kept for years").str("/id");
  it.open_deal("Another");
  const Seen before = seen_by(it.studio.api(), old);
  const std::string token = it.studio.server.owner_token();
  it.studio.server.terminate();
  ASSERT_EQ(it.take({"--drop"}).exit_code, 0);
  const std::string backups = (it.folder.path() / "backups").string();
  const Finished taken = run_dealog({"backup", backups, "--data", it.data().string()});
  ASSERT_EQ(taken.exit_code, 0) << taken.output << taken.errors;
  for (const auto& said : {taken.output, run_dealog({"backup", backups, "--check"}).output}) {
    EXPECT_THAT(said, HasSubstr("lie in the archive " + it.archive().string()));
  }
  const fs::path restored = it.folder.path() / "restored";
  const Finished done = run_dealog({"restore", backups, restored.string()});
  ASSERT_EQ(done.exit_code, 0) << done.output << done.errors;
  DealogProcess server(restored);
  server.start();
  ApiClient api(server.port(), token);
  EXPECT_EQ(seen_by(api, old), before);
}

// kill -9 at several moments of it.
TEST(ArchiveDrop, KilledInTheMiddleItIsFinishedByTheNext) {
  Archiving it;
  for (int i = 0; i < 30; ++i) it.open_deal("Deal " + std::to_string(i));
  it.studio.server.terminate();
  ASSERT_EQ(it.take().exit_code, 0);
  const fs::path data = it.folder.path() / "copy";
  int killed = 0;
  for (int ms = 5; ms <= 165; ms += 40) {
    fs::remove_all(data);
    fs::copy(it.data(), data, fs::copy_options::recursive);
    const std::vector<std::string> command = {dealog_binary().string(),
                                              "archive",
                                              it.archive().string(),
                                              "--data",
                                              data.string(),
                                              "--drop"};
    const std::string shell =
        "\"$@\" & sleep " + std::to_string(ms / 1000.0) + "; kill -9 $!; wait $!";
    std::vector<std::string> timed = {"sh", "-c", shell, "sh"};
    timed.insert(timed.end(), command.begin(), command.end());
    if (run(timed).exit_code != 0) ++killed;
    const Finished verified =
        run_dealog({"verify", "--data", data.string(), "--archive", it.archive().string()});
    ASSERT_EQ(verified.exit_code, 0) << ms << verified.output << verified.errors;
    const Finished finished = run(command);
    ASSERT_EQ(finished.exit_code, 0) << ms << finished.output << finished.errors;
    const Finished sound = run_dealog({"verify", "--data", data.string()});
    ASSERT_EQ(sound.exit_code, 0) << ms << sound.output << sound.errors;
    EXPECT_THAT(sound.output, HasSubstr("lie in the archive"));
  }
  EXPECT_GT(killed, 1);
}

}  // namespace
}  // namespace dealog::e2e
