// Against servers on loopback, and addresses that are not called.
#include "libs/outbound/web_client.hpp"

#include <gtest/gtest.h>

#include "libs/http/server.hpp"
#include "libs/outbound/public_address.hpp"

namespace dealog::outbound {
namespace {

bool public_one(std::string_view text) { return is_public(IpAddress::parse(text).value()); }

TEST(PublicAddress, WhatStandsBesideTheServerIsNone) {
  for (const auto* text :
       {"127.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fd00::1",
        "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::1", "ff02::1"}) {
    EXPECT_FALSE(public_one(text)) << text;
  }
  for (const auto* text : {"8.8.8.8", "172.32.0.1", "185.71.76.1", "2a00:1450::1"}) {
    EXPECT_TRUE(public_one(text)) << text;
  }
}

class WebClientTest : public ::testing::Test {
 protected:
  WebClientTest() {
    http::Router router;
    const auto get = [&router](std::string_view path, http::Response response) {
      router.add(http::Method::kGet, path,
                 http::PlainHandler([response](const http::Request&) -> Result<http::Response> {
                   return response;
                 }));
    };
    router.add(http::Method::kPost, "/echo",
               http::PlainHandler([](const http::Request& request) -> Result<http::Response> {
                 http::Response response{.status = 200, .body = request.body};
                 response.body += request.headers.get("X-Key");
                 response.headers.set("Content-Type", "text/plain");
                 return response;
               }));
    http::Response busy{.status = 429, .body = "later"};
    busy.headers.set("Retry-After", "7");
    get("/busy", busy);
    http::Response moved{.status = 302, .body = {}};
    moved.headers.set("Location", "/busy");
    get("/moved", moved);
    get("/long", {.status = 200, .body = std::string(5000, 'x')});
    server_ = http::Server::start({.address = "127.0.0.1", .port = 0}, std::move(router)).value();
  }
  std::string url(std::string_view path) const { return server_->url() + std::string(path); }

  std::unique_ptr<http::Server> server_;
  WebClient client_{Reach::kAny};
};

TEST_F(WebClientTest, SendsAndTakesTheAnswer) {
  const auto answer = client_.send(
      {.method = "POST", .url = url("/echo"), .headers = {{"X-Key", "k"}}, .body = "hello "});
  ASSERT_TRUE(answer) << answer.error().code;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "hello k");
  EXPECT_EQ(answer->content_type, "text/plain");
}

TEST_F(WebClientTest, SaysHowLongToWait) {
  const auto answer = client_.send({.url = url("/busy")});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 429);
  EXPECT_EQ(answer->retry_after, std::chrono::seconds(7));
}

TEST_F(WebClientTest, FollowsNoRedirect) {
  const auto answer = client_.send({.url = url("/moved")});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 302);
  EXPECT_EQ(answer->location, url("/busy"));
  EXPECT_EQ(client_.send({.url = url("/long")})->location, "");
}

TEST_F(WebClientTest, TakesNoMoreThanItsLimit) {
  const auto answer = client_.send({.url = url("/long"), .answer_bytes = 1000});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, "answer_too_large");
}

TEST_F(WebClientTest, CallsNobodyNearby) {
  WebClient careful;
  std::string https = url("/busy");
  https.replace(0, 4, "https");
  const auto refused = careful.send({.url = https});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "address_refused");
  EXPECT_EQ(careful.send({.url = url("/busy")}).error().code, "invalid_url");
  EXPECT_EQ(client_.send({.url = "file:///etc/passwd"}).error().code, "invalid_url");
}

TEST_F(WebClientTest, SaysThatNobodyIsThere) {
  const std::string gone = url("/busy");
  server_->stop();
  EXPECT_EQ(client_.send({.url = gone}).error().code, "connection_failed");
}

TEST_F(WebClientTest, RefusesAHeaderOfTwoLines) {
  const auto answer =
      client_.send({.url = url("/busy"), .headers = {{"X-Key", std::string("a\r\nB: c")}}});
  EXPECT_EQ(answer.error().code, "invalid_header");
}

}  // namespace
}  // namespace dealog::outbound
