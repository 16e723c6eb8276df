// Pipedrive: webhooks of both versions, answers of the API.
#include <gtest/gtest.h>

#include "libs/base/encoding.hpp"
#include "tests/unit/connectors/deliveries.hpp"

namespace dealog::connectors {
namespace {

namespace json = boost::json;
using testing_support::json_post;
using testing_support::settings_of;

const Provider& pipedrive() { return *find_provider("pipedrive"); }

SourceSettings settings() {
  return settings_of("pipedrive", R"({"api_url":"https://studio.pipedrive.com"})",
                     json::object{{"", "dealog:pass"}, {"api", "t-1"}});
}

std::string v2(const std::string& action, const std::string& entity, const std::string& data,
               const std::string& previous = "null", const std::string& more = "") {
  return R"({"meta":{"action":")" + action + R"(","entity":")" + entity +
         R"(","company_id":"5","entity_id":"46","id":"e-1","timestamp":"2026-03-05T10:00:00.250Z",
            "user_id":"9","version":"2.0","webhook_id":"1")" +
         more + R"(},"data":)" + data + R"(,"previous":)" + previous + "}";
}

std::string v1(const std::string& action, const std::string& object, const std::string& current,
               const std::string& previous = "null") {
  return R"({"v":1,"meta":{"v":1,"action":")" + action + R"(","object":")" + object +
         R"(","id":46,"company_id":5,"user_id":9,"timestamp":1772704800,
            "timestamp_micro":1772704800250123,"webhook_id":77},"retry":0,"event":"x","current":)" +
         current + R"(,"previous":)" + previous + "}";
}

constexpr std::string_view kDeal =
    R"({"id":46,"title":"Сайт","status":"open","stage_id":4,"pipeline_id":1,"value":1000.5,
        "currency":"EUR","person_id":12,"owner_id":3})";

Fact decoded(const std::string& body) {
  return pipedrive().decode(json_post(body), settings()).value().at(0);
}
std::string key(const std::string& body) {
  return pipedrive().receive(json_post(body), settings()).delivery_key;
}

TEST(Pipedrive, TellsWhereADealWentInBothVersions) {
  const std::string old =
      R"({"id":46,"title":"Сайт","status":"open","stage_id":3,"pipeline_id":1,"value":1000.5})";
  for (const auto& body : {v2("change", "deal", std::string(kDeal), R"({"stage_id":3})"),
                           v1("updated", "deal", std::string(kDeal), old)}) {
    const json::object shown = normalised(decoded(body));
    EXPECT_EQ(shown.at("kind"), "stage");
    EXPECT_EQ(shown.at("external_id"), "46");
    EXPECT_EQ(shown.at("stage").at("from"), "3");
    EXPECT_EQ(shown.at("stage").at("to"), "4");
    EXPECT_EQ(shown.at("stage").at("status_from"), "open");
    EXPECT_EQ(shown.at("stage").at("status_to"), "open");
    EXPECT_FALSE(shown.at("stage").as_object().contains("outcome"));
    EXPECT_EQ(shown.at("amount"), "1000.50");
    EXPECT_EQ(shown.at("currency"), "EUR");
    EXPECT_EQ(shown.at("person").at("external_contact"), "12");
    EXPECT_EQ(shown.at("owner"), "3");
    EXPECT_EQ(shown.at("actor"), "9");
    EXPECT_EQ(shown.at("occurred_at"), "2026-03-05T10:00:00.250Z");
  }
}

TEST(Pipedrive, KnowsADeliveryByItsNumber) {
  EXPECT_EQ(key(v2("change", "deal", std::string(kDeal))), "pipedrive:5:e-1");
  EXPECT_EQ(key(v1("updated", "deal", std::string(kDeal))),
            "pipedrive:5:77:deal:46:1772704800250123");
}

TEST(Pipedrive, SaysWhyADealWasLost) {
  const json::object shown = normalised(decoded(
      v2("change", "deal", R"({"id":46,"status":"lost","stage_id":4,"lost_reason":"Дорого"})",
         R"({"status":"open"})")));
  EXPECT_EQ(shown.at("stage").at("outcome"), "lost");
  EXPECT_EQ(shown.at("stage").at("status_from"), "open");
  EXPECT_EQ(shown.at("lost_reason"), "Дорого");
}

