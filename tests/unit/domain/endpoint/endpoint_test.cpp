#include "libs/domain/endpoint/endpoint.hpp"

#include <gmock/gmock.h>

#include "tests/unit/domain/aggregate_story.hpp"

namespace dealog::endpoint {
namespace {

using namespace std::chrono_literals;
using EndpointStory = testing::Story<State>;
using ::testing::ElementsAre;

constexpr Timestamp kNow{1'770'000'000'000'000};
const std::string kOld = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const std::string kNew = "whsec_" + std::string(44, 'A');

CreateEndpoint crm() { return {"crm", "Our CRM", "https://crm.example.com/hook", kOld}; }

TEST(Endpoint, IsCreatedOnceWithACodeThatNobodyElseHas) {
  EndpointStory story;
  story.when(crm()).then({"WebhookEndpointCreated"});
  EXPECT_THAT(story.tags(), ElementsAre(code_tag("crm")));
  EXPECT_EQ(story.state().url, "https://crm.example.com/hook");
  story.when(crm()).then_refused("endpoint_exists");
}

TEST(Endpoint, SaysWhatIsWrongWithIt) {
  EndpointStory story;
  story.when(CreateEndpoint{"Crm!", "", "ftp://x", "secret"})
      .then_invalid({"/code", "/name", "/url", "/secret"});
  story.when(ChangeEndpoint{.name = "x"}).then_refused("endpoint_not_found");
  story.given(crm());
  story.when(ChangeEndpoint{.url = "https://a b"}).then_invalid({"/url"});
  story.when(ChangeEndpoint{.name = "Our CRM"}).then({});
}

TEST(Endpoint, BothSecretsSignUntilTheOldOneEnds) {
  EndpointStory story;
  story.given(crm());
  story.given_events(decide(story.state(), RotateSecret{kNew, 1h}, kNow).value());
  EXPECT_THAT(signing_secrets(story.state(), kNow + 59min), ElementsAre(kNew, kOld));
  EXPECT_THAT(signing_secrets(story.state(), kNow + 1h), ElementsAre(kNew));
  EXPECT_EQ(decide(story.state(), RotateSecret{kNew, 24h * 31}, kNow).error().code,
            "invalid_input");
}

TEST(Endpoint, IsDisabledAndEnabledAgain) {
  EndpointStory story;
  story.given(crm());
  story.when(EnableEndpoint{}).then({});
  story.when(DisableEndpoint{std::string(kGone)}).then({"WebhookEndpointDisabled"});
  EXPECT_EQ(story.state().disabled, "gone");
  story.when(DisableEndpoint{}).then({});
  story.when(EnableEndpoint{}).then({"WebhookEndpointEnabled"});
  EXPECT_TRUE(story.state().disabled.empty());
}

}  // namespace
}  // namespace dealog::endpoint
