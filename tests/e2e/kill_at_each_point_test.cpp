// The real server ends at each point in turn at which a kill matters
// (services/dealog/end_at_point), and is started again on the same data folder: what rules do
// inside happens once; a webhook is never lost and repeated only under its own id; a mail is sent
// at most once, or a person is asked. DEALOG_DEALS says how many deals are opened at a time, of
// which each brings more points.
#include <fstream>
#include <map>
#include <mutex>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "libs/http/server.hpp"
#include "tests/support/api_client.hpp"
#include "tests/support/dealog_process.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/mail_server.hpp"
#include "tests/support/soak.hpp"
#include "tests/support/temp_folder.hpp"

namespace dealog::e2e {
namespace {

namespace fs = std::filesystem;
using testing_support::eventually;

// More than any run has: without an end the walk would go on for ever.
constexpr int kMostPoints = 2'000;

constexpr std::string_view kRules = R"(
  - id: greet
    title: {ru: Привет, en: Greet}
    mode: live
    trigger: {deal: opened}
    actions:
      - create_task: {kind: call, title: {ru: Позвонить, en: Call}, due: 1 hour}
      - notify: {to: deal_owner, text: {ru: Новая сделка, en: A new deal}}
      - send_mail: {to: customer, subject: {ru: Привет, en: Hi}, text: {ru: Т, en: T}}
  - id: tell_crm
    title: {ru: CRM, en: CRM}
    mode: live
    trigger: {deal: opened}
    actions:
      - call_webhook: crm
)";

// Somebody else's server, which takes every call.
class Receiver {
 public:
  Receiver() {
    http::Router router;
    router.add(http::Method::kPost, "/hook",
               http::PlainHandler([this](const http::Request& request) -> Result<http::Response> {
                 const std::scoped_lock lock(mutex_);
                 ++taken_[std::string(request.headers.get("webhook-id"))];
                 return http::Response{.status = 200, .body = "ok"};
               }));
    server_ = http::Server::start({.address = "127.0.0.1", .port = 0}, std::move(router)).value();
  }
  std::string url() const { return server_->url() + "/hook"; }
  // How often it has taken each, by the effect's id.
  int taken(const std::string& id) {
    const std::scoped_lock lock(mutex_);
    const auto found = taken_.find(id);
    return found == taken_.end() ? 0 : found->second;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, int> taken_;
  std::unique_ptr<http::Server> server_;
};

// The mail server and the receiver of all rounds, and the folder that each begins with.
class Neighbours {
 public:
  Neighbours() : mails("accept") {
    std::ofstream(config()) << "[outbound]\nprivate_addresses = true\n[mail]\n"
                            << "server = \"localhost\"\nport = " << mails.port()
                            << "\nsecurity = \"none\"\nfrom = \"sales@studio.example\"\n";
    DealogProcess server(first(), {"--config", config()});
    server.start();
    ApiClient api(server.port(), server.owner_token());
    must(api.post("/v1/webhook-endpoints",
                  {{"code", "crm"}, {"name", "CRM"}, {"url", receiver.url()}}),
         201);
    must(api.request("PUT", "/v1/pipelines/web-studio", regulation(),
                     {{"Content-Type", "application/yaml"}}),
         200);
    owner = api.read("/v1/users").str("/items/0/id");
    api.read("/v1/rules");
    EXPECT_EQ(server.terminate(), 0);
  }

  std::string config() const { return folder_.path() / "dealog.toml"; }
  fs::path first() const { return folder_.path() / "first"; }
  // A copy of the folder as it was before anything happened.
  fs::path fresh(int round) const {
    const fs::path data = folder_.path() / fmt::format("round-{}", round);
    fs::copy(first(), data, fs::copy_options::recursive);
    return data;
  }
  // How often the mail server has taken the mail of an effect.
  int mailed(const std::string& id) const {
    int times = 0;
    for (int i = 1; !mails.received(i).empty(); ++i) {
      times += mails.received(i).find("<" + id + "@") != std::string::npos;
    }
    return times;
  }

  testing_support::MailServer mails;
  Receiver receiver;
  std::string owner;

 private:
  static std::string regulation() {
    std::ifstream in(web_studio(), std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    std::string yaml = text.str();
    // Customers are left alone at night, and this test runs at any hour.
    const std::string_view quiet = "  quiet_hours: \"21:00-09:00\"\n";
    yaml.erase(yaml.find(quiet), quiet.size());
    return yaml + std::string(kRules);
  }

  testing_support::TempFolder folder_;
};

class Round {
 public:
  Round(Neighbours& neighbours, int point)
      : neighbours_(neighbours),
        point_(point),
        data_(neighbours.fresh(point)),
        server_(data_, {"--config", neighbours.config()}) {
    server_.start({fmt::format("DEALOG_END_AT_POINT={}", point)});
    api_.emplace(server_.port(), server_.owner_token());
  }
  ~Round() {
    server_.kill();
    std::error_code ignored;
    fs::remove_all(data_, ignored);
  }

