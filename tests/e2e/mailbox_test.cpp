// A mailbox that is read by IMAP, against a real Dovecot.
#include <atomic>
#include <fstream>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/base/clock.hpp"
#include "libs/http/server.hpp"
#include "tests/support/api_client.hpp"
#include "tests/support/dealog_process.hpp"
#include "tests/support/dovecot.hpp"
#include "tests/support/eventually.hpp"

namespace dealog::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

const json::string kPassword(Dovecot::kPassword.data(), Dovecot::kPassword.size());

std::string mail(std::string_view id, std::string_view from = "oleg@client.example",
                 std::string_view to = "sales@studio.example", std::string_view more = "") {
  return fmt::format(
      "From: Oleg <{}>\r\nTo: <{}>\r\nSubject: Site {}\r\nMessage-ID: <{}@client.example>\r\n{}"
      "Content-Type: text/plain; charset=utf-8\r\n\r\nНужен сайт\r\n",
      from, to, id, id, more);
}

class Mailbox : public ::testing::Test {
 protected:
  void SetUp() override {
    dovecot_ = std::make_unique<Dovecot>(options());
    serve("[outbound]\nprivate_addresses = true\n");
  }
  virtual Dovecot::Options options() { return {}; }

  void serve(const std::string& config) {
    api_.reset();
    server_.reset();
    const auto file = folder_.path() / "dealog.toml";
    std::ofstream(file) << config;
    server_ = std::make_unique<DealogProcess>(folder_.path() / "data",
                                              std::vector<std::string>{"--config", file.string()});
    server_->start();
    api_.emplace(server_->port(), server_->owner_token());
  }
  void kill_and_restart() {
    server_->kill_and_restart();
    api_->move_to(server_->port());
  }

  json::object settings() const {
    return {{"host", "127.0.0.1"},
            {"port", dovecot_->tls_port()},
            {"user", "sales@studio.example"},
            {"authority", dovecot_->authority()}};
  }
  void connect(json::object mailbox, json::value secret = kPassword) {
    source_ = must(api_->post("/v1/sources", {{"provider", "imap"},
                                              {"name", "Sales"},
                                              {"secret", std::move(secret)},
                                              {"settings", {{"mailbox", std::move(mailbox)}}}}),
                   201)
                  .str("/id");
  }
  Answer source() { return api_->read("/v1/sources/" + source_); }
  // The reader works on its own: nobody waits for it but this.
  template <class Done>
  bool eventually(Done done, std::chrono::milliseconds within = 20s) {
    if (testing_support::eventually(done, within)) return true;
    ADD_FAILURE() << source().shown() << server_->errors() << dovecot_->log();
    return false;
  }
  bool becomes(std::string_view state) {
    return eventually([&] { return source().str("/mailbox/state") == state; });
  }
  bool receives(std::int64_t mails, std::chrono::milliseconds within = 20s) {
    return eventually(
        [&] {
          const Answer now = source();
          return now.number("/mailbox/mails") == mails && now.number("/deliveries/pending") == 0;
        },
        within);
  }
  std::size_t deals() { return api_->read("/v1/deals?limit=200").items().size(); }

  testing_support::TempFolder folder_;
  std::unique_ptr<Dovecot> dovecot_;
  std::unique_ptr<DealogProcess> server_;
  std::optional<ApiClient> api_;
  std::string source_;
};

TEST_F(Mailbox, ANewMailArrivesAtOnceAndAnOldOneNotAtAll) {
  dovecot_->deliver(mail("old"));
  connect(settings());
  ASSERT_TRUE(becomes("connected"));
  EXPECT_EQ(deals(), 0u);
  std::this_thread::sleep_for(300ms);  // the reader waits by IDLE
  dovecot_->deliver(mail("new"));
  // Polling would take ten seconds.
  ASSERT_TRUE(receives(1, 3s));
  EXPECT_EQ(deals(), 1u);
  const Answer people = api_->read("/v1/people");
  EXPECT_EQ(str(people.items().at(0), "/name"), "Oleg");
  EXPECT_EQ(source().number("/deliveries/accepted"), 1);
}

TEST_F(Mailbox, WhatWeHaveWrittenIsAnOutgoingTouchOfTheSameDeal) {
  connect(settings());
  ASSERT_TRUE(becomes("connected"));
  dovecot_->deliver(mail("question"));
  ASSERT_TRUE(receives(1));
  dovecot_->deliver(mail("answer", "sales@studio.example", "oleg@client.example",
                         "In-Reply-To: <question@client.example>\r\n"),
                    "Sent");
  // Other folders than the first are looked at when the reader starts and once a minute.
  kill_and_restart();
  ASSERT_TRUE(receives(2));
  const Answer deals = api_->read("/v1/deals");
  ASSERT_EQ(deals.items().size(), 1u);
  const std::string deal = str(deals.items().at(0), "/id");
  const std::string told = json::serialize(api_->read("/v1/deals/" + deal + "/timeline").body);
  EXPECT_THAT(told, HasSubstr(R"("direction":"out")"));
  EXPECT_EQ(source().number("/deliveries/duplicate"), 0);
}

