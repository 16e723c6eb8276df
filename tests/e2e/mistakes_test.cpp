// Honest mistakes: what the answer says about them, and where. (bad_input_test has the dishonest.)
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/studio.hpp"

namespace dealog::e2e {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kNobody = "00000000000000000000000000000001";

// A refused read: 400 invalid_input, one error at that parameter.
void expect_wrong_parameter(Studio& studio, const std::string& target, std::string_view parameter,
                            std::string_view code, std::string_view says) {
  const Answer answer = studio.api().get(target);
  expect_problem(answer, 400, "invalid_input");
  ASSERT_TRUE(has(answer.body, "/errors/0/parameter")) << answer.shown();
  EXPECT_EQ(answer.str("/errors/0/parameter"), parameter) << answer.shown();
  EXPECT_FALSE(has(answer.body, "/errors/0/pointer")) << answer.shown();
  EXPECT_EQ(answer.str("/errors/0/code"), code) << answer.shown();
  EXPECT_THAT(answer.str("/errors/0/message"), HasSubstr(std::string(says))) << target;
  EXPECT_EQ(answer.str("/detail"), "Correct the listed parameters and send it again") << target;
}

TEST(Mistakes, AWrongParameterIsNamedInTheSameWayByEveryRead) {
  Studio studio;
  must(studio.api().post("/v1/deals", {{"title", "Site"}}), 201);
  const auto wrong = [&](const std::string& target, std::string_view parameter,
                         std::string_view code, std::string_view says) {
    expect_wrong_parameter(studio, target, parameter, code, says);
  };
  wrong("/v1/deals?limit=0", "limit", "out_of_range", "from 1 to 500");
  wrong("/v1/deals?cursor=bogus", "cursor", "invalid_cursor", "cursor");
  wrong("/v1/events?cursor=bogus", "cursor", "invalid_cursor", "cursor");
  wrong("/v1/deals?min_position=x", "min_position", "invalid_position", "whole number");
  wrong("/v1/log/proof?position=2&size=1", "size", "out_of_range", "at least 2");
  wrong("/v1/deals?as_of=yesterday", "as_of", "invalid_as_of", "RFC 3339");
  wrong("/v1/events?type=Bogus", "type", "unknown_event_type", "no such event");
}

TEST(Mistakes, AFilterThatNamesWhatThereIsNotSaysWhatThereIs) {
  Studio studio;
  const auto deal = must(studio.api().post("/v1/deals", {{"title", "Site"}}), 201);
  studio.api().read("/v1/deals");
  const std::string nobody = "usr_" + std::string(kNobody);
  const auto wrong = [&](const std::string& target, std::string_view parameter,
                         std::string_view code, std::string_view says) {
    expect_wrong_parameter(studio, target, parameter, code, says);
  };
  wrong("/v1/deals?stage=bogus", "stage", "not_allowed", "incoming, classification");
  wrong("/v1/deals?pipeline=bogus", "pipeline", "not_allowed", "web-studio");
  wrong("/v1/deals?pipeline=bogus&stage=incoming", "pipeline", "not_allowed", "web-studio");
  wrong("/v1/deals?outcome=bogus", "outcome", "not_allowed", "open, won, lost");
  wrong("/v1/deals?owner=bogus", "owner", "user_not_found", "/v1/users");
  wrong("/v1/deals?owner=" + nobody, "owner", "user_not_found", "/v1/users");
  wrong("/v1/board?pipeline=bogus", "pipeline", "not_allowed", "web-studio");
  wrong("/v1/board?stage=bogus", "stage", "not_allowed", "paid_in_full");
  wrong("/v1/board?owner=bogus", "owner", "user_not_found", "usr_");
  wrong("/v1/reports/leaks?pipeline=bogus", "pipeline", "not_allowed", "web-studio");
  wrong("/v1/reports/leaks/stuck?owner=bogus", "owner", "user_not_found", "usr_");
  wrong("/v1/tasks?assignee=bogus", "assignee", "user_not_found", "usr_");
  wrong("/v1/tasks?due=bogus", "due", "not_allowed", "overdue, today, week");
  wrong("/v1/today?owner=bogus", "owner", "user_not_found", "usr_");
  wrong("/v1/tokens?user=bogus", "user", "user_not_found", "usr_");
  // What there is passes.
  const std::string owner = deal.str("/owner");
  EXPECT_EQ(studio.api()
                .read("/v1/deals?pipeline=web-studio&stage=incoming&owner=" + owner)
                .items()
                .size(),
            1u);
  EXPECT_EQ(studio.api().read("/v1/deals?stage=negotiation").items().size(), 0u);
}

TEST(Mistakes, WhatABodyNamesAndIsNotThereIsToldByItsPlace) {
  Studio studio;
  const auto deal = must(studio.api().post("/v1/deals", {{"title", "Site"}}), 201);
  const std::string path = "/v1/deals/" + deal.str("/id");
  const std::string user = "usr_" + std::string(kNobody);
  const auto head = studio.api().head();
  const auto refused = [](const Answer& answer, std::string_view pointer, std::string_view code) {
    expect_problem(answer, 422, "invalid_input");
    ASSERT_TRUE(has(answer.body, "/errors/0/pointer")) << answer.shown();
    EXPECT_EQ(answer.str("/errors/0/pointer"), pointer);
    EXPECT_EQ(answer.str("/errors/0/code"), code);
    EXPECT_EQ(answer.str("/detail"), "Correct the listed fields and send it again");
  };
  ApiClient& api = studio.api();
  refused(api.post("/v1/deals", {{"title", "Site"}, {"pipeline", "bogus"}}), "/pipeline",
          "pipeline_not_found");
  refused(api.post("/v1/deals", {{"title", "Site"}, {"owner", user}}), "/owner", "user_not_found");
  refused(api.post("/v1/deals", {{"title", "Site"}, {"person", "per_" + std::string(kNobody)}}),
          "/person", "person_not_found");
  refused(api.post("/v1/deals", {{"title", "Site"}, {"company", "com_" + std::string(kNobody)}}),
          "/company", "company_not_found");
  refused(api.patch(path, {{"owner", user}}), "/owner", "user_not_found");
  refused(api.post(path + "/owner", {{"owner", user}}), "/owner", "user_not_found");
  refused(
      api.post(
          path + "/tasks",
          {{"kind", "call"}, {"title", "Call"}, {"due_date", "2030-01-01"}, {"assignee", user}}),
      "/assignee", "user_not_found");
  EXPECT_EQ(api.head(), head);
  // What the path names stays 404.
  expect_problem(api.patch("/v1/deals/deal_" + std::string(kNobody), {{"title", "x"}}), 404,
                 "deal_not_found");
}

// One sentence for a wrong body, whether the reader or the domain found it.
TEST(Mistakes, TheDetailOfAWrongBodyIsTheSameWhoeverFoundIt) {
  Studio studio;
  const Answer read = studio.api().post("/v1/users", {{"name", 7}});
  const Answer decided = studio.api().post("/v1/users", {{"name", "Anna"}, {"email", "nobody"}});
  expect_problem(read, 400, "invalid_input");
  expect_problem(decided, 400, "invalid_input");
  EXPECT_EQ(read.str("/detail"), decided.str("/detail"));
  EXPECT_EQ(decided.str("/errors/0/pointer"), "/email");
}

TEST(Mistakes, NobodyKnowsTheFuture) {
  Studio studio;
  const auto deal = must(studio.api().post("/v1/deals", {{"title", "Site"}}), 201);
  const std::string path = "/v1/deals/" + deal.str("/id");
  studio.api().read(path);
  const auto head = studio.api().head();
  for (const std::string& target : {path, std::string("/v1/board"), path + "/timeline",
                                    std::string("/v1/reports/leaks"), std::string("/v1/deals")}) {
    expect_wrong_parameter(studio, target + "?as_of=" + std::to_string(head + 1), "as_of",
                           "invalid_as_of", "ends at position " + std::to_string(head));
    expect_wrong_parameter(studio, target + "?as_of=2100-01-01T00:00:00Z", "as_of", "invalid_as_of",
                           "not come yet");
    must(studio.api().get(target + "?as_of=" + std::to_string(head)), 200);
  }
}

TEST(Mistakes, TwoUsersDoNotShareAnAddress) {
  Studio studio;
  const auto anna =
      must(studio.api().post("/v1/users", {{"name", "Anna"}, {"email", "anna@example.com"}}), 201);
  const Answer again =
      studio.api().post("/v1/users", {{"name", "Anya"}, {"email", "Anna@Example.com"}});
  expect_problem(again, 409, "user_exists");
  EXPECT_EQ(again.str("/user"), anna.str("/id"));
  const auto olga = must(studio.api().post("/v1/users", {{"name", "Olga"}}), 201);
  expect_problem(
      studio.api().patch("/v1/users/" + olga.str("/id"), {{"email", "anna@example.com"}}), 409,
      "user_exists");
  // What she gives back is free.
  must(studio.api().patch("/v1/users/" + anna.str("/id"), {{"email", "a@example.com"}}), 200);
  must(studio.api().patch("/v1/users/" + olga.str("/id"), {{"email", "anna@example.com"}}), 200);
  must(studio.api().patch("/v1/users/" + olga.str("/id"), {{"email", "anna@example.com"}}), 200);
}

TEST(Mistakes, ASourceThatNamesWhatThereIsNotIsToldWhatThereIs) {
  Studio studio;
  ApiClient& api = studio.api();
  const std::string nobody = "usr_" + std::string(kNobody);
  const auto refused = [](const Answer& answer, std::string_view pointer, std::string_view code,
                          std::string_view says) {
    expect_problem(answer, 400, "invalid_settings");
    EXPECT_EQ(answer.str("/errors/0/pointer"), pointer) << answer.shown();
    EXPECT_EQ(answer.str("/errors/0/code"), code) << answer.shown();
    EXPECT_THAT(answer.str("/errors/0/message"), HasSubstr(std::string(says)));
  };
  const auto settings_of = [](json::object settings) {
    return json::object{
        {"provider", "amocrm"}, {"name", "Old CRM"}, {"settings", std::move(settings)}};
  };
  const std::string stages = "web-studio has no stage talk; it has: incoming, classification";
  refused(api.post("/v1/sources", settings_of({{"stages", {{"7/33", "talk"}}}})),
          "/settings/stages/7~133", "stage_not_found", stages);
  refused(api.post("/v1/sources", settings_of({{"pipeline", "bogus"}})), "/settings/pipeline",
          "pipeline_not_found", "there are: web-studio");
  refused(api.post("/v1/sources", settings_of({{"lost_reason", "bogus"}})), "/settings/lost_reason",
          "loss_reason_not_found", "other");
  refused(api.post("/v1/sources", settings_of({{"users", {{"5", nobody}}}})), "/settings/users/5",
          "user_not_found", "there are: usr_");
  const Answer source =
      must(api.post("/v1/sources", settings_of({{"stages", {{"7/33", "meeting"}}}})), 201);
  const std::string path = "/v1/sources/" + source.str("/id");
  refused(api.patch(path, {{"settings", {{"stages", {{"34", "talk"}}}}}}), "/settings/stages/34",
          "stage_not_found", stages);
  // A trial says why a delivery would wait.
  const Answer tried = must(
      api.post(path + "/try",
               {{"content_type", "application/x-www-form-urlencoded"},
                {"suffix", ""},
                {"body",
                 "account[id]=1&leads[status][0][id]=5&leads[status][0][status_id]=99&"
                 "leads[status][0][pipeline_id]=7&leads[status][0][last_modified]=1772704800"}}),
      200);
  EXPECT_EQ(tried.str("/state"), "quarantined") << tried.shown();
  EXPECT_THAT(tried.str("/reason"), HasSubstr("stage 7/99 has no counterpart here"));
}

}  // namespace
}  // namespace dealog::e2e
