// A rule sends a mail through a real mail server, and calls a real receiver of webhooks.
#include <fstream>
#include <mutex>
#include <sstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/http/server.hpp"
#include "tests/support/api_client.hpp"
#include "tests/support/dealog_process.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/mail_server.hpp"
#include "tests/support/temp_folder.hpp"

namespace dealog::e2e {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ::testing::HasSubstr;
using testing_support::eventually;

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// Somebody else's server that takes webhooks, and answers as it is told.
class Receiver {
 public:
  struct Call {
    std::string id, timestamp, signature, body;
  };
  Receiver() {
    http::Router router;
    router.add(http::Method::kPost, "/hook",
               http::PlainHandler([this](const http::Request& request) -> Result<http::Response> {
                 keep(request);
                 while (holds) std::this_thread::sleep_for(10ms);
                 return http::Response{.status = status.load(), .body = "ok"};
               }));
    server_ = http::Server::start({.address = "127.0.0.1", .port = 0}, std::move(router)).value();
  }
  ~Receiver() { holds = false; }
  std::string url() const { return server_->url() + "/hook"; }
  std::vector<Call> calls() {
    const std::scoped_lock lock(mutex_);
    return calls_;
  }
  std::atomic<int> status = 200;
  std::atomic<bool> holds = false;  // it answers when that is over

 private:
  void keep(const http::Request& request) {
    const std::scoped_lock lock(mutex_);
    calls_.push_back({std::string(request.headers.get("webhook-id")),
                      std::string(request.headers.get("webhook-timestamp")),
                      std::string(request.headers.get("webhook-signature")), request.body});
  }

  std::mutex mutex_;
  std::vector<Call> calls_;
  std::unique_ptr<http::Server> server_;
};

std::string signature_by(const std::string& secret, const Receiver::Call& call) {
  const std::string key = from_base64(secret.substr(6)).value();
  return "v1," +
         to_base64(hmac_sha256(key, fmt::format("{}.{}.{}", call.id, call.timestamp, call.body)));
}

constexpr std::string_view kRule = R"(
  - id: welcome
    title: {ru: Знакомство, en: Welcome}
    mode: live
    trigger: {stage_entered: classification}
    actions:
)";

class EffectsApi : public ::testing::Test {
 protected:
  // Without actions the rule is published later, once there is what it names.
  void start(const std::string& mode, std::string_view actions = "") {
    mails_.emplace(mode);
    const fs::path config = folder_.path() / "dealog.toml";
    std::ofstream(config)
        << "[outbound]\nprivate_addresses = true\n[mail]\nserver = \"localhost\"\n"
        << "port = " << mails_->port() << "\nsecurity = \"none\"\n"
        << "from = \"sales@studio.example\"\nfrom_name = \"Студия\"\n";
    server_.emplace(folder_.path() / "data", std::vector<std::string>{"--config", config.string()});
    server_->start();
    api_.emplace(server_->port(), server_->owner_token());
    if (!actions.empty()) publish(actions);
  }
  void publish(std::string_view actions) {
    std::string yaml = text_of(web_studio()) + std::string(kRule) + std::string(actions);
    // Customers are left alone at night, and this test runs at any hour.
    const std::string_view quiet = "  quiet_hours: \"21:00-09:00\"\n";
    ASSERT_NE(yaml.find(quiet), std::string::npos);
    yaml.erase(yaml.find(quiet), quiet.size());
    must(api_->request("PUT", "/v1/pipelines/web-studio", yaml,
                       {{"Content-Type", "application/yaml"}}),
         200);
  }
  // A lead that was answered, and so may go on to the stage that the rule waits for.
  std::string deal_in_stage() {
    const Answer opened =
        must(api_->post("/v1/deals",
                        {{"title", "Shop"},
                         {"source", "phone"},
                         {"person", {{"name", "Anna Petrova"}, {"email", "anna@example.com"}}}}),
             201);
    const std::string deal = opened.str("/id");
    must(api_->post("/v1/deals/" + deal + "/touches",
                    {{"kind", "call"}, {"direction", "out"}, {"outcome", "connected"}}),
         201);
    must(api_->post("/v1/deals/" + deal + "/transitions", {{"to", "classification"}}), 200);
    return deal;
  }
  json::value effect_of(const std::string& deal, std::string_view status) {
    json::value found;
    EXPECT_TRUE(eventually([&] {
      const Answer answer = api_->read("/v1/effects?deal=" + deal);
      if (answer.items().size() != 1) return false;
      found = answer.items().at(0);
      return str(found, "/status") == status;
    })) << json::serialize(found);
    return found;
  }

