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
