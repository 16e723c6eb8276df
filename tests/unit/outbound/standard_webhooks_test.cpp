#include "libs/outbound/standard_webhooks.hpp"

#include <gtest/gtest.h>

namespace dealog::outbound {
namespace {

// Secret, id, time and body as the specification's own libraries test them with.
const std::string kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr std::string_view kBody = R"({"test": 2432232314})";
constexpr Timestamp kSentAt{1'614'265'330'000'000};

TEST(StandardWebhooks, SignAsTheSpecificationSays) {
  const auto headers =
      webhook_headers("msg_p5jXN8AQM9LWM0D4loKWxJek", kSentAt, kBody, {kSecret}).value();
  ASSERT_EQ(headers.size(), 3u);
  EXPECT_EQ(headers[0].second, "msg_p5jXN8AQM9LWM0D4loKWxJek");
  EXPECT_EQ(headers[1].second, "1614265330");
  EXPECT_EQ(headers[2].first, "webhook-signature");
  EXPECT_EQ(headers[2].second, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(StandardWebhooks, EverySecretSigns) {
  const auto one = webhook_headers("eff_1", kSentAt, kBody, {kSecret}).value()[2].second;
  const std::string other = "whsec_" + std::string(44, 'A');
  const auto both = webhook_headers("eff_1", kSentAt, kBody, {other, kSecret}).value()[2].second;
  EXPECT_TRUE(both.ends_with(" " + one)) << both;
  EXPECT_EQ(webhook_headers("eff_1", kSentAt, kBody, {"hunter2"}).error().code, "invalid_secret");
}

}  // namespace
}  // namespace dealog::outbound
