#include "libs/connectors/export/export.hpp"

#include <gtest/gtest.h>

#include "libs/connectors/parse/json.hpp"
#include "tests/unit/connectors/deliveries.hpp"

namespace dealog::connectors {
namespace {

namespace json = boost::json;

std::vector<Fact> read(std::string_view provider, const std::string& what, std::string body) {
  Delivery delivery;
  delivery.suffix = "/exported/" + what;
  delivery.body = std::move(body);
  SourceSettings settings;
  settings.currency = "EUR";
  const auto facts = decode(*find_provider(provider), delivery, settings);
  if (!facts) {
    ADD_FAILURE() << facts.error().code << " " << facts.error().message;
    return {};
  }
  return *facts;
}

std::vector<std::string_view> items(std::string_view json) {
  const auto found = exported_items(json);
  return found ? *found : std::vector<std::string_view>{"refused"};
}

template <class T>
const T& as(const Fact& fact) {
  return std::get<T>(fact.content);
}

TEST(Export, ItemsAreFoundWhereEachCrmPutsThem) {
  using Items = std::vector<std::string_view>;
  EXPECT_EQ(items(R"([1, {"a":"]"}, "x\"y", [2]])"),
            (Items{"1", R"({"a":"]"})", R"("x\"y")", "[2]"}));
  EXPECT_EQ(items(R"({"_page":1,"_links":{"data":[9]},"_embedded":{"leads":[{"id":1}]}})"),
            (Items{R"({"id":1})"}));
  EXPECT_EQ(items(R"({"success":true,"data":[{"id":1},{"id":2}],"more":{}})"),
            (Items{R"({"id":1})", R"({"id":2})"}));
  EXPECT_EQ(items("\xef\xbb\xbf {\"results\": [ ] }"), Items{});
  EXPECT_EQ(exported_items(R"({"leads":[1]})").error().code, "no_items");
  EXPECT_EQ(exported_items("").error().code, "no_items");
  EXPECT_EQ(exported_items(R"([{"id":1},)").error().code, "malformed_json");
  EXPECT_EQ(exported_items(R"({"data":[{"id":1)").error().code, "malformed_json");
}

TEST(Export, PagesHoldAllItemsInTheirOrder) {
  std::string list = "[";
  for (int i = 0; i < 250; ++i) list += (i > 0 ? "," : "") + std::to_string(i);
  list += ']';
  const auto pages = exported_pages(*exported_items(list));
  ASSERT_EQ(pages.size(), 3u);
  std::string again = "[";
  for (const auto& page : pages) {
    if (again.size() > 1) again += ',';
    again += page.substr(1, page.size() - 2);
  }
  EXPECT_EQ(again + "]", list);
  EXPECT_TRUE(exported_pages({}).empty());
}

TEST(Export, ADealIsOpenedOnItsOwnDayAndStandsWhereItStood) {
  const auto facts = read("amocrm", "deal",
                          R"([{"id":501,"name":"Shop","price":1200,"status_id":142,
                               "pipeline_id":7,"created_at":1700000000,"updated_at":1720000000,
                               "closed_at":1710000000,"responsible_user_id":3,
                               "_embedded":{"contacts":[{"id":88,"is_main":true}]}}])");
  ASSERT_EQ(facts.size(), 1u);
  EXPECT_EQ(facts[0].item, 1u);
  EXPECT_EQ(facts[0].occurred_at->us, 1'710'000'000'000'000);
  const auto& deal = as<StageFact>(facts[0]);
  EXPECT_EQ(deal.opened_at->us, 1'700'000'000'000'000);
  EXPECT_EQ(deal.person.id("external_contact"), "88");
  EXPECT_EQ(deal.stage.outcome, "won");
  EXPECT_EQ(deal.amount->decimal(), "1200.00");
}

TEST(Export, ADealCarriesWhoItsContactIs) {
  const std::string deal = with_contact(
      R"({"id":501,"status_id":33,"pipeline_id":7,"_embedded":{"contacts":[{"id":88}]}})",
      R"({"id":88,"name":"Anna","custom_fields_values":[
          {"field_code":"EMAIL","values":[{"value":"a@example.com"}]}]})");
  const auto facts = read("amocrm", "deal", "[" + deal + "]");
  ASSERT_EQ(facts.size(), 1u);
  EXPECT_EQ(as<StageFact>(facts[0]).person.email, "a@example.com");
  EXPECT_EQ(as<StageFact>(facts[0]).person.name, "Anna");
}