  testing_support::TempFolder folder_;
  std::optional<testing_support::MailServer> mails_;
  std::optional<DealogProcess> server_;
  std::optional<ApiClient> api_;
};

constexpr std::string_view kMail = R"(      - send_mail:
          to: customer
          subject: {ru: "Ваш заказ: {deal.title}", en: "Your order: {deal.title}"}
          text: {ru: "Здравствуйте, {person.name}!", en: "Hello {person.name}"}
)";

TEST_F(EffectsApi, ARuleWritesToTheCustomerWhenAStageIsEntered) {
  start("accept", kMail);
  const std::string deal = deal_in_stage();
  const json::value effect = effect_of(deal, "delivered");
  EXPECT_EQ(mails_->envelope(), "sales@studio.example anna@example.com");
  EXPECT_THAT(mails_->received(),
              HasSubstr(fmt::format("Message-Id: <{}@studio.example>", str(effect, "/id"))));
  EXPECT_EQ(str(effect, "/text"), "Здравствуйте, Anna Petrova!");
  EXPECT_EQ(str(effect, "/rule/code"), "welcome");
  const std::string figures = must(api_->get("/metrics"), 200).text;
  EXPECT_THAT(figures, HasSubstr("dealog_effects{channel=\"mail\",state=\"delivered\"} 1\n"));
  EXPECT_THAT(figures, HasSubstr("dealog_effect_attempts{channel=\"mail\"} 1\n"));
  EXPECT_THAT(figures, HasSubstr("dealog_effects_due_seconds{channel=\"mail\"} 0\n"));
  // It is part of the deal's history, and why it was sent can be asked.
  const auto timeline = api_->read("/v1/deals/" + deal + "/timeline");
  std::string touch;
  for (const auto& item : timeline.items()) {
    if (str(item, "/type") == "TouchRecorded" && str(item, "/data/kind") == "email") {
      touch = str(item, "/event_id");
    }
  }
  ASSERT_FALSE(touch.empty()) << timeline.shown();
  const Answer why = api_->read("/v1/events/" + touch + "/why");
  EXPECT_EQ(why.str("/chain/1/type"), "EffectDelivered") << why.shown();
  EXPECT_EQ(why.str("/chain/2/type"), "EffectPlanned");
  EXPECT_EQ(why.str("/chain/3/type"), "RuleFired");
  // Killed and started again it sends nothing twice.
  server_->kill_and_restart();
  api_->move_to(server_->port());
  api_->read("/v1/outbox");
  EXPECT_EQ(mails_->received(2), "");
}

TEST_F(EffectsApi, AMailServerThatHangsDoesNotHoldUpTheEnd) {
  start("hang", kMail);
  const std::string deal = deal_in_stage();
  ASSERT_TRUE(eventually([&] { return !mails_->received().empty(); }));
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(server_->terminate(), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 40s);  // it would be waited for 60 s
  server_->start();
  api_->move_to(server_->port());
  EXPECT_EQ(str(effect_of(deal, "unknown"), "/reason"), "no_answer");
  EXPECT_EQ(api_->read("/v1/dead-letters").items().size(), 1u);
  EXPECT_EQ(mails_->received(2), "");
}

// As a laptop that is closed, a machine that is moved: DEALOG_STOPPED_S says for how long.
TEST_F(EffectsApi, AProcessThatWasStoppedForAWhileSendsEverythingOnce) {
  Receiver receiver;
  start("accept");
  must(api_->post("/v1/webhook-endpoints",
                  {{"code", "crm"}, {"name", "CRM"}, {"url", receiver.url()}}),
       201);
  publish(std::string(kMail) + "      - call_webhook: crm\n");
  receiver.holds = true;
  const std::string deal = deal_in_stage();
  ASSERT_TRUE(eventually([&] { return !receiver.calls().empty(); }));
  server_->pause();
  receiver.holds = false;  // it answers somebody who does not listen
  const char* seconds = std::getenv("DEALOG_STOPPED_S");
  std::this_thread::sleep_for(std::chrono::seconds(seconds ? std::atoi(seconds) : 3));
  server_->resume();
  EXPECT_TRUE(eventually([&] {
    const Answer answer = api_->read("/v1/effects?deal=" + deal);
    int delivered = 0;
    for (const auto& effect : answer.items()) delivered += str(effect, "/status") == "delivered";
    return delivered == 2;
  }));
  for (const auto& call : receiver.calls()) EXPECT_EQ(call.id, receiver.calls()[0].id);
  if (seconds == nullptr) EXPECT_EQ(receiver.calls().size(), 1u);
  EXPECT_NE(mails_->received(1), "");
  EXPECT_EQ(mails_->received(2), "");
}

