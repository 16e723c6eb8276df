// SIGKILL of the real server while clients write: what was acknowledged is there once, at its
// position; what was not is repeated under its key and is there once as well. After every kill a
// second reader walks the log, and heads that were signed before still hold. DEALOG_KILLS says how
// many kills, DEALOG_SEED repeats their moments.
#include <atomic>
#include <fstream>
#include <iostream>
#include <map>
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "tests/e2e/studio.hpp"
#include "tests/support/log_checker.hpp"
#include "tests/support/soak.hpp"

namespace dealog::e2e {
namespace {

constexpr int kWriters = 4;
constexpr std::uint64_t kKills = 3;
// A data folder is used for so many kills: servers with a history are killed as well as young ones.
constexpr std::uint64_t kKillsAFolder = 25;
// The server is killed after so many answers at most, or when they do not come.
constexpr std::uint64_t kAnswersARound = 60;
constexpr std::chrono::seconds kLongestRound{20};

// What one writer was told, outside the server's reach.
struct Ledger {
  std::map<std::string, std::pair<std::string, std::uint64_t>>
      acknowledged;     // key → deal, position
  std::string unknown;  // sent and not answered
  int deliveries = 0;   // acknowledged by the hook
  int sent_deliveries = 0;
};

http::ClientHeaders under(const std::string& key) { return {{"Idempotency-Key", key}}; }

json::object deal_of(const std::string& key) { return {{"title", key}, {"source", "load"}}; }

// Until the server is gone.
void write_until_killed(std::uint16_t port, const std::string& token, const std::string& hook,
                        const std::string& name, Ledger& ledger,
                        std::atomic<std::uint64_t>& answers) {
  ApiClient api(port, token);
  try {
    for (int i = 0;; ++i) {
      const std::string key = name + "-" + std::to_string(i);
      ledger.unknown = key;
      const Answer opened = must(api.post("/v1/deals", deal_of(key), under(key)), 201);
      ledger.acknowledged[key] = {opened.str("/id"), opened.position()};
      ledger.unknown.clear();
      ++answers;
      ++ledger.sent_deliveries;
      must(api.deliver(
               hook, "application/x-www-form-urlencoded",
               form_encoded({{"Name", "A"}, {"Email", key + "@example.com"}, {"tranid", key}}),
               Studio::tilda_key()),
           200);
      ++ledger.deliveries;
      ++answers;
    }
  } catch (const std::runtime_error&) {
    // The connection went away in the middle of something.
  }
}

// One data folder and all that its clients were told.
class KilledStudio {
 public:
  void round(std::uint64_t number, std::uint64_t answers_until_kill) {
    std::vector<Ledger> ledgers(kWriters);
    std::atomic<std::uint64_t> answers = 0;
    std::vector<std::thread> writers;
    for (int i = 0; i < kWriters; ++i) {
      writers.emplace_back([&, i] {
        write_until_killed(studio_.server.port(), studio_.server.owner_token(), hook_,
                           "w" + std::to_string(i) + "r" + std::to_string(number),
                           ledgers[static_cast<std::size_t>(i)], answers);
      });
    }
    const auto until = std::chrono::steady_clock::now() + kLongestRound;
    while (answers < answers_until_kill && std::chrono::steady_clock::now() < until) {
      std::this_thread::sleep_for(std::chrono::microseconds(300));
    }
    studio_.server.kill();
    for (auto& writer : writers) writer.join();
    check_folder();
    studio_.server.start();
    studio_.api().move_to(studio_.server.port());
    for (const Ledger& ledger : ledgers) check(ledger);
  }

  // The log between two servers, and the newest head that was signed by then.
  void check_folder() {
    std::ifstream in(studio_.server.data() / "signed-head", std::ios::binary);
    if (in)
      heads_.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    const auto checked =
        checker::check_log({.log_folder = studio_.server.data() / "log", .heads = heads_});
    ASSERT_EQ(checked.text(), "");
  }

