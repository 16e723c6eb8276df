#include "libs/domain/source/source.hpp"

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/base/limits.hpp"
#include "tests/unit/domain/aggregate_story.hpp"

namespace dealog::source {
namespace {

using SourceStory = testing::Story<State>;

const std::string kToken = to_base64url(std::string(32, 'k'));
ConnectSource form() {
  return {.provider = "tilda",
          .name = "Form",
          .settings_json = R"({"country":"RU"})",
          .secrets = {{"secret", "s"}},
          .token = kToken};
}

TEST(Source, IsConnectedWithATokenOfItsHookAddress) {
  SourceStory story;
  story.when(form()).then({"SourceConnected"});
  EXPECT_EQ(story.tags(), std::vector<Tag>{open_tag("sources")});
  EXPECT_TRUE(token_matches(story.state(), kToken));
  EXPECT_FALSE(token_matches(story.state(), to_base64url(std::string(32, 'j'))));
  EXPECT_FALSE(token_matches(story.state(), ""));
  EXPECT_FALSE(token_matches(State{}, ""));
  story.when(form()).then_refused("source_exists");
}

TEST(Source, NamesEveryWrongField) {
  SourceStory()
      .when(ConnectSource{.settings_json = "[]",
                          .secrets = {{std::string(limits::kCodeBytes + 1, 'n'), "x"}},
                          .token = "short"})
      .then_invalid({"/provider", "/name", "/settings", "/secret", "/token"});
}

// A key that is a plain text, as POST /v1/sources takes it.
TEST(Source, ASingleSecretNeedsNoName) {
  ConnectSource plain = form();
  plain.secrets = {{"", "form key"}};
  SourceStory story;
  story.when(plain).then({"SourceConnected"});
  EXPECT_EQ(story.state().secrets.at(""), "form key");
}

// As providers with an API want it: {"": "<signs deliveries>", "api": "<key of the API>"}.
TEST(Source, TheMainSecretMayStandBesideNamedOnes) {
  ConnectSource both = form();
  both.secrets = {{"", "signing key"}, {"api", "key"}};
  SourceStory story;
  story.when(both).then({"SourceConnected"});
  EXPECT_EQ(story.state().secrets, both.secrets);
}

TEST(Source, ChangesOnlyWhatDiffersAndReplacesSecretsWhole) {
  SourceStory story;
  story.given(form());
  story.when(ChangeSource{.name = "Form", .settings_json = R"({"country":"RU"})"}).then({});
  story.when(ChangeSource{.secrets = {{{"user", "u"}, {"password", "p"}}}}).then({"SourceChanged"});
  EXPECT_EQ(story.state().secrets,
            (std::map<std::string, std::string>{{"user", "u"}, {"password", "p"}}));
  EXPECT_EQ(story.state().name, "Form");
  story.when(ChangeSource{.settings_json = "{"}).then_invalid({"/settings"});
}

TEST(Source, ARemovedOneTakesNothingAnyMore) {
  SourceStory story;
  story.given(form());
  story.when(RemoveSource{}).then({"SourceRemoved"});
  EXPECT_FALSE(token_matches(story.state(), kToken));
  EXPECT_TRUE(story.state().secrets.empty());
  story.when(RemoveSource{}).then_refused("source_removed");
  story.when(ChangeSource{.name = "x"}).then_refused("source_removed");
  SourceStory().when(RemoveSource{}).then_refused("source_not_found");
}

}  // namespace
}  // namespace dealog::source