TEST(Export, PeopleAndDealsCarryTheNameOfTheirCompany) {
  const auto people = read("amocrm", "contact",
                           "[" + with_company(R"({"id":88,"name":"Anna"})", "Bakery \"N1\"") + "]");
  EXPECT_EQ(as<ContactFact>(people[0]).company, "Bakery \"N1\"");
  const auto deals = read(
      "pipedrive", "deal",
      "[" + with_company(R"({"id":46,"title":"Site","status":"open","stage_id":4})", "Bakery") +
          "]");
  for (const auto& deal : deals) EXPECT_EQ(as<StageFact>(deal).company, "Bakery");
}

TEST(Export, CompaniesAreCardsAndFoundByTheirNumbers) {
  struct Case {
    const char *provider, *what, *item;
  };
  for (const auto& [provider, what, item] :
       {Case{"amocrm", "company", R"([{"id":7,"name":"Bakery"}])"},
        Case{"pipedrive", "organization", R"([{"id":7,"name":"Bakery"}])"},
        Case{"hubspot", "company", R"([{"id":"7","properties":{"name":"Bakery"}}])"}}) {
    const auto facts = read(provider, what, item);
    ASSERT_EQ(facts.size(), 1u) << provider;
    EXPECT_EQ(facts[0].external_id, "7") << provider;
    EXPECT_TRUE(as<ContactFact>(facts[0]).is_company) << provider;
    EXPECT_EQ(as<ContactFact>(facts[0]).company, "Bakery") << provider;
    EXPECT_TRUE(exported_kinds(provider).front().is_of_companies()) << provider;
  }
  for (const auto* item : {R"({"id":1,"_embedded":{"companies":[{"id":7}]}})", R"({"org_id":7})",
                           R"({"org_id":{"value":7,"name":"Bakery"}})",
                           R"({"associations":{"companies":{"results":[{"id":"7"}]}}})"}) {
    EXPECT_EQ(company_of_item(parse_json(item).value()), "7") << item;
  }
  EXPECT_EQ(company_of_item(parse_json(R"({"id":1,"_embedded":{"companies":[]}})").value()), "");
}

TEST(Export, NotesAndTasksOfAmoCrmBelongToTheirDeal) {
  const auto notes = read("amocrm", "note",
                          R"([{"id":1,"entity_id":501,"created_at":1700000100,"note_type":"common",
                               "params":{"text":"Wants it by May"}},
                              {"id":2,"entity_id":501,"created_at":1700000200,"note_type":"call_in",
                               "params":{"duration":61,"phone":"+79161234567","call_status":4}},
                              {"id":3,"entity_id":501,"created_at":1,"note_type":"geolocation",
                               "params":{}}])");
  ASSERT_EQ(notes.size(), 3u);
  EXPECT_EQ(as<LoggedFact>(notes[0]).text, "Wants it by May");
  EXPECT_EQ(as<LoggedFact>(notes[0]).kind, "note");
  EXPECT_EQ(as<LoggedFact>(notes[1]).duration_s, 61u);
  EXPECT_EQ(as<LoggedFact>(notes[1]).direction, "in");
  EXPECT_EQ(as<LoggedFact>(notes[1]).outcome, "connected");
  EXPECT_EQ(as<IgnoreFact>(notes[2]).reason, "note_not_used");
  const auto tasks = read("amocrm", "task",
                          R"([{"id":9,"entity_id":501,"entity_type":"leads","text":"Call back",
                               "task_type_id":1,"is_completed":false,"complete_till":1700001000,
                               "responsible_user_id":3},
                              {"id":10,"entity_id":501,"entity_type":"leads","text":"Old",
                               "is_completed":true}])");
  EXPECT_EQ(as<TaskFact>(tasks[0]).kind, "call");
  EXPECT_EQ(as<TaskFact>(tasks[0]).due->us, 1'700'001'000'000'000);
  EXPECT_EQ(as<IgnoreFact>(tasks[1]).reason, "task_done");
}

