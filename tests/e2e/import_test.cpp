// History in bulk, over HTTP and from the command line.
#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/base/clock.hpp"
#include "tests/e2e/studio.hpp"

namespace dealog::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kThen = "2024-05-06T07:08:09.000000Z";

std::string id_of(int number) {
  char hex[40];
  std::snprintf(hex, sizeof hex, "evt_0190f1c2aaaa7bbb8ccc%012x", number);
  return hex;
}

std::string touch_line(int number, const std::string& deal, const std::string& note = "imported") {
  return json::serialize(json::object{{"event_id", id_of(number)},
                                      {"type", "TouchRecorded"},
                                      {"stream", deal},
                                      {"occurred_at", kThen},
                                      {"recorded_at", "2024-05-06T07:08:10.000000Z"},
                                      {"data",
                                       {{"kind", "call"},
                                        {"direction", "out"},
                                        {"outcome", "connected"},
                                        {"touch", "tch_ignored"},
                                        {"note", note}}}}) +
         "\n";
}

std::string open_deal(Studio& studio) {
  return must(studio.api().post("/v1/deals", {{"title", "Old"}, {"source", "fair"}}), 201)
      .str("/id");
}

Answer import(ApiClient& api, const std::string& lines) {
  return api.request("POST", "/v1/events:import", lines,
                     {{"Content-Type", "application/x-ndjson"}});
}

TEST(Import, RecordsEachLineOnceAndKeepsWhenItHappened) {
  Studio studio;
  const std::string deal = open_deal(studio);
  std::string lines;
  for (int i = 0; i < 700; ++i) lines += touch_line(i, deal);
  lines += json::serialize(json::object{{"event_id", id_of(9000)},
                                        {"type", "DealStageReported"},
                                        {"stream", deal},
                                        {"occurred_at", "2099-01-01T00:00:00Z"},
                                        {"data", {{"to", "negotiation"}}}}) +
           "\n";
  const Answer first = must(import(studio.api(), lines), 200);
  EXPECT_EQ(first.number("/lines"), 701);
  EXPECT_EQ(first.number("/imported"), 700);
  EXPECT_EQ(first.number("/refused"), 1) << first.shown();  // in the future
  EXPECT_EQ(first.number("/errors/0/line"), 701);
  EXPECT_GT(first.position(), 700U);
  const std::uint64_t head = studio.api().head();
  studio.kill_and_restart();
  const Answer again = must(import(studio.api(), lines), 200);
  EXPECT_EQ(again.number("/imported"), 0);
  EXPECT_EQ(again.number("/existed"), 700);
  EXPECT_EQ(studio.api().head(), head);

  const Answer events =
      must(studio.api().get("/v1/events?type=TouchRecorded&limit=500&stream=" + deal), 200);
  ASSERT_EQ(events.items().size(), 500U);
  EXPECT_EQ(str(events.items().at(0), "/occurred_at"), kThen);
  EXPECT_EQ(str(events.items().at(0), "/data/note"), "imported");
  EXPECT_EQ(str(events.items().at(0), "/event_id"), id_of(0));
}

TEST(Import, ABadLineIsRefusedWithItsNumberAndLeavesTheOthersAlone) {
  Studio studio;
  const std::string deal = open_deal(studio);
  const std::string nobody = "deal_0190f1c2aaaa7bbb8ccc000000000001";
  const std::string lines = touch_line(1, deal) + "{\n" + "[]\n" + "\n" + touch_line(2, nobody) +
                            R"({"event_id":"evt_1","type":"TouchRecorded"})" + "\n" +
                            R"({"type":"TokenIssued","stream":"usr_1","data":{}})" + "\n" +
                            touch_line(3, deal);
  const Answer answer = must(import(studio.api(), lines), 200);
  EXPECT_EQ(answer.number("/lines"), 7) << answer.shown();  // the blank one is none
  EXPECT_EQ(answer.number("/imported"), 2);
  EXPECT_EQ(answer.number("/refused"), 5);
  EXPECT_EQ(answer.number("/errors/0/line"), 2);
  EXPECT_EQ(answer.str("/errors/0/code"), "invalid_json");
  EXPECT_EQ(answer.number("/errors/2/line"), 5);
  EXPECT_EQ(answer.str("/errors/2/code"), "deal_not_found");
  EXPECT_EQ(answer.number("/errors/3/line"), 6);
  EXPECT_EQ(answer.str("/errors/3/errors/0/pointer"), "/event_id");
  EXPECT_EQ(answer.str("/errors/4/code"), "invalid_input");
  EXPECT_EQ(answer.at("/stopped_at"), json::value());
  ApiClient seller = studio.user_with({"read", "write"});
  expect_problem(import(seller, touch_line(4, deal)), 403, "right_missing");
}