TEST(Pipedrive, MakesALeadOfANewDealAndOfALead) {
  const Fact deal = decoded(v2("create", "deal", std::string(kDeal)));
  EXPECT_EQ(deal.kind(), "lead");
  EXPECT_EQ(std::get<LeadFact>(deal.content).stage->to, "4");
  EXPECT_EQ(deal.fetch->what, "new-deal");
  EXPECT_EQ(decoded(v1("added", "deal", std::string(kDeal))).key, deal.key);
  const Fact lead = decoded(v2("create", "lead",
                               R"({"id":"46","title":"Бриф","person_id":12,
                                   "value":{"amount":700,"currency":"USD"}})"));
  EXPECT_EQ(std::get<LeadFact>(lead.content).amount->decimal(), "700.00");
  EXPECT_NE(lead.key, deal.key);
}

TEST(Pipedrive, ReadsPeopleAndOrganisations) {
  const auto second = std::get<ContactFact>(
      decoded(v2("change", "person",
                 R"({"id":46,"name":"Вера Орлова","phones":[{"value":"1","primary":false},
                     {"value":"89165550177","primary":true}],
                     "emails":[{"value":"Vera@Example.com","primary":true}]})"))
          .content);
  EXPECT_EQ(second.person.phone, "+79165550177");
  EXPECT_EQ(second.person.email, "vera@example.com");
  const auto first = std::get<ContactFact>(
      decoded(v1("added", "person",
                 R"({"id":46,"name":"Вера Орлова","phone":[{"value":"89165550177"}],
                     "org_name":"Ромашка"})"))
          .content);
  EXPECT_EQ(first.person.phone, "+79165550177");
  EXPECT_EQ(first.company, "Ромашка");
  const auto company = std::get<ContactFact>(
      decoded(v2("create", "organization", R"({"id":46,"name":"Ромашка"})")).content);
  EXPECT_TRUE(company.is_company);
  EXPECT_EQ(company.company, "Ромашка");
}

TEST(Pipedrive, IgnoresWhatChangesNothingHere) {
  const auto reason = [](const std::string& body) {
    return std::get<IgnoreFact>(decoded(body).content).reason;
  };
  EXPECT_EQ(reason(v2("delete", "deal", "null", std::string(kDeal))), "deal_deleted");
  EXPECT_EQ(reason(v2("delete", "person", "null", "{}", R"(,"merged_to_id":"50")")),
            "person_merged");
  EXPECT_EQ(reason(v1("merged", "deal", std::string(kDeal))), "deal_merged");
  EXPECT_EQ(reason(v1("deleted", "deal", "null", std::string(kDeal))), "deal_deleted");
  EXPECT_EQ(reason(v2("create", "note", R"({"id":46})")), "note_not_used");
  EXPECT_EQ(reason(v2("change", "activity", R"({"id":46})")), "activity_not_used");
  EXPECT_EQ(pipedrive().decode(json_post("{}"), settings()).error().code, "field_missing");
}

TEST(Pipedrive, ComparesNameAndPassword) {
  Delivery delivery = json_post(v2("change", "deal", std::string(kDeal)));
  EXPECT_EQ(pipedrive().verify(delivery, settings()).reason, "key_missing");
  delivery.headers.emplace_back("Authorization", "Basic " + to_base64("dealog:pass"));
  EXPECT_TRUE(pipedrive().verify(delivery, settings()).ok());
  delivery.headers.back().second = "Basic " + to_base64("dealog:pasS");
  EXPECT_EQ(pipedrive().verify(delivery, settings()).status(), 401);
  const auto other = settings_of("pipedrive", R"({"crm_account":"6"})");
  EXPECT_EQ(pipedrive().verify(delivery, other).reason, "account_not_ours");
}

TEST(Pipedrive, ReadsWhatItAskedFor) {
  const auto request = pipedrive().ask({"person", "12", ""}, settings()).value();
  EXPECT_EQ(request.url, "https://studio.pipedrive.com/api/v2/persons/12");
  EXPECT_EQ(request.headers.at(0), (std::pair<std::string, std::string>{"x-api-token", "t-1"}));
  Delivery answer = json_post(R"({"success":true,"data":)" + std::string(kDeal) + "}");
  answer.method = "GET";
  answer.suffix = "/fetched/new-deal";
  const auto facts = pipedrive().decode(answer, settings()).value();
  ASSERT_EQ(facts.size(), 2u);
  EXPECT_FALSE(facts[0].fetch);
  EXPECT_EQ(facts[0].key, decoded(v2("create", "deal", std::string(kDeal))).key);
  EXPECT_EQ(facts[1].fetch->what, "person-of-46");
}

}  // namespace
}  // namespace dealog::connectors
