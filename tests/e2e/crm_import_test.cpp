// Moving over from another CRM with an export of it.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/studio.hpp"

namespace dealog::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Folder and company of somebody who leaves amoCRM.
class Leaving {
 public:
  explicit Leaving(json::object stages) {
    source_ = must(studio.api().post("/v1/sources", {{"provider", "amocrm"},
                                                     {"name", "Old CRM"},
                                                     {"settings",
                                                      {{"country", "RU"},
                                                       {"currency", "RUB"},
                                                       {"pipeline", "web-studio"},
                                                       {"stages", std::move(stages)}}}}),
                   201)
                  .str("/id");
    write("contacts.json", R"({"_embedded":{"contacts":[
        {"id":88,"name":"Anna Belova","updated_at":1700000000,"custom_fields_values":[
          {"field_code":"PHONE","values":[{"value":"+7 916 123-45-67"}]}]},
        {"name":"has no id"}]}})");
    write("leads-1.json", R"({"_embedded":{"leads":[
        {"id":501,"name":"A shop","price":120000,"status_id":33,"pipeline_id":7,
         "created_at":1700000000,"updated_at":1720000000,"responsible_user_id":3,
         "_embedded":{"contacts":[{"id":88,"is_main":true}]}},
        {"id":502,"name":"A card","price":9000,"status_id":142,"pipeline_id":7,
         "created_at":1690000000,"updated_at":1695000000,"closed_at":1695000000}]}})");
    write("notes.json", R"([{"id":1,"entity_id":501,"created_at":1700000100,"note_type":"common",
                             "params":{"text":"Wants it by May"}}])");
    write("tasks.json", R"([{"id":9,"entity_id":501,"entity_type":"leads","text":"Call Anna",
                             "task_type_id":1,"is_completed":false,"complete_till":4102444800}])");
  }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_.path() / name) << text;
  }
  // With the service stopped.
  Finished import(std::vector<std::string> more = {}) {
    EXPECT_EQ(studio.server.terminate(), 0);
    std::vector<std::string> words{"import", "amocrm", folder_.path().string(), "--data",
                                   studio.server.data().string()};
    words.insert(words.end(), more.begin(), more.end());
    Finished done = run_dealog(words);
    studio.server.start();
    studio.api().move_to(studio.server.port());
    return done;
  }
  const std::string& source() const { return source_; }

  Studio studio;

 private:
  std::string source_;
  testing_support::TempFolder folder_;
};

TEST(CrmImport, DealsPeopleNotesAndTasksComeOverOnce) {
  Leaving leaving({{"33", "meeting"}});
  const Finished first = leaving.import();
  EXPECT_THAT(first.output, HasSubstr("4 pages: 4 imported")) << first.errors;
  EXPECT_THAT(first.output, HasSubstr("left out: contacts.json, item 2: it has no id"));
  EXPECT_EQ(first.exit_code, 1) << "an item was left out";

  ApiClient& api = leaving.studio.api();
  const Answer deals = api.read("/v1/deals?outcome=open");
  ASSERT_EQ(deals.items().size(), 1u) << deals.text;
  const std::string deal = str(deals.items().at(0), "/id");
  const Answer card = api.read("/v1/deals/" + deal);
  EXPECT_EQ(card.str("/stage"), "meeting");
  EXPECT_EQ(card.str("/amount/amount"), "120000.00") << card.text;
  EXPECT_EQ(card.str("/created_at").substr(0, 10), "2023-11-14") << "its own day";
  EXPECT_THAT(api.read("/v1/people/" + card.str("/person")).text, HasSubstr("Anna Belova"));
  const Answer timeline = api.read("/v1/deals/" + deal + "/timeline");
  EXPECT_THAT(timeline.text, HasSubstr("Wants it by May"));
  EXPECT_THAT(api.read("/v1/tasks").text, HasSubstr("Call Anna"));
  EXPECT_THAT(api.read("/v1/people").text, HasSubstr("Anna Belova"));
  EXPECT_EQ(api.read("/v1/deals?outcome=won").items().size(), 1u);
  EXPECT_EQ(api.read("/v1/notifications").items().size(), 0u) << "nothing runs by itself";
  const Finished again = leaving.import();
  EXPECT_THAT(again.output, HasSubstr("0 imported, 4 known already"));
  EXPECT_EQ(leaving.studio.api().read("/v1/deals").items().size(), 2u);
}