TEST_F(Mailbox, EachMailCountsOnceThoughTheServiceIsKilledInBetween) {
  connect(settings());
  ASSERT_TRUE(becomes("connected"));
  constexpr int kMails = 60;
  std::thread postman([&] {
    for (int i = 0; i < kMails; ++i) {
      dovecot_->deliver(mail(fmt::format("m{}", i), fmt::format("c{}@client.example", i)));
      std::this_thread::sleep_for(40ms);
    }
  });
  for (int i = 0; i < 4; ++i) {
    std::this_thread::sleep_for(500ms);
    kill_and_restart();
  }
  postman.join();
  ASSERT_TRUE(receives(kMails, 60s));
  const Answer now = source();
  EXPECT_EQ(now.number("/deliveries/received"), kMails);
  EXPECT_EQ(now.number("/deliveries/accepted"), kMails);
  EXPECT_EQ(deals(), static_cast<std::size_t>(kMails));
}

TEST_F(Mailbox, ThatIsNumberedAnewLosesNothingAndRepeatsNothing) {
  connect(settings());
  ASSERT_TRUE(becomes("connected"));
  for (const auto* id : {"a", "b", "c"}) dovecot_->deliver(mail(id));
  ASSERT_TRUE(receives(3));
  dovecot_->stop();
  dovecot_->number_anew(1'900'000'000);
  dovecot_->deliver(mail("d"));
  dovecot_->start();
  ASSERT_TRUE(eventually([&] { return source().number("/deliveries/accepted") == 4; }, 40s));
  EXPECT_EQ(source().number("/deliveries/duplicate"), 3);
  const std::string deal = str(api_->read("/v1/deals").items().at(0), "/id");
  std::size_t touches = 0;
  for (const auto& entry : api_->read("/v1/deals/" + deal + "/timeline").items()) {
    touches += str(entry, "/type") == "TouchRecorded" ? 1 : 0;
  }
  EXPECT_EQ(touches, 4u);
}

TEST_F(Mailbox, TenThousandOldMailsAreNotRead) {
  for (int i = 0; i < 10'000; ++i) dovecot_->deliver(mail(fmt::format("o{}", i)));
  connect(settings());
  ASSERT_TRUE(becomes("connected"));
  dovecot_->deliver(mail("new"));
  ASSERT_TRUE(receives(1));
  EXPECT_EQ(source().number("/deliveries/received"), 1);
}

TEST_F(Mailbox, IsReadFromTheDayThatIsGiven) {
  dovecot_->deliver(mail("ancient", "a@client.example"), "", 40 * 86'400);
  dovecot_->deliver(mail("recent", "b@client.example"), "", 2 * 86'400);
  json::object mailbox = settings();
  mailbox["since"] =
      local_date(SystemClock().now() - std::chrono::hours(10 * 24), "UTC").value().text();
  connect(std::move(mailbox));
  ASSERT_TRUE(receives(1));
  EXPECT_EQ(str(api_->read("/v1/people").items().at(0), "/email"), "b@client.example");
}

TEST_F(Mailbox, AWrongPasswordIsSaidInWordsAndLightsTheLampUntilItIsMended) {
  connect(settings(), "wrong");
  ASSERT_TRUE(becomes("failing"));
  const Answer failing = source();
  EXPECT_EQ(failing.str("/mailbox/code"), "login_refused");
  EXPECT_THAT(failing.str("/mailbox/reason"), HasSubstr("password"));
  const Answer lamp = api_->read("/v1/reports/leaks/delivery_failed");
  ASSERT_EQ(lamp.number("/lamp/count"), 1);
  EXPECT_EQ(lamp.str("/items/0/source"), source_);
  must(api_->patch("/v1/sources/" + source_, {{"secret", kPassword}}), 200);
  ASSERT_TRUE(becomes("connected"));
  EXPECT_EQ(api_->read("/v1/reports/leaks/delivery_failed").number("/lamp/count"), 0);
  EXPECT_THAT(server_->errors(), Not(HasSubstr("sales@studio.example")));
}

TEST_F(Mailbox, ACertificateOfNobodyWeTrustIsRefused) {
  json::object mailbox = settings();
  mailbox.erase("authority");
  connect(std::move(mailbox));
  ASSERT_TRUE(becomes("failing"));
  EXPECT_EQ(source().str("/mailbox/code"), "certificate_untrusted");
}

TEST_F(Mailbox, StartTlsAndAFolderThatIsNotThere) {
  json::object mailbox = settings();
  mailbox["port"] = dovecot_->plain_port();
  mailbox["tls"] = "starttls";
  mailbox["folders"] = {"INBOX", "Заявки"};
  connect(std::move(mailbox));
  ASSERT_TRUE(becomes("failing"));
  EXPECT_EQ(source().str("/mailbox/code"), "folder_missing");
  dovecot_->deliver(mail("first", "x@client.example"), "&BBcEMARPBDIEOgQ4-");
  must(api_->patch("/v1/sources/" + source_,
                   {{"settings", {{"mailbox", {{"since", "2026-01-01"}}}}}}),
       200);
  ASSERT_TRUE(becomes("connected"));
  ASSERT_TRUE(receives(1));
}

TEST_F(Mailbox, InTheSameNetworkIsReadOnlyWhereThatIsAllowed) {
  serve("[outbound]\nprivate_addresses = false\n");
  connect(settings());
  ASSERT_TRUE(becomes("failing"));
  EXPECT_EQ(source().str("/mailbox/code"), "address_refused");
}

TEST_F(Mailbox, NothingCanBePostedToIt) {
  connect(settings());
  const std::string hook = source().str("/hook_url");
  expect_problem(api_->deliver(hook, "message/rfc822", mail("x")), 403, "delivery_refused");
  must(api_->del("/v1/sources/" + source_), 204);
  dovecot_->deliver(mail("after"));
  std::this_thread::sleep_for(500ms);
  EXPECT_EQ(deals(), 0u);
}

// Gives out access tokens for a refresh token, and says of each whether it is good.
class FakeTokens {
 public:
  FakeTokens() {
    http::Router router;
    router.add(http::Method::kPost, "/token",
               http::PlainHandler([this](const http::Request& request) { return give(request); }));
    // Dovecot appends the token to the address.
    router.add(http::Method::kGet, "/check/{token}",
               http::PlainHandler([this](const http::Request& request) { return check(request); }));
    server_ = http::Server::start({.address = "127.0.0.1", .port = 0, .access_log = false},
                                  std::move(router))
                  .value();
  }
  std::string url(std::string_view path) const { return server_->url() + std::string(path); }

  std::atomic<bool> agreed = true;  // to the refresh token
  std::atomic<int> given = 0;
  std::atomic<int> good_from = 1;  // older access tokens have been taken back

 private:
  Result<http::Response> give(const http::Request& request) {
    if (!agreed || !request.body.contains("refresh_token=r1")) {
      return http::Response::json(400, {{"error", "invalid_grant"}});
    }
    return http::Response::json(
        200, {{"access_token", fmt::format("at-{}", ++given)}, {"expires_in", 3600}});
  }
  Result<http::Response> check(const http::Request& request) {
    const std::string token(request.param("token"));
    const bool good = token.starts_with("at-") && std::stoi(token.substr(3)) >= good_from;
    return http::Response::json(
        200, {{"active", good ? "yes" : "no"}, {"email", "sales@studio.example"}});
  }

  std::unique_ptr<http::Server> server_;
};

class MailboxWithTokens : public Mailbox {
 protected:
  Dovecot::Options options() override { return {.token_check_url = tokens_.url("/check/")}; }
  json::object with_tokens() const {
    json::object out = settings();
    out["login"] = "oauth2";
    out["token_url"] = tokens_.url("/token");
    return out;
  }
  FakeTokens tokens_;
};

TEST_F(MailboxWithTokens, IsLoggedInToByOauthAndGetsANewTokenWhenOneWasTakenBack) {
  connect(with_tokens(), {{"client_id", "c"}, {"refresh_token", "r1"}});
  ASSERT_TRUE(becomes("connected"));
  EXPECT_EQ(tokens_.given, 1);
  dovecot_->deliver(mail("one"));
  ASSERT_TRUE(receives(1));
  tokens_.good_from = 2;
  dovecot_->stop();
  dovecot_->start();
  dovecot_->deliver(mail("two"));
  ASSERT_TRUE(receives(2, 40s));
  EXPECT_EQ(tokens_.given, 2);
}

TEST_F(MailboxWithTokens, ThatWereTakenBackForGoodAreSaidToBe) {
  tokens_.agreed = false;
  connect(with_tokens(), {{"client_id", "c"}, {"refresh_token", "r1"}});
  ASSERT_TRUE(becomes("failing"));
  EXPECT_EQ(source().str("/mailbox/code"), "token_refused");
  tokens_.agreed = true;
  must(api_->patch("/v1/sources/" + source_, {{"secret", {{"refresh_token", "r1-again"}}}}), 200);
  ASSERT_TRUE(becomes("connected"));
}

class MailboxWithoutIdle : public Mailbox {
 protected:
  Dovecot::Options options() override { return {.idle = false}; }
};

TEST_F(MailboxWithoutIdle, IsAskedNowAndThen) {
  connect(settings());
  ASSERT_TRUE(becomes("connected"));
  dovecot_->deliver(mail("one"));
  ASSERT_TRUE(receives(1, 25s));
}

}  // namespace
}  // namespace dealog::e2e