TEST(Export, PipedriveTellsDealsPeopleAndWhatWasDone) {
  const auto deals = read("pipedrive", "deal",
                          R"([{"id":4,"title":"Shop","value":99.5,"currency":"EUR","stage_id":2,
                               "pipeline_id":1,"status":"lost","person_id":6,"owner_id":12,
                               "add_time":"2024-01-02T03:04:05Z","lost_time":"2024-02-02T03:04:05Z",
                               "update_time":"2024-03-02T03:04:05Z"}])");
  ASSERT_EQ(deals.size(), 1u);
  EXPECT_EQ(as<StageFact>(deals[0]).opened_at->rfc3339(), "2024-01-02T03:04:05.000000Z");
  EXPECT_EQ(deals[0].occurred_at->rfc3339(), "2024-02-02T03:04:05.000000Z");
  EXPECT_EQ(as<StageFact>(deals[0]).stage.outcome, "lost");
  const auto people = read("pipedrive", "person",
                           R"([{"id":6,"name":"Anna","emails":[{"value":"a@example.com"}]}])");
  EXPECT_EQ(as<ContactFact>(people[0]).person.email, "a@example.com");
  const auto done = read("pipedrive", "activity",
                         R"([{"id":1,"type":"call","subject":"Talk","note":"<b>Yes</b>","done":true,
                              "due_date":"2024-01-05","due_time":"10:30","duration":"00:20",
                              "deal_id":4},
                             {"id":2,"type":"demo","subject":"Show","done":false,
                              "due_date":"2024-01-06","deal_id":4,"owner_id":12},
                             {"id":3,"type":"call","subject":"Nobody","done":true}])");
  EXPECT_EQ(as<LoggedFact>(done[0]).text, "Talk\nYes");
  EXPECT_EQ(as<LoggedFact>(done[0]).duration_s, 1200u);
  EXPECT_EQ(done[0].occurred_at->rfc3339(), "2024-01-05T10:30:00.000000Z");
  EXPECT_EQ(as<TaskFact>(done[1]).kind, "other");
  EXPECT_EQ(as<TaskFact>(done[1]).due->rfc3339(), "2024-01-06T23:59:00.000000Z");
  EXPECT_EQ(as<IgnoreFact>(done[2]).reason, "of_no_deal");
}

TEST(Export, HubSpotTellsEngagementsOfDeals) {
  const auto deals = read("hubspot", "deal",
                          R"([{"id":"77","createdAt":"2024-01-02T03:04:05.000Z",
                               "updatedAt":"2024-03-02T03:04:05.000Z",
                               "properties":{"dealname":"Shop","amount":"10","pipeline":"default",
                                 "dealstage":"closedwon",
                                 "closedate":"2024-02-02T00:00:00.000Z"}}])");
  ASSERT_EQ(deals.size(), 1u);
  EXPECT_EQ(deals[0].occurred_at->rfc3339(), "2024-02-02T00:00:00.000000Z");
  const std::string of_deal = R"("associations":{"deals":{"results":[{"id":"77"}]}})";
  const auto calls = read("hubspot", "call",
                          R"([{"id":"5","properties":{"hs_call_title":"Talk","hs_call_body":"Ok",
                               "hs_call_direction":"INBOUND","hs_call_status":"NO_ANSWER",
                               "hs_call_duration":"61000",
                               "hs_timestamp":"2024-01-03T00:00:00Z"},)" +
                              of_deal + "}]");
  EXPECT_EQ(as<LoggedFact>(calls[0]).outcome, "no_answer");
  EXPECT_EQ(as<LoggedFact>(calls[0]).duration_s, 61u);
  EXPECT_EQ(as<LoggedFact>(calls[0]).deal, "77");
  const auto tasks = read("hubspot", "task",
                          R"([{"id":"6","properties":{"hs_task_subject":"Write",
                               "hs_task_type":"EMAIL",
                               "hs_task_status":"NOT_STARTED",
                               "hs_timestamp":"2024-05-03T00:00:00Z"},)" +
                              of_deal + "}]");
  EXPECT_EQ(as<TaskFact>(tasks[0]).kind, "email");
}

TEST(Export, AnItemThatCannotBeReadLeavesTheOthersAlone) {
  const auto facts = read("amocrm", "contact", R"([{"name":"No id"},{"id":1,"name":"Anna"}])");
  ASSERT_EQ(facts.size(), 2u);
  EXPECT_EQ(as<IgnoreFact>(facts[0]).what, "row");
  EXPECT_EQ(as<IgnoreFact>(facts[0]).reason, "it has no id");
  EXPECT_EQ(facts[0].item, 1u);
  EXPECT_EQ(as<ContactFact>(facts[1]).person.name, "Anna");
  EXPECT_EQ(facts[1].item, 2u);
}

TEST(Export, NobodyOutsideMayPretendToSendOne) {
  Delivery delivery;
  delivery.suffix = "/exported/deal";
  delivery.body = "[]";
  const auto settings = parse_settings("amocrm", json::object()).value();
  EXPECT_EQ(find_provider("amocrm")->verify(delivery, settings).reason, "reserved_address");
  EXPECT_EQ(decode(*find_provider("tilda"), delivery, settings).error().code, "no_items");
  delivery.body = "[{}]";
  EXPECT_EQ(decode(*find_provider("tilda"), delivery, settings).error().code, "export_not_known");
}

}  // namespace
}  // namespace dealog::connectors