TEST(Import, AFileOfSomethingElseIsGivenUp) {
  Studio studio;
  const std::uint64_t head = studio.api().head();
  std::string lines;
  for (int i = 0; i < 3000; ++i) lines += "name;phone;sum\n";
  const Answer answer = must(import(studio.api(), lines), 200);
  EXPECT_EQ(answer.number("/refused"), 1000);
  EXPECT_EQ(answer.number("/stopped_at"), 1001);
  EXPECT_EQ(studio.api().head(), head);
}

TEST(Import, AnIdOfAnotherFactIsRefused) {
  Studio studio;
  const std::string deal = open_deal(studio);
  const std::string other = open_deal(studio);
  must(import(studio.api(), touch_line(1, deal)), 200);
  const Answer answer =
      must(import(studio.api(), touch_line(2, other) + touch_line(1, other)), 200);
  EXPECT_EQ(answer.number("/imported"), 1) << answer.shown();
  EXPECT_EQ(answer.str("/errors/0/code"), "event_id_taken");
  EXPECT_EQ(answer.number("/errors/0/line"), 2);
}

TEST(Import, StagesAndTouchesOfOneFileKeepTheirOrder) {
  Studio studio;
  const std::string deal = open_deal(studio);
  const auto stage = [&](int number, const std::string& to) {
    return json::serialize(json::object{{"event_id", id_of(number)},
                                        {"type", "DealStageReported"},
                                        {"stream", deal},
                                        {"occurred_at", SystemClock().now().rfc3339()},
                                        {"data", {{"to", to}}}}) +
           "\n";
  };
  std::string lines = stage(1, "classification") + touch_line(2, deal) + stage(3, "proposal");
  for (int i = 10; i < 400; ++i) lines += touch_line(i, deal);
  lines += stage(4, "negotiation");
  const Answer answer = must(import(studio.api(), lines), 200);
  EXPECT_EQ(answer.number("/imported"), 394) << answer.shown();
  EXPECT_EQ(answer.number("/refused"), 0);
  EXPECT_EQ(must(studio.api().get("/v1/deals/" + deal +
                                  "?min_position=" + std::to_string(answer.position())),
                 200)
                .str("/stage"),
            "negotiation");
  EXPECT_EQ(must(import(studio.api(), lines), 200).number("/existed"), 394);
}

// What a broken upload leaves, and two of the same at once: every fact is there once.
TEST(Import, TheSameUploadTwiceAtOnceDoublesNothing) {
  Studio studio;
  const std::string deal = open_deal(studio);
  std::string half;
  std::string whole;
  for (int i = 0; i < 3000; ++i) {
    whole += touch_line(i, deal);
    if (i % 3 == 0) half += touch_line(i, deal);
  }
  const std::uint64_t before = studio.api().head();
  must(import(studio.api(), half), 200);
  std::vector<std::jthread> uploads;
  std::atomic<int> imported{0};
  for (int i = 0; i < 3; ++i) {
    uploads.emplace_back([&] {
      ApiClient api(studio.server.port(), studio.server.owner_token());
      imported += static_cast<int>(import(api, whole).number("/imported"));
    });
  }
  uploads.clear();
  EXPECT_EQ(imported, 2000);
  EXPECT_EQ(studio.api().head(), before + 3000);
}

