// Rules over the API: what is in force, modes, what a rule did and why.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/studio.hpp"

namespace dealog::e2e {
namespace {

using ::testing::HasSubstr;

class RulesApi : public ::testing::Test {
 protected:
  ApiClient& api() { return studio_.api(); }
  json::value rule(std::string_view code) {
    for (const auto& item : api().read("/v1/rules").items()) {
      if (str(item, "/code") == code) return item;
    }
    throw std::runtime_error("no rule " + std::string(code));
  }
  std::string event(const std::string& deal, std::string_view type) {
    for (const auto& item : api().read("/v1/events?limit=500&stream=" + deal).items()) {
      if (str(item, "/type") == type) return str(item, "/event_id");
    }
    return {};
  }
  std::string missed_meeting() {
    const std::string deal =
        must(api().post("/v1/deals", {{"title", "Site"}, {"source", "phone"}}), 201).str("/id");
    must(api().post("/v1/deals/" + deal + "/touches",
                    {{"kind", "meeting"}, {"direction", "out"}, {"outcome", "no_show"}}),
         201);
    return deal;
  }

  Studio studio_;
};

TEST_F(RulesApi, ARuleActsOnceAndTheAnswerToWhyNamesItsText) {
  const std::string deal = missed_meeting();
  const Answer shown = api().read("/v1/deals/" + deal + "/timeline");
  std::string task;
  for (const auto& item : api().read("/v1/events?limit=500&stream=" + deal).items()) {
    if (str(item, "/type") != "TaskCreated" || str(item, "/data/kind") != "call") continue;
    EXPECT_TRUE(task.empty()) << shown.shown();
    task = str(item, "/event_id");
  }
  ASSERT_FALSE(task.empty()) << shown.shown();
  const Answer why = api().read("/v1/events/" + task + "/why");
  ASSERT_EQ(why.items("/chain").size(), 3u) << why.shown();
  EXPECT_EQ(why.str("/chain/0/type"), "TaskCreated");
  EXPECT_EQ(why.str("/chain/1/type"), "RuleFired");
  EXPECT_EQ(why.str("/chain/2/type"), "TouchRecorded");
  EXPECT_EQ(why.str("/chain/0/rule/code"), "meeting_missed");
  EXPECT_EQ(why.number("/chain/0/rule/version"), 1);
  EXPECT_THAT(why.str("/chain/0/rule/words"), HasSubstr("When a touch is recorded: a meeting"));
  EXPECT_THAT(why.str("/words/0"), HasSubstr("Meeting, outgoing: no-show"));
  EXPECT_THAT(why.str("/words/2"), HasSubstr("meeting_missed, v1: When a touch"));
  EXPECT_EQ(rule("meeting_missed").at("counts").at("fired").to_number<int>(), 1);
}

TEST_F(RulesApi, AKillAndARebuildLeaveWhatWasDone) {
  missed_meeting();
  api().read("/v1/rules");
  const std::uint64_t head = api().head();
  studio_.kill_and_restart();
  api().read("/v1/rules");
  EXPECT_EQ(api().head(), head);
}

TEST_F(RulesApi, ModesAreSetByWhoeverMayPublish) {
  const std::string id = str(rule("meeting_missed"), "/id");
  const Answer off = must(api().post("/v1/rules/" + id + "/mode", {{"mode", "off"}}), 200);
  EXPECT_EQ(off.str("/mode"), "off");
  EXPECT_EQ(off.str("/published_mode"), "live");
  EXPECT_GT(off.position(), 0u);
  const std::string deal = missed_meeting();
  EXPECT_TRUE(event(deal, "RuleFired").empty());
  must(api().post("/v1/rules/" + id + "/mode", {{"mode", "simulate"}}), 200);
  EXPECT_FALSE(event(missed_meeting(), "RuleSimulated").empty());
  expect_problem(api().post("/v1/rules/" + id + "/mode", {{"mode", "on"}}), 400, "invalid_input");
  expect_problem(api().post("/v1/rules/rul_00/mode", {{"mode", "off"}}), 404, "rule_not_found");
  ApiClient seller = studio_.user_with({"read", "write"});
  expect_problem(seller.post("/v1/rules/" + id + "/mode", {{"mode", "off"}}), 403, "right_missing");
}

TEST_F(RulesApi, RulesAreTriedOnThePastBeforeTheyAreSwitchedOn) {
  const std::string deal = missed_meeting();
  api().read("/v1/rules");  // what is live has acted
  const std::uint64_t head = api().head();
  const json::value rule{
      {"id", "tell"},
      {"title", {{"ru", "Сказать"}, {"en", "Tell"}}},
      {"mode", "off"},
      {"trigger", {{"touch", {{"kind", "meeting"}}}}},
      {"actions",
       json::array{{{"notify", {{"to", "owner"}, {"text", {{"ru", "Да"}, {"en", "Yes"}}}}}}}}};
  const Answer done =
      must(api().post("/v1/rules/backtest", {{"rules", json::array{rule}}, {"from", "2020-01-01"}}),
           200);
  EXPECT_EQ(done.str("/state"), "done");
  ASSERT_EQ(done.items("/result/acts").size(), 1u) << done.shown();
  EXPECT_EQ(done.str("/result/acts/0/deal"), deal);
  EXPECT_EQ(done.str("/result/acts/0/events/0"), "NotificationRaised");
  EXPECT_EQ(done.number("/result/notified/0/count"), 1);
  EXPECT_EQ(api().head(), head);
  // It can be asked for again, and forgotten.
  const std::string path = "/v1/rules/backtest/" + done.str("/id");
  EXPECT_EQ(api().read(path).str("/result/rules/0/rule"), "tell");
  must(api().del(path), 204);
  expect_problem(api().get(path), 404, "backtest_not_found");
}

TEST_F(RulesApi, OneRuleIsPublishedReplacedAndTakenOut) {
  json::object tell{
      {"id", "tell"},
      {"title", {{"ru", "Сказать"}, {"en", "Tell"}}},
      {"mode", "live"},
      {"trigger", {{"touch", {{"kind", "meeting"}}}}},
      {"actions",
       json::array{{{"notify", {{"to", "owner"}, {"text", {{"ru", "Да"}, {"en", "Yes"}}}}}}}}};
  const std::string silent = str(rule("quote_silent"), "/id");
  must(api().post("/v1/rules/" + silent + "/mode", {{"mode", "off"}}), 200);
  const Answer made = must(api().post("/v1/rules", {{"rule", tell}}), 201);
  // What somebody switched off stays off.
  EXPECT_EQ(str(rule("quote_silent"), "/mode"), "off");
  EXPECT_EQ(made.str("/code"), "tell");
  EXPECT_EQ(made.number("/regulation_version"), 2);
  missed_meeting();
  EXPECT_EQ(api().read("/v1/notifications").items().size(), 1u);
  tell["mode"] = "off";
  EXPECT_EQ(must(api().post("/v1/rules", {{"rule", tell}}), 200).str("/mode"), "off");
  tell["trigger"] = {{"deal", "sold"}};
  const Answer wrong = api().post("/v1/rules", {{"rule", tell}});
  expect_problem(wrong, 400, "regulation_unsound");
  EXPECT_EQ(wrong.str("/errors/0/pointer"), "/rule/trigger/deal");
  must(api().del("/v1/rules/" + made.str("/id")), 204);
  EXPECT_THROW(rule("tell"), std::runtime_error);
  EXPECT_EQ(rule("meeting_missed").at("regulation_version").to_number<int>(), 4);
}

TEST_F(RulesApi, ABackTestSaysWhatIsWrongWithTheRules) {
  const Answer wrong =
      api().post("/v1/rules/backtest",
                 {{"rules", "- id: a\n  trigger: {deal: sold}"}, {"from", "2020-01-01"}});
  expect_problem(wrong, 400, "regulation_unsound");
  EXPECT_THAT(wrong.shown(), HasSubstr("/rules/0/trigger"));
  expect_problem(api().post("/v1/rules/backtest", {{"rules", "- id: a"}}), 400, "invalid_input");
  ApiClient seller = studio_.user_with({"read", "write"});
  expect_problem(seller.post("/v1/rules/backtest", {{"rules", "- id: a"}, {"from", "2020-01-01"}}),
                 403, "right_missing");
}

TEST_F(RulesApi, WhoeverIsToldReadsIt) {
  std::ifstream file(std::string(std::getenv("DEALOG_SOURCE_DIR")) +
                     "/deploy/regulations/web-studio.yaml");
  std::stringstream yaml;
  yaml << file.rdbuf() << R"(
  - id: tell_the_owner
    title: {ru: Встреча сорвалась, en: A meeting failed}
    mode: live
    trigger: {touch: {kind: meeting, outcome: no_show}}
    actions:
      - notify: {to: owner, text: {ru: Встреча сорвалась, en: A meeting failed}}
)";
  must(api().request("PUT", "/v1/pipelines/web-studio", yaml.str(),
                     {{"Content-Type", "application/yaml"}}),
       200);
  const std::string deal = missed_meeting();
  const Answer told = api().read("/v1/notifications");
  ASSERT_EQ(told.items().size(), 1u) << told.shown();
  EXPECT_EQ(told.str("/items/0/text"), "Встреча сорвалась");
  EXPECT_EQ(told.str("/items/0/deal"), deal);
  EXPECT_EQ(told.str("/items/0/rule"), str(rule("tell_the_owner"), "/id"));
  ApiClient other = studio_.user_with({"read", "personal"});
  EXPECT_TRUE(other.read("/v1/notifications").items().empty());
}

}  // namespace
}  // namespace dealog::e2e
