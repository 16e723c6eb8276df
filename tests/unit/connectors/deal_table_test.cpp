#include "libs/connectors/deal_table/deal_table.hpp"

#include <gtest/gtest.h>

#include "libs/connectors/deal_table/columns.hpp"
#include "tests/unit/connectors/deliveries.hpp"

namespace dealog::connectors {
namespace {

namespace json = boost::json;

std::vector<Fact> read(std::string body, const json::object& settings = {}) {
  Delivery delivery;
  delivery.body = std::move(body);
  delivery.headers = {{"Content-Type", "text/csv"}};
  const auto facts =
      deal_table::provider().decode(delivery, parse_settings("csv", settings).value());
  if (!facts) {
    ADD_FAILURE() << facts.error().code << " " << facts.error().message;
    return {};
  }
  return *facts;
}

std::string refusal(std::string body) {
  Delivery delivery;
  delivery.body = std::move(body);
  return deal_table::provider()
      .decode(delivery, parse_settings("csv", json::object()).value())
      .error()
      .code;
}

const StageFact& stage(const Fact& fact) { return std::get<StageFact>(fact.content); }

TEST(DealTable, ARowIsADealThatWasOpenedAndWhereItStands) {
  const auto facts = read(
      "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n"
      "1C1I,Moses,Site,Bakery,Won,2016-10-20,2017-03-01,1054\n");
  ASSERT_EQ(facts.size(), 1u);
  EXPECT_EQ(facts[0].external_id, "1C1I");
  EXPECT_EQ(facts[0].item, 2u) << "the first is the row of names";
  EXPECT_EQ(stage(facts[0]).opened_at->rfc3339().substr(0, 10), "2016-10-19");  // Moscow's midnight
  EXPECT_EQ(stage(facts[0]).title, "Site");
  EXPECT_EQ(stage(facts[0]).company, "Bakery");
  EXPECT_EQ(stage(facts[0]).owner, "Moses");
  EXPECT_EQ(stage(facts[0]).stage.outcome, "won");
  EXPECT_EQ(stage(facts[0]).amount->decimal(), "1054.00");
  EXPECT_EQ(facts[0].occurred_at->rfc3339().substr(0, 10), "2017-02-28");
}

TEST(DealTable, ReadsRussianExportsWithSemicolonsAndOldCharsets) {
  const auto facts = read(
      "ID;\xCD\xE0\xE7\xE2\xE0\xED\xE8\xE5;\xDD\xF2\xE0\xEF;\xC1\xFE\xE4\xE6\xE5\xF2;"
      "\xC4\xE0\xF2\xE0 \xF1\xEE\xE7\xE4\xE0\xED\xE8\xFF\r\n"
      "77;\xD1\xE0\xE9\xF2;\xCF\xE5\xF0\xE5\xE3\xEE\xE2\xEE\xF0\xFB;1 200,50;05.03.2026 12:30\r\n");
  ASSERT_EQ(facts.size(), 1u);
  EXPECT_EQ(stage(facts[0]).title, "Сайт");
  EXPECT_EQ(stage(facts[0]).stage.to, "Переговоры");
  EXPECT_EQ(stage(facts[0]).amount->decimal(), "1200.50");
  EXPECT_EQ(stage(facts[0]).opened_at->rfc3339().substr(0, 16), "2026-03-05T09:30");
}

TEST(DealTable, AnOddRowIsToldAndTheOthersAreTaken) {
  const auto facts = read(
      "id,title,amount,opened,closed\n"
      "1,Good,10,2026-01-01,\n"
      "2,Bad,ten,2026-01-01,\n"
      "3,Backwards,10,2026-01-02,2026-01-01\n"
      ",Nameless,10,,\n"
      "5,\"Of two\nlines\",10,,\n");
  std::vector<std::string> odd;
  for (const auto& fact : facts) {
    const auto* row = std::get_if<IgnoreFact>(&fact.content);
    if (row) odd.push_back(std::to_string(fact.item) + " " + fact.external_id + ": " + row->reason);
  }
  ASSERT_EQ(odd.size(), 3u);
  EXPECT_EQ(odd[0], "3 2: the amount is none");
  EXPECT_EQ(odd[1], "4 3: it is closed before it is opened");
  EXPECT_EQ(odd[2], "5 : the id is missing");
  EXPECT_EQ(stage(facts.back()).title, "Of two\nlines");
}

TEST(DealTable, ColumnsMayBeNamedByTheUser) {
  const auto facts =
      read("Ext. number,What\n9,Site\n", {{"columns", {{"Ext. number", "id"}, {"What", "title"}}}});
  ASSERT_EQ(facts.size(), 1u);
  EXPECT_EQ(stage(facts[0]).title, "Site");
}

TEST(DealTable, ANewerExportOfTheSameDealHasAnotherKeyOnlyWhereItMoved) {
  const auto before = read("id,stage\n1,Talk\n"), after = read("id,stage\n1,Offer\n");
  EXPECT_EQ(before[0].key, read("id,title,stage\n1,Renamed,Talk\n")[0].key);
  EXPECT_NE(before[0].key, after[0].key);
}

TEST(DealTable, SaysWhatAFileLacks) {
  EXPECT_EQ(refusal("a,b\n1,2\n"), "field_missing");
  EXPECT_EQ(refusal("id,title\n"), "no_rows");
  EXPECT_EQ(refusal("id,title\n1,\"cut"), "malformed_csv");
  std::string long_one = "id\n";
  for (std::size_t i = 0; i <= deal_table::kDealRows; ++i) long_one += "1\n";
  EXPECT_EQ(refusal(long_one), "too_many_rows");
}

TEST(DealTable, KnowsOutcomesInBothLanguages) {
  EXPECT_EQ(deal_table::outcome_named(" Closed Won "), "won");
  EXPECT_EQ(deal_table::outcome_named("Закрыто и не реализовано"), "lost");
  EXPECT_EQ(deal_table::outcome_named("Talk"), "");
}

}  // namespace
}  // namespace dealog::connectors
