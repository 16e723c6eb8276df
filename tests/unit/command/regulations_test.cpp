// Publishing regulations and rules that name people, pipelines and addresses.
#include "libs/command/use_cases/regulations.hpp"

#include <gmock/gmock.h>

#include "libs/command/use_cases/users.hpp"
#include "libs/command/use_cases/webhook_endpoints.hpp"
#include "tests/unit/command/workshop.hpp"

namespace dealog {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string rule_text(std::string_view id, std::string_view action) {
  return "# ours\nid: " + std::string(id) +
         "\ntitle: {ru: П, en: R}\nmode: live\ntrigger: {deal: opened}\nactions:\n  - " +
         std::string(action) + "\n";
}

class Publishing : public ::testing::Test {
 protected:
  void SetUp() override { shop_.publish_web_studio(); }

  Result<Outcome> publish(std::string_view action, std::string_view id = "one") {
    return shop_.bus().run(shop_.request(), [&](Unit& unit) -> Result<void> {
      TRY(use_cases::publish_rule(unit, "web-studio", rule_text(id, action)));
      return {};
    });
  }
  UserId hire() {
    return shop_.must([](Unit& unit) {
      return use_cases::register_user(unit, {.name = "Anna",
                                             .email = {},
                                             .role = "seller",
                                             .time_zone = "Europe/Moscow",
                                             .rights = user::Rights{user::Right::kRead}});
    });
  }
  void dismiss(const UserId& user) {
    ASSERT_TRUE(shop_.bus().run(shop_.request(user.text()), [&](Unit& unit) {
      return use_cases::deactivate_user(unit, user);
    }));
  }
  void expect_missing(std::string_view action, std::string_view pointer, std::string_view says) {
    const auto refused = publish(action);
    ASSERT_FALSE(refused) << action;
    EXPECT_EQ(refused.error().code, "regulation_unsound");
    ASSERT_EQ(refused.error().fields.size(), 1u) << action;
    EXPECT_EQ(refused.error().fields[0].pointer, pointer);
    EXPECT_THAT(refused.error().fields[0].message, HasSubstr(std::string(says)));
    // Told by the line of the rule's own text.
    EXPECT_THAT(refused.error().fields[0].message, StartsWith("line 7:"));
  }

  Workshop shop_;
};

TEST_F(Publishing, RefusesWhatARuleNamesAndIsNotThere) {
  const auto before = shop_.event_names().size();
  expect_missing("start_pipeline: care", "/rule/actions/0/start_pipeline", "no pipeline 'care'");
  expect_missing("call_webhook: crm", "/rule/actions/0/call_webhook",
                 "POST /v1/webhook-endpoints makes one");
  expect_missing("assign: {to: usr_00000000000000000000000000000009}", "/rule/actions/0/assign/to",
                 "nobody who works here");
  expect_missing("add_participant: {person: per_00000000000000000000000000000009, role: payer}",
                 "/rule/actions/0/add_participant/person", "no person");
  EXPECT_EQ(shop_.event_names().size(), before);
}

TEST_F(Publishing, TakesWhatIsThere) {
  const UserId anna = hire();
  shop_.must([](Unit& unit) {
    return use_cases::create_endpoint(
        unit, {"crm", "Our CRM", "https://crm.example.com/in", use_cases::new_secret()});
  });
  EXPECT_TRUE(publish("assign: {to: " + anna.text() + "}", "one"));
  EXPECT_TRUE(publish("call_webhook: crm", "two"));
}

TEST_F(Publishing, OfOneRuleIsNotHinderedByAnotherWhoseUserLeft) {
  const UserId anna = hire();
  ASSERT_TRUE(publish("assign: {to: " + anna.text() + "}", "hers"));
  dismiss(anna);
  EXPECT_TRUE(publish("move_to: classification", "other"));
  EXPECT_FALSE(publish("notify: {to: " + anna.text() + ", text: {ru: Т, en: T}}", "third"));
  EXPECT_TRUE(shop_.bus().run(shop_.request(), [&](Unit& unit) -> Result<void> {
    TRY(use_cases::remove_rule(unit, "web-studio", "other"));
    return {};
  }));
  // The whole file names her still, and a whole file is judged whole.
  const auto refused = shop_.bus().run(shop_.request(), [&](Unit& unit) -> Result<void> {
    std::string file = regulation_file("web-studio.yaml");
    file += "\n  - id: hers\n    title: {ru: П, en: R}\n    mode: live\n";
    file +=
        "    trigger: {deal: opened}\n    actions:\n      - assign: {to: " + anna.text() + "}\n";
    TRY(use_cases::publish_regulation(unit, "web-studio", file));
    return {};
  });
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().fields.at(0).pointer, HasSubstr("/actions/0/assign/to"));
}

}  // namespace
}  // namespace dealog
