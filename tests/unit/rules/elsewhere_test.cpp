// What a regulation names elsewhere must be there.
#include "libs/rules/elsewhere.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/rules/known_elsewhere.hpp"
#include "tests/unit/rules/sample_regulations.hpp"

namespace dealog::rules {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kAnna = "usr_00000000000000000000000000000001";

std::string rule_text(std::string_view id, std::string_view action, std::string_view more = "") {
  return "  - id: " + std::string(id) + "\n    title: {ru: П, en: R}\n    mode: live\n" +
         "    trigger: {deal: opened}\n" + std::string(more) + "    actions:\n      - " +
         std::string(action) + "\n";
}
std::string text_with(std::string_view action, std::string_view more = "") {
  return std::string(kSoundText) + "rules:\n" + rule_text("one", action, more);
}
std::vector<RegulationIssue> issues_of(const std::string& text, std::string_view only_rule = "") {
  const KnownElsewhere elsewhere;
  return parse_regulation(text, {&elsewhere, only_rule}).issues;
}

struct Named {
  std::string_view action, more, path, message;
};
constexpr Named kMissing[] = {
    {"start_pipeline: cara", "", "rules[0].actions[0].start_pipeline",
     "there is no pipeline 'cara'; did you mean 'care'?"},
    {"call_webhook: erp", "", "rules[0].actions[0].call_webhook",
     "no webhook endpoint 'erp'; POST /v1/webhook-endpoints makes one"},
    {"assign: {to: usr_00000000000000000000000000000002}", "", "rules[0].actions[0].assign.to",
     "nobody who works here 'usr_00000000000000000000000000000002'; GET /v1/users lists them"},
    {"notify: {to: [supervisor, usr_00000000000000000000000000000002], text: {ru: Т, en: T}}", "",
     "rules[0].actions[0].notify.to", "nobody who works here"},
    {"send_mail: {to: usr_00000000000000000000000000000002, subject: {ru: Т, en: T}, "
     "text: {ru: Т, en: T}}",
     "", "rules[0].actions[0].send_mail.to", "nobody who works here"},
    {"add_participant: {person: per_00000000000000000000000000000002, role: payer}", "",
     "rules[0].actions[0].add_participant.person", "no person 'per_0000"},
    {"move_to: second",
     "    conditions: [{not: {field: owner, equal: usr_00000000000000000000000000000002}}]\n",
     "rules[0].conditions[0].not", "nobody who works here"},
    {"create_task: {kind: call, title: {ru: З, en: C}, due: 1 day, when: {field: company, equal: "
     "com_00000000000000000000000000000002}}",
     "", "rules[0].actions[0].create_task.when", "no company 'com_0000"}};

TEST(NamedElsewhere, WhatIsNotThereIsToldWithItsPlaceAndAHint) {
  for (const Named& named : kMissing) {
    const std::string text = text_with(named.action, named.more);
    EXPECT_TRUE(parse_regulation(text).sound()) << named.action;
    const auto issues = issues_of(text);
    ASSERT_EQ(issues.size(), 1u) << named.action;
    EXPECT_EQ(issues[0].path, named.path);
    EXPECT_THAT(issues[0].message, HasSubstr(named.message));
    EXPECT_GT(issues[0].line, 50) << named.action;
  }
}

TEST(NamedElsewhere, WhatIsThereIsTaken) {
  const std::string anna(kAnna);
  for (const std::string& action :
       {std::string("start_pipeline: care"), std::string("call_webhook: crm"),
        "assign: {to: " + anna + "}", std::string("assign: {round_robin: seller}"),
        "notify: {to: [deal_owner, " + anna + "], text: {ru: Т, en: T}}",
        std::string("add_participant: {person: touch, role: payer}")}) {
    EXPECT_TRUE(issues_of(text_with(action)).empty()) << action;
  }
}

TEST(NamedElsewhere, AnOwnerWhoLeftMayBeWhatAFieldChangedFrom) {
  std::string text = text_with("move_to: second");
  text.replace(text.find("{deal: opened}"), 14,
               "{field_changed: {field: owner, from: usr_00000000000000000000000000000002}}");
  EXPECT_TRUE(issues_of(text).empty());
}

TEST(NamedElsewhere, OfOneRuleAloneOthersAreNotLookedAt) {
  const std::string text =
      text_with("call_webhook: erp") + rule_text("two", "start_pipeline: cara");
  EXPECT_EQ(issues_of(text).size(), 2u);
  const auto issues = issues_of(text, "two");
  ASSERT_EQ(issues.size(), 1u);
  EXPECT_EQ(issues[0].path, "rules[1].actions[0].start_pipeline");
}

}  // namespace
}  // namespace dealog::rules
