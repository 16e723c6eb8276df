// Files in backups: brought back, linked, erased, missing, damaged.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/taken_backups.hpp"
#include "tests/e2e/uploads.hpp"

namespace dealog::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

struct Drill {
  Studio studio;
  testing_support::TempFolder folder;
  std::string deal = open_deal(studio.api());

  std::string attach(const std::string& name, const std::string& content,
                     const std::string& more = "") {
    return must(upload(studio.api(), deal, name, content, {}, more), 201).str("/id");
  }
  fs::path backups() const { return folder.path() / "backups"; }
  fs::path restored() const { return folder.path() / "restored"; }
  Finished back_up() {
    return run_dealog({"backup", backups().string(), "--data", studio.server.data().string()});
  }
  std::vector<fs::path> taken() const { return taken_backups(backups()); }
  Finished verify(const fs::path& data) const {
    return run_dealog({"verify", "--data", data.string()});
  }
  Finished restore(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"restore", backups().string(), restored().string()});
    return run_dealog(more);
  }
};

TEST(FileBackups, BringFilesBackAndCopyOnlyNewOnes) {
  Drill drill;
  const std::string first = drill.attach("a.pdf", "first");
  ASSERT_EQ(drill.back_up().exit_code, 0);
  const std::string then = std::to_string(drill.studio.api().head());
  const std::string second = drill.attach("b.pdf", "second");
  const Finished done = drill.back_up();
  ASSERT_EQ(done.exit_code, 0) << done.output << done.errors;
  const auto backups = drill.taken();
  ASSERT_EQ(backups.size(), 2u);
  const fs::path known = files_under(backups[0]).at(0);
  EXPECT_TRUE(fs::equivalent(known, backups[1] / "files" / known.filename()));
  EXPECT_THAT(bytes_of(backups[1] / "manifest.json"), HasSubstr(known.filename().string()));
  for (const auto& backup : backups) {
    const Finished verified = drill.verify(backup);
    EXPECT_EQ(verified.exit_code, 0) << verified.output << verified.errors;
  }
  const std::string token = drill.studio.server.owner_token();
  drill.studio.server.kill();
  fs::remove_all(drill.studio.server.data());
  {
    const Finished restored = drill.restore();
    ASSERT_EQ(restored.exit_code, 0) << restored.output << restored.errors;
    DealogProcess server(drill.restored());
    server.start();
    ApiClient api(server.port(), token);
    EXPECT_EQ(must(api.get("/v1/files/" + first), 200).text, "first");
    EXPECT_EQ(must(api.get("/v1/files/" + second), 200).text, "second");
  }
  fs::remove_all(drill.restored());
  // Cut before the second: its file has no event any more and is not there.
  const Finished cut = drill.restore({"--to", then});
  ASSERT_EQ(cut.exit_code, 0) << cut.output << cut.errors;
  EXPECT_THAT(files_under(drill.restored()), SizeIs(1));
  EXPECT_EQ(drill.verify(drill.restored()).exit_code, 0);
}

TEST(FileBackups, WhatWasErasedSinceDoesNotComeBack) {
  Drill drill;
  const std::string person =
      must(drill.studio.api().post("/v1/people", {{"name", "Olga"}}), 201).str("/id");
  const std::string file = drill.attach("a.pdf", kContent, "&person=" + person);
  drill.attach("b.pdf", "stays");
  ASSERT_EQ(drill.back_up().exit_code, 0);
  ASSERT_EQ(drill.studio.api().post("/v1/people/" + person + "/erase").status, 204);
  ASSERT_EQ(drill.back_up().exit_code, 0);
  const Finished restored = drill.restore({"--backup", drill.taken().front().filename().string()});
  ASSERT_EQ(restored.exit_code, 0) << restored.output << restored.errors;
  EXPECT_THAT(files_under(drill.restored()), SizeIs(1));
  const Finished verified = drill.verify(drill.restored());
  EXPECT_EQ(verified.exit_code, 0) << verified.output << verified.errors;
  DealogProcess server(drill.restored());
  server.start();
  ApiClient api(server.port(), drill.studio.server.owner_token());
  expect_problem(api.get("/v1/files/" + file), 404, "file_erased");
}

TEST(FileBackups, WhatWasDeletedSinceDoesNotComeBack) {
  Drill drill;
  const std::string file = drill.attach("a.pdf", kContent);
  drill.attach("b.pdf", "stays");
  ASSERT_EQ(drill.back_up().exit_code, 0);
  ASSERT_EQ(drill.studio.api().send("DELETE", "/v1/files/" + file, {{"reason", "not ours"}}).status,
            204);
  ASSERT_EQ(drill.back_up().exit_code, 0);
  const Finished restored = drill.restore({"--backup", drill.taken().front().filename().string()});
  ASSERT_EQ(restored.exit_code, 0) << restored.output << restored.errors;
  EXPECT_THAT(files_under(drill.restored()), SizeIs(1));
  DealogProcess server(drill.restored());
  server.start();
  ApiClient api(server.port(), drill.studio.server.owner_token());
  expect_problem(api.get("/v1/files/" + file), 404, "file_erased");
}

TEST(FileBackups, AFileThatIsMissingOrDamagedIsNamedByItsPosition) {
  Drill drill;
  const std::string position = std::to_string(
      must(upload(drill.studio.api(), drill.deal, "a.pdf", kContent), 201).position());
  ASSERT_EQ(drill.back_up().exit_code, 0);
  drill.studio.server.terminate();
  const fs::path file = files_under(drill.studio.server.data()).at(0);
  const std::string whole = bytes_of(file);
  std::string changed = whole;
  changed[changed.size() / 2] = static_cast<char>(changed[changed.size() / 2] ^ 1);
  std::ofstream(file, std::ios::binary) << changed;
  const Finished damaged = drill.verify(drill.studio.server.data());
  EXPECT_EQ(damaged.exit_code, 1);
  EXPECT_THAT(damaged.output, HasSubstr("position " + position + " attached"));
  EXPECT_THAT(damaged.output, HasSubstr("other bytes"));
  fs::remove(file);
  EXPECT_THAT(drill.verify(drill.studio.server.data()).output, HasSubstr("is not in files/"));
  // The rest of the company is backed up all the same, and the loss is said.
  const Finished told = drill.back_up();
  EXPECT_EQ(told.exit_code, 1);
  EXPECT_THAT(told.output, HasSubstr("is not in files/"));
  EXPECT_THAT(drill.taken(), SizeIs(2));
  // In a backup every byte counts as well.
  const fs::path kept = files_under(drill.taken().front()).at(0);
  std::ofstream(kept, std::ios::binary) << changed;
  EXPECT_THAT(run_dealog({"backup", drill.backups().string(), "--check"}).output,
              HasSubstr(kept.filename().string()));
}

}  // namespace
}  // namespace dealog::e2e
