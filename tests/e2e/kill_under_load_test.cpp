// SIGKILL of the real server while clients write: what was acknowledged is there once, at its
// position; what was not is repeated under its key and is there once as well.
#include <map>
#include <thread>

#include <gtest/gtest.h>

#include "tests/e2e/studio.hpp"

namespace dealog::e2e {
namespace {

constexpr int kWriters = 4;
constexpr int kRounds = 3;
constexpr std::chrono::milliseconds kRound{700};

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
                        const std::string& name, Ledger& ledger) {
  ApiClient api(port, token);
  try {
    for (int i = 0;; ++i) {
      const std::string key = name + "-" + std::to_string(i);
      ledger.unknown = key;
      const Answer opened = must(api.post("/v1/deals", deal_of(key), under(key)), 201);
      ledger.acknowledged[key] = {opened.str("/id"), opened.position()};
      ledger.unknown.clear();
      ++ledger.sent_deliveries;
      must(api.deliver(
               hook, "application/x-www-form-urlencoded",
               form_encoded({{"Name", "A"}, {"Email", key + "@example.com"}, {"tranid", key}}),
               Studio::tilda_key()),
           200);
      ++ledger.deliveries;
    }
  } catch (const std::runtime_error&) {
    // The connection went away in the middle of something.
  }
}

class KillUnderLoad : public ::testing::Test {
 protected:
  void round(int number, const std::string& hook) {
    std::vector<Ledger> ledgers(kWriters);
    std::vector<std::thread> writers;
    for (int i = 0; i < kWriters; ++i) {
      writers.emplace_back([&, i] {
        write_until_killed(studio_.server.port(), studio_.server.owner_token(), hook,
                           "w" + std::to_string(i) + "r" + std::to_string(number),
                           ledgers[static_cast<std::size_t>(i)]);
      });
    }
    std::this_thread::sleep_for(kRound);
    studio_.server.kill();
    for (auto& writer : writers) writer.join();
    studio_.server.start();
    studio_.api().move_to(studio_.server.port());
    for (const Ledger& ledger : ledgers) check(ledger);
  }

  void check(const Ledger& ledger) {
    EXPECT_FALSE(ledger.acknowledged.empty());
    for (const auto& [key, told] : ledger.acknowledged) {
      const auto& [deal, position] = told;
      const Answer there =
          studio_.api().get("/v1/events?limit=1&after=" + std::to_string(position - 1));
      ASSERT_EQ(there.items().size(), 1u) << "acknowledged and lost: " << key;
      EXPECT_EQ(str(there.items().at(0), "/stream"), deal) << key;
      ++deals_;
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

  Studio studio_;
  std::size_t deals_ = 0;
  int deliveries_ = 0, sent_deliveries_ = 0;
};

TEST_F(KillUnderLoad, NothingAcknowledgedIsLostAndNothingIsThereTwice) {
  const std::string hook = studio_.tilda_hook();
  for (int number = 0; number < kRounds; ++number) round(number, hook);
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

}  // namespace
}  // namespace dealog::e2e
