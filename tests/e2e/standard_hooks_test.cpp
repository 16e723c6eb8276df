// Senders that ask before they send, through the server: its router must leave OPTIONS to them.
#include <gtest/gtest.h>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "tests/e2e/studio.hpp"

namespace dealog::e2e {
namespace {

class StandardHooks : public ::testing::Test {
 protected:
  ApiClient& api() { return studio_.api(); }
  std::string hook(std::string_view provider, const json::value& secret = nullptr) {
    return must(api().post("/v1/sources",
                           {{"provider", provider}, {"name", provider}, {"secret", secret}}),
                201)
        .str("/hook_url");
  }
  Studio studio_;
};

TEST_F(StandardHooks, PermitsASenderOfCloudEventsThatAsksByOptions) {
  const std::string url = hook("cloudevents", "token-7f3a");
  const auto head = api().head();
  const auto answer = api().http().request(
      "OPTIONS", url, "",
      {{"WebHook-Request-Origin", "events.example.com"}, {"WebHook-Request-Rate", "500"}});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->header("WebHook-Allowed-Origin"), "events.example.com");
  EXPECT_EQ(answer->header("WebHook-Allowed-Rate"), "100");
  EXPECT_EQ(answer->header("Allow"), "POST");
  EXPECT_EQ(api().head(), head);
}

TEST_F(StandardHooks, AcceptsCloudEventsAndRefusesOtherFormats) {
  const std::string url = hook("cloudevents", "token-7f3a");
  const http::ClientHeaders token{{"Authorization", "Bearer token-7f3a"}};
  const std::string event = R"({"specversion":"1.0","id":"7","source":"/shop","type":"made"})";
  const Answer taken = api().deliver(url, "application/cloudevents+json", event, token);
  EXPECT_EQ(taken.status, 202);
  const Answer again =
      api().deliver(url + "?access_token=token-7f3a", "application/cloudevents+json", event);
  EXPECT_EQ(again.status, 202);
  EXPECT_EQ(api().deliver(url, "application/cloudevents+avro", "x", token).status, 415);
  expect_problem(api().deliver(url, "application/cloudevents+json", event), 401,
                 "delivery_refused");
}

TEST_F(StandardHooks, AnswersSlackItsChallenge) {
  const std::string url = hook("slack", "signing-secret");
  const std::string body = R"({"type":"url_verification","challenge":"c-123"})";
  const std::string now = std::to_string(std::time(nullptr));
  const std::string mac = hmac_sha256("signing-secret", "v0:" + now + ":" + body);
  const Answer answer = api().deliver(
      url, "application/json", body,
      {{"X-Slack-Request-Timestamp", now}, {"X-Slack-Signature", "v0=" + to_hex(mac)}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.text, "c-123");
}

}  // namespace
}  // namespace dealog::e2e