TEST_F(EffectsApi, WhatIsRefusedWaitsForAPersonWhoRetriesOrDropsIt) {
  start("refuse-recipient", kMail);
  const std::string deal = deal_in_stage();
  const std::string id = str(effect_of(deal, "failed"), "/id");
  const Answer dead = api_->read("/v1/dead-letters?deal=" + deal);
  ASSERT_EQ(dead.items().size(), 1u) << dead.shown();
  EXPECT_EQ(dead.str("/items/0/reason"), "refused_550");
  must(api_->post("/v1/dead-letters/" + id + "/retry"), 200);
  effect_of(deal, "failed");
  must(api_->post("/v1/dead-letters/" + id + "/drop"), 200);
  EXPECT_TRUE(api_->read("/v1/dead-letters").items().empty());
  expect_problem(api_->post("/v1/dead-letters/" + id + "/drop"), 409, "effect_settled");
  expect_problem(api_->post("/v1/dead-letters/eff_00/retry"), 404, "effect_not_found");
}

TEST_F(EffectsApi, KilledWhileTheMailServerWasSilentTheMailIsUnknown) {
  start("hang", kMail);
  const std::string deal = deal_in_stage();
  ASSERT_TRUE(eventually([&] { return !mails_->received().empty(); }));
  server_->kill_and_restart();
  api_->move_to(server_->port());
  EXPECT_EQ(str(effect_of(deal, "unknown"), "/reason"), "interrupted");
  EXPECT_EQ(mails_->received(2), "");
  EXPECT_EQ(api_->read("/v1/dead-letters").items().size(), 1u);
}

TEST_F(EffectsApi, AWebhookIsSignedRetriedReplayedAndDisabledByGone) {
  Receiver receiver;
  start("accept");
  const Answer endpoint =
      must(api_->post("/v1/webhook-endpoints",
                      {{"code", "crm"}, {"name", "CRM"}, {"url", receiver.url()}}),
           201);
  publish("      - call_webhook: crm\n");
  const std::string id = endpoint.str("/id"), secret = endpoint.str("/secret");
  EXPECT_FALSE(has(api_->read("/v1/webhook-endpoints/" + id).body, "/secret"));
  receiver.status = 500;
  const std::string deal = deal_in_stage();
  ASSERT_TRUE(eventually([&] { return !receiver.calls().empty(); }));
  receiver.status = 200;
  effect_of(deal, "delivered");  // at the second try, within 5 s
  const auto calls = receiver.calls();
  ASSERT_GE(calls.size(), 2u);
  EXPECT_EQ(calls[0].id, calls[1].id);
  EXPECT_EQ(calls[1].signature, signature_by(secret, calls[1]));
  EXPECT_THAT(calls[1].body, HasSubstr(deal));

  const Answer rotated =
      must(api_->post("/v1/webhook-endpoints/" + id + "/rotate", {{"overlap_s", 3600}}), 200);
  must(api_->post("/v1/webhook-endpoints/" + id + "/replay", {{"after", 0}}), 200);
  ASSERT_TRUE(eventually([&] { return receiver.calls().size() > calls.size(); }));
  const auto again = receiver.calls().back();
  EXPECT_EQ(again.id, calls[0].id);
  EXPECT_EQ(again.signature,
            signature_by(rotated.str("/secret"), again) + " " + signature_by(secret, again));

  receiver.status = 410;
  deal_in_stage();
  EXPECT_TRUE(eventually(
      [&] { return !api_->read("/v1/webhook-endpoints/" + id).at("/enabled").as_bool(); }));
  const Answer log = api_->read("/v1/webhook-endpoints/" + id + "/deliveries");
  ASSERT_EQ(log.items().size(), 2u);
  EXPECT_EQ(log.str("/items/0/reason"), "status_410");

  // It would wait for ever: first the endpoint is enabled.
  const std::string dead = str(api_->read_until("/v1/dead-letters", 1).items().at(0), "/id");
  const std::string retry = "/v1/dead-letters/" + dead + "/retry";
  expect_problem(api_->post(retry), 409, "endpoint_disabled");
  receiver.status = 200;
  must(api_->post("/v1/webhook-endpoints/" + id + "/enable"), 200);
  must(api_->post(retry), 200);
  ASSERT_TRUE(eventually([&] { return api_->read("/v1/dead-letters").items().empty(); }));
}

}  // namespace
}  // namespace dealog::e2e