  void play(std::uint64_t deals) {
    // Ids follow from the key, and the receivers are those of all rounds.
    for (std::uint64_t i = 0; i < deals; ++i) open(fmt::format("deal-{}-{}", point_, i));
    EXPECT_TRUE(eventually([&] { return alive([&] { return all_settled(); }); }));
  }
  bool was_killed() const { return killed_; }

  void check() {
    for (const auto& deal : deals_) check(deal);
    EXPECT_TRUE(eventually([&] { return has_come_to_rest(); }));
  }

 private:
  // Under its own key until it is answered.
  void open(const std::string& key) {
    const json::value body{{"title", key},
                           {"source", "phone"},
                           {"owner", neighbours_.owner},
                           {"person", {{"name", "Anna"}, {"email", key + "@example.com"}}}};
    std::string deal;
    EXPECT_TRUE(eventually([&] {
      return alive([&] {
        deal = must(api_->post("/v1/deals", body, {{"Idempotency-Key", key}}), 201).str("/id");
        return true;
      });
    }));
    deals_.push_back(deal);
  }

  // False when the server has gone meanwhile; then it is there again, and ends no more.
  bool alive(const std::function<bool()>& ask) {
    try {
      return ask();
    } catch (const std::runtime_error&) {
      if (!eventually([&] { return server_.has_ended(); }, std::chrono::seconds(5))) throw;
      EXPECT_FALSE(killed_) << "it ended twice:\n" << server_.errors();
      killed_ = true;
      server_.start();
      api_->move_to(server_.port());
      return false;
    }
  }

  json::array effects_of(const std::string& deal) {
    return api_->read("/v1/effects?deal=" + deal).items();
  }
  bool all_settled() {
    return std::ranges::all_of(deals_, [&](const std::string& deal) {
      const auto effects = effects_of(deal);
      return effects.size() == 2 && std::ranges::all_of(effects, [](const json::value& effect) {
               const std::string status = str(effect, "/status");
               return status == "delivered" || status == "unknown";
             });
    });
  }

  void check(const std::string& deal) {
    std::map<std::string, int> made;
    for (const auto& event : api_->read("/v1/events?limit=500&stream=" + deal).items()) {
      if (str(event, "/actor/kind") == "rule") ++made[str(event, "/type")];
    }
    EXPECT_EQ(made["RuleFired"], 2);
    EXPECT_EQ(made["TaskCreated"], 1);
    EXPECT_EQ(made["NotificationRaised"], 1);
    const auto dead = api_->read("/v1/dead-letters?deal=" + deal).items();
    for (const auto& effect : effects_of(deal)) {
      const std::string id = str(effect, "/id");
      const bool delivered = str(effect, "/status") == "delivered";
      if (str(effect, "/channel") == "webhook") {
        EXPECT_TRUE(delivered) << json::serialize(effect);
        EXPECT_GE(neighbours_.receiver.taken(id), 1);
        EXPECT_LE(neighbours_.receiver.taken(id), 2);
        continue;
      }
      const bool listed =
          std::ranges::any_of(dead, [&](const auto& one) { return str(one, "/id") == id; });
      EXPECT_EQ(listed, !delivered);
      EXPECT_LE(neighbours_.mailed(id), 1);
      if (delivered) EXPECT_EQ(neighbours_.mailed(id), 1);
    }
  }

  // Another start does nothing again.
  bool has_come_to_rest() {
    const std::uint64_t head = api_->head();
    server_.kill_and_restart();
    api_->move_to(server_.port());
    api_->read("/v1/outbox");
    return api_->head() == head;
  }

  Neighbours& neighbours_;
  const int point_;
  const fs::path data_;
  DealogProcess server_;
  std::optional<ApiClient> api_;
  std::vector<std::string> deals_;
  bool killed_ = false;
};

TEST(TheServerKilledAtEachPoint, DoesOnceWhatIsInsideAndLosesNothingThatLeaves) {
  Neighbours neighbours;
  const std::uint64_t deals = testing::soak_number("DEALOG_DEALS", 1);
  int point = 1;
  for (;; ++point) {
    ASSERT_LT(point, kMostPoints);
    SCOPED_TRACE(fmt::format("ended at point {}", point));
    Round round(neighbours, point);
    round.play(deals);
    round.check();
    if (!round.was_killed() || ::testing::Test::HasFailure()) break;
  }
  // Of each deal: opened and its two rules, each an append or together with others; each of its two
  // effects attempted, sent and settled.
  EXPECT_GE(point, 10);
  testing::tally("points", static_cast<std::uint64_t>(point - 1), deals);
}

}  // namespace
}  // namespace dealog::e2e
