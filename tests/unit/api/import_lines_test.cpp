// The form of an import's lines.
#include "services/api/support/import_lines.hpp"

#include <gtest/gtest.h>

namespace dealog::api {
namespace {

using Lines = std::vector<std::pair<std::size_t, std::string>>;

Lines cut(std::string_view text, std::size_t piece) {
  Lines lines;
  const auto keep = [&](std::size_t number, std::string_view line) {
    lines.emplace_back(number, line);
  };
  LineSplitter splitter;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    splitter.add(text.substr(at, piece), keep);
  }
  splitter.finish(keep);
  return lines;
}

std::string touch(const std::string& data, const std::string& more = "") {
  return R"({"event_id":"evt_0190f1c2aaaa7bbb8ccc000000000001","type":"TouchRecorded",)"
         R"("stream":"deal_0190f1c2aaaa7bbb8ccc000000000002",)"
         R"("occurred_at":"2024-05-06T07:08:09.000000Z",)" +
         more + R"("data":)" + data + "}";
}

// Pointers of what is wrong with a line.
std::vector<std::string> wrong(std::string_view line) {
  const auto fact = parse_import_line(line, Language::kEn);
  std::vector<std::string> pointers;
  if (fact) return pointers;
  for (const auto& field : fact.error().fields) pointers.push_back(field.pointer);
  if (pointers.empty()) pointers.push_back(fact.error().code);
  return pointers;
}

TEST(ImportLines, AreCutTheSameInWhateverPiecesTheyCome) {
  const std::string text = "one\n\n  \r\ntwo\r\nthree";
  const Lines expected = {{1, "one"}, {4, "two\r"}, {5, "three"}};
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    EXPECT_EQ(cut(text, piece), expected) << piece;
  }
  EXPECT_EQ(cut("", 1), Lines{});
  EXPECT_EQ(cut("\n\n", 1), Lines{});
}

TEST(ImportLines, AnEndlessLineIsNotKeptAndTheNextOnesHaveTheirNumbers) {
  const std::string text = "a\n" + std::string(3 * limits::kImportLineBytes, 'x') + "\nb\n";
  for (const std::size_t piece : {text.size(), std::size_t{4096}}) {
    const Lines lines = cut(text, piece);
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines[1].second.size(), limits::kImportLineBytes + 1);
    EXPECT_EQ(wrong(lines[1].second), std::vector<std::string>{"line_too_long"});
    EXPECT_EQ(lines[2], (std::pair<std::size_t, std::string>{3, "b"}));
  }
}

TEST(ImportLines, ATouchIsReadWithWhenItHappened) {
  const auto fact = parse_import_line(
      touch(R"({"kind":"call","direction":"out","outcome":"connected","duration_s":61,"note":"n",)"
            R"("touch":"tch_x","stage":"proposal"})",
            R"("position":7,"actor":{"kind":"user","id":"usr_1"},)"),
      Language::kEn);
  ASSERT_TRUE(fact.has_value()) << fact.error().message;
  const auto& recorded = std::get<deal::RecordTouch>(fact->fact);
  EXPECT_EQ(recorded.kind, "call");
  EXPECT_EQ(recorded.duration_s, 61U);
  EXPECT_EQ(recorded.note, "n");
  EXPECT_EQ(recorded.occurred->at.rfc3339(), "2024-05-06T07:08:09.000000Z");
  EXPECT_EQ(fact->event_id.hex(), "0190f1c2aaaa7bbb8ccc000000000001");
}

TEST(ImportLines, AStageIsReadWithItsOrigin) {
  const auto fact = parse_import_line(
      R"({"event_id":"evt_0190f1c2aaaa7bbb8ccc000000000001","type":"DealStageReported",)"
      R"("stream":"deal_0190f1c2aaaa7bbb8ccc000000000002","occurred_at":"2024-05-06T07:08:09Z",)"
      R"("data":{"to":"proposal","origin":"amocrm"}})",
      Language::kEn);
  ASSERT_TRUE(fact.has_value()) << fact.error().message;
  EXPECT_EQ(std::get<deal::ReportDealStage>(fact->fact).to, "proposal");
  EXPECT_EQ(std::get<deal::ReportDealStage>(fact->fact).origin, "amocrm");
}

TEST(ImportLines, EveryWrongPlaceIsNamed) {
  using Pointers = std::vector<std::string>;
  EXPECT_EQ(wrong("{"), Pointers{"invalid_json"});
  EXPECT_EQ(wrong("name;phone;sum"), Pointers{"invalid_json"});
  EXPECT_EQ(wrong(touch(R"({"kind":"dance","direction":"out","outcome":"connected"})")),
            Pointers{"/data/kind"});
  EXPECT_EQ(wrong(touch(R"({"kind":"call","duration_s":-1,"person":"deal_1"})")),
            (Pointers{"/data/duration_s", "/data/person"}));
  EXPECT_EQ(wrong(touch("[]")), Pointers{"/data"});
  EXPECT_EQ(wrong(R"({"type":"TokenIssued"})"),
            (Pointers{"/event_id", "/stream", "/occurred_at", "/type", "/data"}));
}

}  // namespace
}  // namespace dealog::api
