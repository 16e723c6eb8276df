// Rules over the API: what is in force, modes, what a rule did and why.
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/studio.hpp"

namespace dealog::e2e {
namespace {

using ::testing::HasSubstr;

std::string text_of(std::string_view regulation) {
  std::ifstream file(web_studio().parent_path() / regulation);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

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
  EXPECT_THAT(why.str("/words/0"), HasSubstr("Meeting: no-show"));
  EXPECT_THAT(why.str("/words/2"), HasSubstr("(v1): When a touch"));
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

TEST_F(RulesApi, WhatIsShownIsPublishedAgainAsItIs) {
  const Answer all = api().read("/v1/rules");
  ASSERT_GT(all.items().size(), 10u);
  for (const auto& item : all.items()) {
    const Answer again = must(api().post("/v1/rules", item.as_object()), 200);
    for (const auto key : {"/id", "/code", "/title", "/mode", "/trigger", "/conditions", "/actions",
                           "/once", "/late", "/words"}) {
      EXPECT_EQ(again.at(key), item.at_pointer(key)) << key << again.shown();
    }
  }
  // Also as {"rule": …}; an address of another rule is a mistake.
  json::object rule = all.items()[0].as_object();
  must(api().post("/v1/rules", {{"rule", rule}}), 200);
  rule["id"] = str(all.items()[1], "/id");
  const Answer differs = api().post("/v1/rules", {{"rule", rule}});
  expect_problem(differs, 400, "invalid_input");
  EXPECT_EQ(differs.str("/errors/0/pointer"), "/rule/id");
}

TEST_F(RulesApi, ARuleIsPublishedAsYaml) {
  const http::ClientHeaders yaml{{"Content-Type", "application/yaml"}};
  const std::string rule =
      "id: tell\ntitle: {ru: Сказать, en: Tell}\nmode: \"off\"\ntrigger: {deal: opened}\n"
      "actions:\n  - notify: {to: owner, text: {ru: Да, en: Yes}}\n";
  const Answer made = must(api().request("POST", "/v1/rules", rule, yaml), 201);
  EXPECT_EQ(made.str("/code"), "tell");
  EXPECT_EQ(made.str("/words/en"),
            "When the deal is opened — tell (the owner of the company): \"Yes\".");
  must(api().request("POST", "/v1/rules?pipeline=web-studio", rule, yaml), 200);
  const Answer wrong = api().request("POST", "/v1/rules", rule + "  - move_to: nowhere\n", yaml);
  expect_problem(wrong, 400, "regulation_unsound");
  EXPECT_EQ(wrong.str("/errors/0/pointer"), "/actions/1/move_to");
  EXPECT_THAT(wrong.str("/errors/0/message"), HasSubstr("line 7:14: unknown stage 'nowhere'"));
  expect_problem(api().request("POST", "/v1/rules", "", yaml), 400, "body_missing");
  const Answer tried = must(
      api().request(
          "POST", "/v1/rules/backtest?from=2020-01-01",
          "- " +
              std::string(
                  "{id: tell, title: {ru: С, en: T}, mode: live, trigger: {deal: opened}, actions: "
                  "[notify: {to: owner, text: {ru: Да, en: Yes}}]}"),
          yaml),
      200);
  EXPECT_EQ(tried.str("/result/rules/0/rule"), "tell");
  expect_problem(api().request("POST", "/v1/rules/backtest", "- {id: a}", yaml), 400,
                 "invalid_input");
}

TEST_F(RulesApi, WhatARuleNamesMustBeThere) {
  const auto refused = [&](json::value action, std::string_view pointer, std::string_view says) {
    const json::object rule{{"id", "one"},
                            {"title", {{"ru", "П"}, {"en", "R"}}},
                            {"mode", "live"},
                            {"trigger", {{"deal", "opened"}}},
                            {"actions", json::array{std::move(action)}}};
    const Answer wrong = api().post("/v1/rules", {{"rule", rule}});
    expect_problem(wrong, 400, "regulation_unsound");
    EXPECT_EQ(wrong.str("/errors/0/pointer"), pointer);
    EXPECT_THAT(wrong.str("/errors/0/message"), HasSubstr(std::string(says)));
  };
  refused({{"start_pipeline", "care"}}, "/rule/actions/0/start_pipeline", "no pipeline 'care'");
  refused({{"call_webhook", "crm"}}, "/rule/actions/0/call_webhook", "no webhook endpoint 'crm'");
  refused({{"assign", {{"to", "usr_00000000000000000000000000000009"}}}},
          "/rule/actions/0/assign/to", "nobody who works here");
  EXPECT_EQ(rule("meeting_missed").at("regulation_version").to_number<int>(), 1);
  std::stringstream text;
  text << text_of("web-studio.yaml") << "  - id: one\n    title: {ru: П, en: R}\n    mode: live\n"
       << "    trigger: {deal: opened}\n    actions: [call_webhook: crm]\n";
  const Answer checked = must(api().request("POST", "/v1/pipelines/web-studio/check", text.str(),
                                            {{"Content-Type", "application/yaml"}}),
                              200);
  EXPECT_FALSE(checked.at("/sound").as_bool());
  EXPECT_THAT(checked.str("/issues/0/message"), HasSubstr("no webhook endpoint 'crm'"));
}

TEST_F(RulesApi, MistakesOfTheRequestAreSaidAsTheyAre) {
  const Answer missing =
      api().request("POST", "/v1/rules", "", {{"Content-Type", "application/json"}});
  expect_problem(missing, 400, "body_missing");
  EXPECT_THAT(missing.str("/detail"), HasSubstr("the request has no body"));
  const Answer nosuch = api().get("/v1/rules?pipeline=nosuch");
  expect_problem(nosuch, 400, "invalid_input");
  EXPECT_EQ(nosuch.str("/errors/0/parameter"), "pipeline");
  EXPECT_THAT(nosuch.str("/errors/0/message"), HasSubstr("web-studio"));
  const Answer other = api().post("/v1/rules", {{"pipeline", "nosuch"}, {"rule", "id: a"}});
  expect_problem(other, 422, "invalid_input");
  EXPECT_EQ(other.str("/errors/0/pointer"), "/pipeline");
}

// Two pipelines: of which the rules are has to be said; and mistakes stand where the file has them.
TEST_F(RulesApi, TheCommandLineTellsMistakesByFileAndLine) {
  must(api().request("PUT", "/v1/pipelines/minimal", text_of("minimal.yaml"),
                     {{"Content-Type", "application/yaml"}}),
       200);
  ASSERT_EQ(studio_.server.terminate(), 0);
  const std::string data = studio_.server.data().string();
  const auto file = studio_.server.data().parent_path() / "rules.yaml";
  std::ofstream(file) << "# ours\n- id: a\n  title: {ru: А, en: A}\n  mode: live\n"
                      << "  trigger: {deal: opened}\n  actions: [move_to: nowhere]\n";
  const std::vector<std::string> command{"backtest", file.string(), "--data",
                                         data,       "--from",      "2020-01-01"};
  const Finished unsaid = run_dealog(command);
  EXPECT_EQ(unsaid.exit_code, 1);
  EXPECT_THAT(unsaid.errors, HasSubstr("--pipeline"));
  EXPECT_THAT(unsaid.errors, HasSubstr("minimal, web-studio"));
  auto said = command;
  said.insert(said.end(), {"--pipeline", "web-studio"});
  const Finished wrong = run_dealog(said);
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_THAT(wrong.errors, HasSubstr(file.string() + ":6:22: error: /rules/0/actions/0/move_to: "
                                                      "unknown stage 'nowhere'"));
}

TEST_F(RulesApi, HistoriesCallThingsByTheirNames) {
  const std::string deal = missed_meeting();
  must(api().post("/v1/deals/" + deal + "/lose", {{"reason", "price"}}), 200);
  std::vector<std::string> said;
  for (const auto& item : api().read("/v1/deals/" + deal + "/timeline").items()) {
    said.push_back(str(item, "/summary"));
  }
  EXPECT_THAT(said, ::testing::Contains("Deal lost: Too expensive"));
  EXPECT_THAT(said, ::testing::Contains("Deal opened: Incoming lead"));
  EXPECT_THAT(said, ::testing::Contains(
                        "Rule fired: \"The customer missed the meeting\": a task is planned"));
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
  std::stringstream yaml;
  yaml << text_of("web-studio.yaml") << R"(
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
