// What a hook only announces is asked for, against a server that answers as Meta's Graph API does.
#include <atomic>
#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/http/server.hpp"
#include "tests/support/api_client.hpp"
#include "tests/support/dealog_process.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/temp_folder.hpp"

namespace dealog::e2e {
namespace {

constexpr std::string_view kAppSecret = "app-secret";

// Answers one lead, or with the status that it is told to.
class FakeGraph {
 public:
  FakeGraph() {
    http::Router router;
    router.add(http::Method::kGet, "/v23.0/{lead}",
               http::PlainHandler([this](const http::Request& request) { return lead(request); }));
    server_ = http::Server::start({.address = "127.0.0.1", .port = 0, .access_log = false},
                                  std::move(router))
                  .value();
  }
  std::string url() const { return server_->url() + "/v23.0"; }

  std::atomic<int> status = 200;
  std::atomic<int> asked = 0;

 private:
  Result<http::Response> lead(const http::Request& request) {
    ++asked;
    const bool known = request.headers.get("Authorization") == "Bearer page-token";
    const int answer = known ? status.load() : 401;
    if (answer != 200) return http::Response::json(answer, {{"error", {{"message", "no"}}}});
    return http::Response::json(200,
                                {{"id", request.param("lead")},
                                 {"created_time", "2026-03-05T10:00:00+0000"},
                                 {"form_id", "55"},
                                 {"field_data",
                                  {{{"name", "full_name"}, {"values", {"Joe Baker"}}},
                                   {{"name", "phone_number"}, {"values", {"+79161234567"}}}}}});
  }

  std::unique_ptr<http::Server> server_;
};

class Fetches : public ::testing::Test {
 protected:
  Fetches() : server_(folder_.path() / "data", {"--config", config()}) {
    server_.start();
    api_.emplace(server_.port(), server_.owner_token());
    const Answer source = must(
        api_->post(
            "/v1/sources",
            {{"provider", "facebook-lead-ads"},
             {"name", "Facebook"},
             {"secret",
              {{"app_secret", kAppSecret}, {"verify_token", "check-me"}, {"api", "page-token"}}},
             {"settings", {{"api_url", graph_.url()}, {"country", "RU"}}}}),
        201);
    source_ = source.str("/id");
    hook_ = source.str("/hook_url");
  }

  std::string config() {
    const auto file = folder_.path() / "dealog.toml";
    std::ofstream(file) << "[outbound]\nprivate_addresses = true\n";
    return file.string();
  }
  void announce(std::string_view lead) {
    const std::string body =
        fmt::format(R"({{"object":"page","entry":[{{"id":"66","time":1772704801,"changes":[{{)"
                    R"("field":"leadgen","value":{{"leadgen_id":"{}","form_id":"55",)"
                    R"("page_id":"66","created_time":1772704800}}}}]}}]}})",
                    lead);
    const std::string signature = "sha256=" + to_hex(hmac_sha256(kAppSecret, body));
    must(api_->deliver(hook_, "application/json", body, {{"X-Hub-Signature-256", signature}}), 200);
  }
  std::string fetches(std::string_view status) const {
    return fmt::format("/v1/sources/{}/fetches?status={}", source_, status);
  }

  testing_support::TempFolder folder_;
  FakeGraph graph_;
  DealogProcess server_;
  std::optional<ApiClient> api_;
  std::string source_, hook_;
};

TEST_F(Fetches, AnAnnouncedLeadIsAskedForOnceAndBecomesADeal) {
  announce("120210000000000123");
  announce("120210000000000123");
  api_->read_until("/v1/deals", 1);
  const Answer people = api_->read("/v1/people");
  ASSERT_EQ(people.items().size(), 1u);
  EXPECT_EQ(str(people.items().at(0), "/name"), "Joe Baker");
  EXPECT_EQ(graph_.asked, 1);
  EXPECT_TRUE(api_->read(fetches("waiting")).items().empty());
  // After a restart nothing is asked for again.
  server_.kill_and_restart();
  api_->move_to(server_.port());
  announce("120210000000000124");
  api_->read_until("/v1/deals", 1);
  EXPECT_LE(graph_.asked, 2);
}

TEST_F(Fetches, WhatIsRefusedIsGivenUpShownAndAskedForAgainByHand) {
  graph_.status = 403;
  announce("120210000000000200");
  const Answer given_up = api_->read_until(fetches("given_up"), 1);
  EXPECT_EQ(given_up.str("/items/0/code"), "status_403");
  const Answer lamp = api_->read("/v1/reports/leaks/delivery_failed");
  EXPECT_EQ(lamp.number("/lamp/count"), 1);
  EXPECT_EQ(lamp.str("/items/0/fetch"), given_up.str("/items/0/id"));

  graph_.status = 200;
  const std::string retry = "/v1/fetches/" + given_up.str("/items/0/id") + "/retry";
  must(api_->post(retry), 200);
  api_->read_until("/v1/deals", 1);
  EXPECT_TRUE(api_->read(fetches("given_up")).items().empty());
  expect_problem(api_->post(retry), 409, "fetch_settled");
}

TEST_F(Fetches, ABusyProviderIsAskedLater) {
  graph_.status = 429;
  announce("120210000000000300");
  Answer waiting;
  ASSERT_TRUE(testing_support::eventually([&] {
    waiting = api_->read(fetches("waiting"));
    return waiting.number("/items/0/attempts") > 0;
  }));
  EXPECT_EQ(waiting.str("/items/0/code"), "rate_limited");
  EXPECT_EQ(waiting.number("/items/0/attempts"), 1);
  EXPECT_TRUE(api_->read("/v1/deals").items().empty());
}

}  // namespace
}  // namespace dealog::e2e