TEST(Import, IsMarkedAndSealedAsEveryEventIs) {
  Studio studio;
  const std::string deal = open_deal(studio);
  must(import(studio.api(), touch_line(1, deal, "Zimmermann asks for a discount")), 200);
  const Answer events = must(studio.api().get("/v1/events?type=TouchRecorded&stream=" + deal), 200);
  EXPECT_EQ(events.str("/items/0/actor/kind"), "import");
  EXPECT_TRUE(events.str("/items/0/actor/id").starts_with("usr_"));
  EXPECT_EQ(events.str("/items/0/occurred_at"), kThen);
  EXPECT_GT(events.str("/items/0/recorded_at"), "2025");
  ApiClient masked = studio.user_with({"read"});
  EXPECT_THAT(must(masked.get("/v1/events?type=TouchRecorded&stream=" + deal), 200).text,
              Not(HasSubstr("Zimmermann")));
  ASSERT_EQ(studio.server.terminate(), 0);
  for (const auto& file : std::filesystem::recursive_directory_iterator(studio.server.data())) {
    if (!file.is_regular_file()) continue;
    std::ifstream in(file.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    EXPECT_EQ(bytes.find("Zimmermann"), std::string::npos) << file.path();
  }
}

TEST(Import, TheCommandImportsAFile) {
  Studio studio;
  const std::string deal = open_deal(studio);
  ASSERT_EQ(studio.server.terminate(), 0);
  const testing_support::TempFolder folder;
  const std::string file = (folder.path() / "history.ndjson").string();
  {
    std::ofstream out(file);
    for (int i = 0; i < 10'000; ++i) out << touch_line(i, deal);
  }
  const std::string data = studio.server.data().string();
  const Finished first = run_dealog({"import", file, "--data", data});
  EXPECT_EQ(first.exit_code, 0) << first.errors;
  EXPECT_THAT(first.output, HasSubstr("10000 imported"));
  const Finished again = run_dealog({"import", file, "--data", data});
  EXPECT_THAT(again.output, HasSubstr("10000 known already")) << again.errors;
  EXPECT_EQ(run_dealog({"verify", "--data", data}).exit_code, 0);
  {
    std::ofstream out(file, std::ios::app);
    out << "not a fact\n" << touch_line(20'000, deal);
  }
  const Finished mended = run_dealog({"import", file, "--data", data});
  EXPECT_EQ(mended.exit_code, 1);
  EXPECT_THAT(mended.errors, HasSubstr("line 10001: "));
  EXPECT_THAT(mended.output, HasSubstr("1 imported, 10000 known already, 1 refused"));
  EXPECT_EQ(run_dealog({"import", file + ".none", "--data", data}).exit_code, 1);
}

TEST(Import, AFieldThatThereIsNotIsNamedByItsLine) {
  Studio studio;
  const std::string deal = open_deal(studio);
  std::string lines = touch_line(1, deal);
  auto wrong = json::parse(touch_line(2, deal)).as_object();
  wrong["data"].as_object()["noet"] = "lost without a word";
  lines += json::serialize(wrong) + "\n";
  wrong = json::parse(touch_line(3, deal)).as_object();
  wrong["occured"] = "2024";
  lines += json::serialize(wrong) + "\n";
  const Answer done = must(import(studio.api(), lines), 200);
  EXPECT_EQ(done.number("/imported"), 1) << done.shown();
  EXPECT_EQ(done.number("/refused"), 2);
  EXPECT_EQ(done.str("/errors/0/errors/0/pointer"), "/data/noet") << done.shown();
  EXPECT_THAT(done.text, HasSubstr("unknown_field"));
  // What the log itself gives out is taken back whole.
  const Answer events =
      must(studio.api().get("/v1/events?type=TouchRecorded&limit=10&stream=" + deal), 200);
  std::string exported;
  for (const auto& event : events.items()) exported += json::serialize(event) + "\n";
  EXPECT_EQ(must(import(studio.api(), exported), 200).number("/existed"), 1);
}

}  // namespace
}  // namespace dealog::e2e