TEST(CrmImport, ADryRunWritesNothingAndSaysWhatIsOdd) {
  Leaving leaving(json::object{});
  const Finished looked = leaving.import({"--dry-run"});
  EXPECT_EQ(looked.exit_code, 1);
  EXPECT_THAT(looked.output, HasSubstr("7/33 (1)"));
  EXPECT_THAT(looked.output, HasSubstr("  3 (1)")) << "whose deals they are";
  EXPECT_THAT(looked.output, HasSubstr("1 open tasks"));
  EXPECT_THAT(looked.output, HasSubstr("nothing written"));
  EXPECT_EQ(leaving.studio.api().read("/v1/deals").items().size(), 0u);
  EXPECT_EQ(leaving.studio.api().read("/v1/people").items().size(), 0u);
}

TEST(CrmImport, AStageWithoutCounterpartWaitsUntilItIsNamed) {
  Leaving leaving(json::object{});
  const std::string refusal =
      "left out: leads-1.json, item 1 (deal 501): stage 7/33 has no counterpart here";
  const std::string orphan = "left out: notes.json, item 1 (note 1): the deal that it belongs to";
  const Finished looked = leaving.import({"--dry-run"});
  EXPECT_THAT(looked.output, HasSubstr(refusal));
  EXPECT_THAT(looked.output, HasSubstr(orphan));
  const Finished first = leaving.import();
  EXPECT_EQ(first.exit_code, 1);
  EXPECT_THAT(first.output, HasSubstr(refusal));
  EXPECT_THAT(first.output, HasSubstr(orphan));
  EXPECT_THAT(first.output, HasSubstr("4 items left out"));
  const Answer deals = leaving.studio.api().read("/v1/deals");
  ASSERT_EQ(deals.items().size(), 1u) << "nothing of the refused one, all of the others";
  EXPECT_EQ(str(deals.items().at(0), "/title"), "A card");
  must(leaving.studio.api().request(
           "PATCH", "/v1/sources/" + leaving.source(),
           json::serialize(json::object{{"settings",
                                         {{"country", "RU"},
                                          {"currency", "RUB"},
                                          {"pipeline", "web-studio"},
                                          {"stages", {{"33", "meeting"}}}}}}),
           {{"Content-Type", "application/json"}, {"If-Match", "\"1\""}}),
       200);
  const Finished mended = leaving.import();
  EXPECT_THAT(mended.output, Not(HasSubstr("not imported: ")));
  EXPECT_THAT(mended.output, HasSubstr("3 imported, 1 known already"));
  EXPECT_EQ(leaving.studio.api().read("/v1/deals").items().size(), 2u);
}

TEST(CrmImport, APersonWithoutANameIsNamedAndTheOthersAreTaken) {
  Leaving leaving({{"33", "meeting"}});
  leaving.write("contacts.json", R"([
      {"id":88,"name":"Anna Belova","updated_at":1700000000},
      {"id":89,"name":"","updated_at":1700000000,"custom_fields_values":[
        {"field_code":"EMAIL","values":[{"value":"nobody@example.com"}]}]},
      {"id":90,"name":"Oleg","updated_at":1700000000}])");
  const Finished looked = leaving.import({"--dry-run"});
  const Finished done = leaving.import();
  const std::string told = "left out: contacts.json, item 2 (contact 89): ";
  EXPECT_EQ(looked.output.contains(told), done.output.contains(told)) << looked.output;
  EXPECT_THAT(done.output, HasSubstr("4 pages: 4 imported"));
  EXPECT_THAT(leaving.studio.api().read("/v1/people").text, HasSubstr("Oleg"));
}