  void check(const Ledger& ledger) {
    for (const auto& [key, told] : ledger.acknowledged) {
      const auto& [deal, position] = told;
      const Answer there =
          studio_.api().get("/v1/events?limit=1&after=" + std::to_string(position - 1));
      ASSERT_EQ(there.items().size(), 1u) << "acknowledged and lost: " << key;
      EXPECT_EQ(str(there.items().at(0), "/stream"), deal) << key;
      ++deals_;
      ++acknowledged_;
    }
    if (!ledger.unknown.empty()) {
      must(studio_.api().post("/v1/deals", deal_of(ledger.unknown), under(ledger.unknown)), 201);
      ++deals_;
    }
    deliveries_ += ledger.deliveries;
    sent_deliveries_ += ledger.sent_deliveries;
  }

  std::map<std::string, int> deals_by_title() {
    std::map<std::string, int> titles;
    std::string cursor;
    do {
      const Answer page = studio_.api().read("/v1/deals?limit=500&source=load" + cursor);
      for (const auto& deal : page.items()) ++titles[str(deal, "/title")];
      cursor = has(page.body, "/next_cursor") ? "&cursor=" + page.str("/next_cursor") : "";
    } while (!cursor.empty());
    return titles;
  }

  // After the last round: everything once, deliveries added up, the folder sound, views as rebuilt.
  void finish() {
    // Let the intake finish: each read waits for 5 s at most.
    const std::string head = std::to_string(studio_.api().head());
    for (int attempt = 0; attempt < 12; ++attempt) {
      if (studio_.api().get("/v1/users?settled=true&min_position=" + head).status == 200) break;
    }
    const auto titles = deals_by_title();
    EXPECT_EQ(titles.size(), deals_);
    for (const auto& [title, count] : titles) EXPECT_EQ(count, 1) << title;
    const json::value source = studio_.api().read("/v1/sources").items().at(0);
    EXPECT_EQ(counted(source, "pending"), 0);
    EXPECT_EQ(counted(source, "received"), counted(source, "accepted"));
    EXPECT_GE(counted(source, "accepted"), deliveries_);
    EXPECT_LE(counted(source, "accepted"), sent_deliveries_);
    EXPECT_EQ(studio_.server.terminate(), 0);
    const std::string data = studio_.server.data().string();
    const Finished verified = run_dealog({"verify", "--data", data});
    EXPECT_EQ(verified.exit_code, 0) << verified.output << verified.errors;
    const Finished rebuilt = run_dealog({"rebuild", "--data", data});
    EXPECT_EQ(rebuilt.exit_code, 0) << rebuilt.output << rebuilt.errors;
  }

  std::size_t acknowledged() const { return acknowledged_ + static_cast<std::size_t>(deliveries_); }

 private:
  Studio studio_;
  const std::string hook_ = studio_.tilda_hook();
  std::vector<std::string> heads_;  // signed notes, oldest first
  std::size_t deals_ = 0, acknowledged_ = 0;
  int deliveries_ = 0, sent_deliveries_ = 0;
};

TEST(KillUnderLoad, NothingAcknowledgedIsLostAndNothingIsThereTwice) {
  const auto kills = testing::soak_number("DEALOG_KILLS", kKills);
  const auto seed = testing::soak_seed();
  std::mt19937_64 random(seed);
  std::uint64_t done = 0;
  std::uint64_t acknowledged = 0;
  while (done < kills && !::testing::Test::HasFailure()) {
    KilledStudio studio;
    std::uint64_t here = 0;
    for (; here < kKillsAFolder && done < kills; ++here, ++done) {
      SCOPED_TRACE(::testing::Message() << "DEALOG_SEED=" << seed << ", kill " << done);
      studio.round(done, 1 + random() % kAnswersARound);
      if (::testing::Test::HasFatalFailure()) return;
    }
    studio.finish();
    acknowledged += studio.acknowledged();
    testing::tally("kills", here, studio.acknowledged());
  }
  EXPECT_GT(acknowledged, 5 * kills) << "too few to say anything";
  std::cout << kills << " kills, " << acknowledged << " acknowledged, 0 lost (seed " << seed
            << ")\n";
}

}  // namespace
}  // namespace dealog::e2e
