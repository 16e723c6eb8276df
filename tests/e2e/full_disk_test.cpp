// A disk that is really full: a small file system of its own, filled to the last block under the
// running server.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "tests/e2e/studio.hpp"
#include "tests/support/log_checker.hpp"

namespace dealog::e2e {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr const char* kDiskSize = "size=128m";
constexpr int kMostTouches = 20'000;

bool write_line(const char* file, const std::string& line) {
  std::ofstream out(file);
  out << line;
  return static_cast<bool>(out.flush());
}

// Mounts of this process and its children are nobody else's business.
bool may_mount() {
  if (::unshare(CLONE_NEWNS) == 0) {
    return ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
  }
  const auto user = std::to_string(::getuid()), group = std::to_string(::getgid());
  return ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
         write_line("/proc/self/setgroups", "deny") &&
         write_line("/proc/self/uid_map", "0 " + user + " 1") &&
         write_line("/proc/self/gid_map", "0 " + group + " 1");
}

class FullDisk : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { mountable_ = may_mount(); }
  void SetUp() override {
    if (!mountable_) GTEST_SKIP() << "this machine allows no mounts of one's own";
    fs::create_directories(data());
    if (::mount("tmpfs", data().c_str(), "tmpfs", 0, kDiskSize) != 0) {
      GTEST_SKIP() << "this machine allows no mounts of one's own";
    }
    std::ofstream(config()) << "[storage]\nwarn_below_mb = 64\nstopped_grace_s = 3\n";
    server_.emplace(data(), std::vector<std::string>{"--config", config().string()});
    server_->start();
    api_.emplace(server_->port(), server_->owner_token());
  }
  void TearDown() override {
    server_.reset();
    ::umount2(data().c_str(), MNT_DETACH);
  }

  fs::path data() const { return folder_.path() / "data"; }
  fs::path config() const { return folder_.path() / "dealog.toml"; }
  fs::path ballast() const { return data() / "ballast"; }

  std::uint64_t free_bytes() const {
    struct statvfs space = {};
    if (::statvfs(data().c_str(), &space) != 0) std::abort();
    return space.f_bavail * space.f_frsize;
  }
  // Leaves so many bytes free.
  void fill_up_to(std::uint64_t left) {
    std::ofstream out(ballast(), std::ios::binary | std::ios::app);
    const std::string piece(64 << 10, 'b');
    while (free_bytes() > left && out) {
      out.write(piece.data(), static_cast<std::streamsize>(
                                  std::min<std::uint64_t>(piece.size(), free_bytes() - left)));
      out.flush();
    }
  }
  Answer touch(int number) {
    const std::string key = "touch-" + std::to_string(number);
    return api_->post("/v1/deals/" + deal_ + "/touches",
                      {{"kind", "call"},
                       {"direction", "out"},
                       {"outcome", "connected"},
                       {"note", key + std::string(500, '.')}},
                      {{"Idempotency-Key", key}});
  }
  int touches_there() {
    int count = 0;
    std::uint64_t after = 0;
    for (;;) {
      const Answer page = must(
          api_->get("/v1/events?type=TouchRecorded&limit=500&after=" + std::to_string(after)), 200);
      count += static_cast<int>(page.items().size());
      if (!has(page.body, "/next_cursor")) return count;
      after = std::stoull(page.str("/next_cursor"));
    }
  }

  static bool mountable_;
  testing_support::TempFolder folder_;
  std::optional<DealogProcess> server_;
  std::optional<ApiClient> api_;
  std::string deal_;
};

bool FullDisk::mountable_ = false;

TEST_F(FullDisk, WarnsThenStopsWithoutALieAndComesBackWhenThereIsSpace) {
  ApiClient anybody(server_->port(), "");
  EXPECT_TRUE(must(anybody.get("/readyz"), 200).items("/warnings").empty());
  deal_ = must(api_->post("/v1/deals", {{"title", "Disk"}}), 201).str("/id");
  fill_up_to(48 << 20);
  const Answer low = must(anybody.get("/readyz"), 200);
  EXPECT_EQ(low.str("/status"), "ok");
  EXPECT_EQ(low.str("/warnings/0/code"), "disk_space_low");
  EXPECT_THAT(must(anybody.get("/metrics"), 200).text, HasSubstr("dealog_disk_low 1\n"));
  EXPECT_THAT(server_->errors(), HasSubstr("space for the data folder is low"));

  fill_up_to(0);
  int acknowledged = 0;
  Answer failed;
  for (; acknowledged < kMostTouches; ++acknowledged) {
    failed = touch(acknowledged);
    if (failed.status != 201) break;
    if (acknowledged % 64 == 0) fill_up_to(0);
  }
  // Neither done nor refused: unknown, to be sent again under its key.
  expect_problem(failed, 503,
                 failed.str("/code") == "log_stopped" ? "log_stopped" : "append_unknown");
  expect_problem(touch(kMostTouches), 503, "log_stopped");
  const Answer red = must(anybody.get("/readyz"), 503);
  EXPECT_THAT(red.str("/log"), HasSubstr("disk is full"));
  EXPECT_EQ(must(api_->get("/v1/deals/" + deal_), 200).str("/title"), "Disk");
  EXPECT_EQ(touches_there(), acknowledged) << "reads are still served";
  EXPECT_EQ(server_->wait_until_it_ends(), 3) << server_->errors();

  fs::remove(ballast());
  server_->start();
  api_->move_to(server_->port());
  must(touch(acknowledged), 201);
  EXPECT_EQ(touches_there(), acknowledged + 1);
  EXPECT_EQ(server_->terminate(), 0);
  const Finished verified = run_dealog({"verify", "--data", data().string()});
  EXPECT_EQ(verified.exit_code, 0) << verified.output << verified.errors;
  EXPECT_EQ(checker::check_log({.log_folder = data() / "log"}).text(), "");
}

}  // namespace
}  // namespace dealog::e2e