TEST(CrmImport, CompaniesBecomeCardsOfTheirPeopleAndDeals) {
  Leaving leaving({{"33", "meeting"}});
  leaving.write("companies.json", R"({"_embedded":{"companies":[
      {"id":7,"name":"Bakery","updated_at":1700000000},
      {"id":8,"name":"Dairy","updated_at":1700000000}]}})");
  leaving.write("contacts.json", R"([{"id":88,"name":"Anna Belova","updated_at":1700000000,
      "_embedded":{"companies":[{"id":7}]}, "custom_fields_values":[
      {"field_code":"PHONE","values":[{"value":"+7 916 123-45-67"}]}]}])");
  leaving.write("leads-1.json", R"([{"id":501,"name":"A shop","price":120000,"status_id":33,
      "pipeline_id":7,"created_at":1700000000,"updated_at":1720000000,
      "_embedded":{"contacts":[{"id":88,"is_main":true}],"companies":[{"id":7}]}}])");
  const Finished looked = leaving.import({"--dry-run"});
  EXPECT_THAT(looked.output, HasSubstr("2 companies"));
  EXPECT_THAT(looked.output, HasSubstr("1 people"));
  const Finished done = leaving.import();
  ASSERT_EQ(done.exit_code, 0) << done.output << done.errors;
  ApiClient& api = leaving.studio.api();
  const Answer companies = api.read("/v1/companies");
  ASSERT_EQ(companies.items().size(), 2u) << companies.shown();
  std::string bakery;
  for (const auto& company : companies.items()) {
    if (str(company, "/name") == "Bakery") bakery = str(company, "/id");
  }
  ASSERT_FALSE(bakery.empty()) << companies.shown();
  const Answer people = api.read("/v1/people?company=" + bakery);
  ASSERT_EQ(people.items().size(), 1u) << people.shown();
  EXPECT_EQ(str(people.items().at(0), "/name"), "Anna Belova");
  const Answer deals = api.read("/v1/deals");
  EXPECT_EQ(
      str(must(api.get("/v1/deals/" + str(deals.items().at(0), "/id")), 200).body, "/company"),
      bakery)
      << deals.shown();
  // Renamed there: the same card here.
  leaving.write("companies.json", R"([{"id":7,"name":"Bakery No. 1","updated_at":1710000000}])");
  ASSERT_EQ(leaving.import().exit_code, 0);
  EXPECT_EQ(api.read("/v1/companies").items().size(), 2u);
  EXPECT_EQ(api.read("/v1/companies/" + bakery).str("/name"), "Bakery No. 1");
}

TEST(CrmImport, ATableOfDealsIsCutIntoPages) {
  Studio studio;
  must(studio.api().post("/v1/sources", {{"provider", "csv"},
                                         {"name", "Table"},
                                         {"settings",
                                          {{"time_zone", "Europe/Moscow"},
                                           {"currency", "RUB"},
                                           {"pipeline", "web-studio"},
                                           {"stages", {{"Prospecting", "incoming"}}}}}}),
       201);
  ASSERT_EQ(studio.server.terminate(), 0);
  const testing_support::TempFolder folder;
  const std::string file = (folder.path() / "deals.csv").string();
  {
    std::ofstream out(file);
    out << "opportunity_id,deal_stage,engage_date,close_value\n";
    for (int i = 0; i < 1'200; ++i) out << i << ",Prospecting,2024-01-0" << i % 9 + 1 << ",100\n";
  }
  const std::string data = studio.server.data().string();
  const Finished done = run_dealog({"import", "csv", file, "--data", data});
  EXPECT_EQ(done.exit_code, 0) << done.output << done.errors;
  EXPECT_THAT(done.output, HasSubstr("2 pages: 2 imported"));
  EXPECT_THAT(run_dealog({"import", "csv", file, "--data", data}).output,
              HasSubstr("2 known already"));
  EXPECT_EQ(run_dealog({"verify", "--data", data}).exit_code, 0);
}

TEST(CrmImport, WhatIsMissingIsSaidInWords) {
  Studio studio;
  ASSERT_EQ(studio.server.terminate(), 0);
  const std::string data = studio.server.data().string();
  const testing_support::TempFolder folder;
  const std::string path = folder.path().string();
  EXPECT_THAT(run_dealog({"import", "amocrm", path, "--data", data}).errors,
              HasSubstr("files are looked for as companies*.json, contacts*.json, leads*.json"));
  EXPECT_THAT(run_dealog({"import", "salesforce", path, "--data", data}).errors,
              HasSubstr("there are no exports of salesforce"));
  std::ofstream(folder.path() / "leads.json") << "[]";
  EXPECT_THAT(run_dealog({"import", "amocrm", path, "--data", data}).errors,
              Not(HasSubstr("Error")));
  std::ofstream(folder.path() / "leads.json") << R"([{"id":1}])";
  EXPECT_THAT(run_dealog({"import", "amocrm", path, "--data", data}).errors,
              HasSubstr("no source of amocrm is connected"));
}

}  // namespace
}  // namespace dealog::e2e
