// Changing the rules in a regulation's text: the rest stays as people wrote it.
#include "libs/rules/rule_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dealog::rules {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kFile = R"(code: studio  # ours
rules:
  # the first
  - id: one
    mode: live
    actions:
      - wait: 1 day

  # the second
  - id: two
    mode: off

# what we say when we lose
loss_reasons: []
)";

TEST(RuleText, OneRuleIsReplacedWhereItStands) {
  EXPECT_EQ(*with_rule(kFile, "id: one\nmode: off\n"), R"(code: studio  # ours
rules:
  # the first
  - id: one
    mode: off

  # the second
  - id: two
    mode: off

# what we say when we lose
loss_reasons: []
)");
}

TEST(RuleText, ANewRuleIsTheLastOne) {
  EXPECT_EQ(*with_rule(kFile, "id: three\nactions:\n  - wait: 1 day\n"), R"(code: studio  # ours
rules:
  # the first
  - id: one
    mode: live
    actions:
      - wait: 1 day

  # the second
  - id: two
    mode: off
  - id: three
    actions:
      - wait: 1 day

# what we say when we lose
loss_reasons: []
)");
  EXPECT_EQ(*with_rule("code: studio\n", "{\"id\": \"one\"}"),
            "code: studio\nrules:\n  - {\"id\": \"one\"}\n");
  EXPECT_EQ(*with_rule("rules:\n- id: a\n", "id: b\nmode: off"),
            "rules:\n- id: a\n- id: b\n  mode: off\n");
  EXPECT_EQ(*with_rule("rules: []\nx: 1\n", "id: b"), "rules:\n  - id: b\nx: 1\n");
}

TEST(RuleText, ARuleIsTakenOut) {
  const std::string left = *without_rule(kFile, "one");
  EXPECT_EQ(left, R"(code: studio  # ours
rules:
  # the first

  # the second
  - id: two
    mode: off

# what we say when we lose
loss_reasons: []
)");
  EXPECT_EQ(*without_rule(kFile, "none"), kFile);
  EXPECT_EQ(*without_rule(left, "two"),
            "code: studio  # ours\n\n# what we say when we lose\nloss_reasons: []\n");
}

TEST(RuleText, AllRulesAreReplacedByAFileAListOrOneRule) {
  constexpr std::string_view kBase = "code: studio\nrules:\n  - id: old\nx: 1\n";
  constexpr std::string_view kNew = "code: studio\nrules:\n  - id: new\nx: 1\n";
  EXPECT_EQ(*with_rules(kBase, "y: 2\nrules:\n  - id: new\n"), kNew);
  EXPECT_EQ(*with_rules(kBase, "- id: new\n"), kNew);
  EXPECT_EQ(*with_rules(kBase, "---\nid: new\n"), kNew);
  EXPECT_EQ(*with_rules("code: studio\n", "- id: new"), "code: studio\nrules:\n  - id: new\n");
}

TEST(RuleText, BlankLinesOfATextStay) {
  EXPECT_EQ(*with_rule("code: studio\n", "id: one\ntext: |\n  Dear all,\n\n  thanks.\n\n"),
            "code: studio\nrules:\n  - id: one\n    text: |\n      Dear all,\n\n      thanks.\n");
}

TEST(RuleText, MistakesAreToldByTheLinesOfWhatWasGiven) {
  const Error composed{
      ErrorKind::kInvalid,
      "regulation_unsound",
      "",
      {{"/rules/3/trigger/deal", "regulation_mistake", "line 40:9: expected opened"},
       {"/rules/3", "regulation_mistake", "строка 38:5: expected the key"},
       {"/stages/0", "regulation_mistake", "line 2:1: other"},
       {"/rules/30", "regulation_mistake", "line 90:1: another rule"}}};
  const Error told = told_of_rule(composed, 3, "# mine\nid: a\ntrigger:\n  deal: sold\n");
  EXPECT_EQ(told.fields[0].pointer, "/rule/trigger/deal");
  EXPECT_EQ(told.fields[0].message, "line 4:9: expected opened");
  EXPECT_EQ(told.fields[1].pointer, "/rule");
  EXPECT_EQ(told.fields[1].message, "строка 2:1: expected the key");
  EXPECT_EQ(told.fields[2].message, "line 2:1: other");
  EXPECT_EQ(told.fields[3].pointer, "/rules/30");
  const Error first{ErrorKind::kInvalid,
                    "regulation_unsound",
                    "",
                    {{"/rules/0/mode", "regulation_mistake", "line 99:1: expected off"}}};
  EXPECT_EQ(told_of_rules(first, "- id: a\n  mode: on\n").fields[0].message,
            "line 2:9: expected off");
  EXPECT_EQ(told_of_rules(first, "id: a\nmode: on\n").fields[0].message, "line 2:7: expected off");
  EXPECT_EQ(told_of_rules(first, "x: 1\nrules:\n  - id: a\n    mode: on\n").fields[0].message,
            "line 4:11: expected off");
}

TEST(RuleText, WhatCannotBeChangedLineByLineIsRefused) {
  EXPECT_EQ(with_rule("{rules: []}", "id: a").error().code, "regulation_unreadable");
  EXPECT_EQ(with_rule("rules: [{id: b}]\n", "id: a").error().code, "regulation_unreadable");
  EXPECT_EQ(with_rule("code: a\n", "- id: a").error().code, "rules_unreadable");
  EXPECT_EQ(with_rule("code: a\n", "title: a").error().code, "rules_unreadable");
  EXPECT_THAT(with_rules("code: a\n", "a: [").error().message, HasSubstr("line 1"));
  EXPECT_EQ(with_rules("code: a\n", "text").error().code, "rules_unreadable");
}

}  // namespace
}  // namespace dealog::rules
