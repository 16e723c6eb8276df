// Copies that are checked by what is in them, and what a backup says about itself.
#include <fstream>

#include <gtest/gtest.h>

#include "libs/base/crypto.hpp"
#include "libs/eventlog/backup_repository.hpp"
#include "tests/unit/eventlog/log_fixtures.hpp"

namespace dealog::testing {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& file, std::string_view bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

TEST(CopyFolder, LinksKnownTablesAndCopiesTheRest) {
  TemporaryFolder folder;
  const fs::path source = folder.path() / "source", first = folder.path() / "1",
                 second = folder.path() / "2";
  fs::create_directories(source);
  write(source / "1.sst", std::string(3 << 20, 'a'));
  write(source / "CURRENT", "MANIFEST-1\n");
  const auto copied = copy_folder(source, first, {}).value();
  EXPECT_EQ(copied.copied_bytes, (3U << 20) + 11);
  ASSERT_EQ(copied.files.size(), 2U);
  EXPECT_EQ(copied.files[1].sha256, sha256("MANIFEST-1\n"));
  EXPECT_TRUE(check_folder(first, copied.files).has_value());

  write(source / "2.sst", "new");
  KnownFiles known;
  for (const auto& file : copied.files) known[file.sha256] = first / file.path;
  const auto again = copy_folder(source, second, known).value();
  EXPECT_EQ(again.copied_bytes, 14U);
  EXPECT_TRUE(fs::equivalent(first / "1.sst", second / "1.sst"));
  EXPECT_FALSE(fs::equivalent(first / "CURRENT", second / "CURRENT"));
}

TEST(CheckFolder, NamesTheFileThatIsNotAsItWas) {
  TemporaryFolder folder;
  const fs::path source = folder.path() / "source";
  fs::create_directories(source);
  write(source / "1.sst", "table");
  const auto files = copy_folder(source, folder.path() / "copy", {}).value().files;
  const fs::path file = folder.path() / "copy" / "1.sst";
  for (const char* bytes : {"tablf", "tabl", "table+"}) {
    write(file, bytes);
    const auto checked = check_folder(folder.path() / "copy", files);
    ASSERT_FALSE(checked.has_value()) << bytes;
    EXPECT_EQ(checked.error().code, "backup_damaged");
    EXPECT_NE(checked.error().message.find(file.string()), std::string::npos);
  }
  fs::remove(file);
  EXPECT_EQ(check_folder(folder.path() / "copy", files).error().code, "backup_damaged");
}

BackupManifest sample() {
  return {.id = "20260101T120000.000000Z",
          .created = kNoon,
          .log_id = std::string(16, 'l'),
          .epoch = "2-0a1b2c3d",
          .head = {42},
          .head_recorded = kNoon,
          .root = merkle::leaf_hash("root"),
          .signed_head = "note\n",
          .log = {{"1.sst", 3, sha256("abc")}},
          .files = {{"a1", 4, sha256("file")}}};
}

TEST(BackupManifest, ReadsWhatItWrote) {
  const auto read = parse_manifest(to_json(sample()), "manifest.json");
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(to_json(*read), to_json(sample()));
  EXPECT_EQ(read->log, sample().log);
  EXPECT_EQ(read->files, sample().files);
  const auto files = parse_files(files_to_json(sample().log), "keys.json");
  EXPECT_EQ(files.value(), sample().log);
}

TEST(BackupManifest, OfAVersionWithoutFilesReadsAsHavingNone) {
  std::string older = to_json(sample());
  const auto files = older.find(",\"files\":");
  older.erase(files, older.find(']', files) + 1 - files);
  const auto read = parse_manifest(older, "manifest.json");
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(read->log, sample().log);
  EXPECT_TRUE(read->files.empty());
}

TEST(BackupManifest, SaysWhatIsWrong) {
  const std::string whole = to_json(sample());
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string changed = whole;
    changed.replace(changed.find(from), from.size(), to);
    return parse_manifest(changed, "manifest.json").error();
  };
  EXPECT_EQ(with("\"head\":42", "\"head\":-1").code, "manifest_broken");
  EXPECT_NE(with("\"head\":42", "\"head\":4.5").message.find("'head'"), std::string::npos);
  EXPECT_EQ(with("1.sst", "../1.sst").code, "manifest_broken");
  EXPECT_EQ(with("\"format\":1", "\"format\":2").code, "manifest_format_unknown");
  for (const char* text : {"", "[]", "{", "null", "{\"format\":1}"}) {
    EXPECT_EQ(parse_manifest(text, "manifest.json").error().code, "manifest_broken") << text;
    EXPECT_FALSE(parse_files(text, "keys.json").has_value()) << text;
  }
}

TEST(BackupRepository, AnInterruptedBackupIsNoBackup) {
  TemporaryFolder folder;
  const fs::path place = folder.path() / "backups";
  using Use = BackupRepository::Use;
  EXPECT_EQ(BackupRepository::open(place, Use::kRead).error().code, "backups_absent");
  {
    auto repository = BackupRepository::open(place, Use::kWrite).value();
    EXPECT_EQ(BackupRepository::open(place, Use::kWrite).error().code, "backup_running");
    const auto draft = repository.begin(kNoon).value();
    fs::copy(draft.folder(), place / "left.partial");  // what a killed process leaves
  }
  auto repository = BackupRepository::open(place, Use::kWrite).value();
  EXPECT_FALSE(fs::exists(place / "left.partial"));
  EXPECT_TRUE(repository.list().value().empty());
  auto draft = repository.begin(kNoon).value();
  auto manifest = sample();
  manifest.id = draft.id();
  ASSERT_TRUE(repository.finish(draft, manifest, {}).has_value());
  ASSERT_EQ(repository.list().value().size(), 1U);
  EXPECT_TRUE(repository.has_keys(manifest.id));
  EXPECT_EQ(repository.begin(kNoon).error().code, "clock_went_back");
}

}  // namespace
}  // namespace dealog::testing
