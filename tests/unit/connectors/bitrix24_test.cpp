// Bitrix24: events that say only that something changed, and what its API answers.
#include <gtest/gtest.h>

#include "tests/unit/connectors/deliveries.hpp"

namespace dealog::connectors {
namespace {

namespace json = boost::json;
using testing_support::form;
using testing_support::json_post;
using testing_support::settings_of;

const Provider& bitrix24() { return *find_provider("bitrix24"); }

SourceSettings settings() {
  return settings_of("bitrix24", R"({"api_url":"https://studio.bitrix24.ru","crm_account":"m-1"})",
                     json::object{{"", "app-token"}, {"api", "1/abc"}});
}

std::string event(const std::string& name, const std::string& more = "data[FIELDS][ID]=70") {
  return "event=" + name + "&" + more +
         "&ts=1772704800&auth[member_id]=m-1&auth[application_token]=app-token";
}

Fact decoded(const std::string& body) {
  return bitrix24().decode(form(body), settings()).value().at(0);
}

TEST(Bitrix24, AsksForWhatAnEventOnlyAnnounces) {
  struct Case {
    std::string event, kind, what;
  };
  for (const auto& [name, kind, what] :
       {Case{"ONCRMDEALADD", "lead", "new-deal"}, Case{"ONCRMLEADADD", "lead", "new-lead"},
        Case{"ONCRMDEALUPDATE", "stage", "deal"}, Case{"ONCRMLEADUPDATE", "stage", "lead"},
        Case{"ONCRMCONTACTADD", "contact", "contact"},
        Case{"onCrmContactUpdate", "contact", "contact"},
        Case{"ONCRMCOMPANYUPDATE", "contact", "company"}}) {
    const Fact fact = decoded(event(name));
    EXPECT_EQ(fact.kind(), kind) << name;
    EXPECT_EQ(fact.external_id, "70") << name;
    ASSERT_TRUE(fact.fetch) << name;
    EXPECT_EQ(fact.fetch->what, what) << name;
    EXPECT_TRUE(bitrix24().ask(*fact.fetch, settings())) << name;
  }
  EXPECT_EQ(bitrix24().receive(form(event("ONCRMDEALUPDATE")), settings()).delivery_key,
            "bitrix24:m-1:ONCRMDEALUPDATE:70:1772704800");
}

TEST(Bitrix24, IgnoresWhatChangesNothingHere) {
  for (const auto& [name, reason] : {std::pair{"ONCRMDEALDELETE", "deal_deleted"},
                                     {"ONCRMDEALUSERFIELDADD", "event_not_used"},
                                     {"ONCRMDYNAMICITEMUPDATE", "event_not_used"},
                                     {"ONTASKADD", "event_not_used"},
                                     {"ONAPPINSTALL", "event_not_used"}}) {
    EXPECT_EQ(std::get<IgnoreFact>(decoded(event(name)).content).reason, reason) << name;
  }
}

TEST(Bitrix24, TakesTheStageFromTheEventThatHasIt) {
  const Fact fact = decoded(
      event("ONCRMDEALMOVETOCATEGORY",
            "data[FIELDS][ID]=70&data[FIELDS][CATEGORY_ID]=4&data[FIELDS][STAGE_ID]=C4:NEW"));
  const auto& stage = std::get<StageFact>(fact.content);
  EXPECT_EQ(stage.stage.pipeline, "4");
  EXPECT_EQ(stage.stage.to, "C4:NEW");
}

TEST(Bitrix24, ReadsARobotsDocument) {
  const Fact fact = decoded(
      "document_id[0]=crm&document_id[1]=CCrmDocumentDeal&"
      "document_id[2]=DEAL_70&auth[member_id]=m-1&ts=1772704800");
  EXPECT_EQ(fact.fetch->what, "deal");
  EXPECT_EQ(fact.external_id, "70");
}

TEST(Bitrix24, ReadsItsOwnTelephony) {
  const Fact fact =
      decoded(event("ONVOXIMPLANTCALLEND",
                    "data[CALL_ID]=c-1&data[CALL_TYPE]=2&data[PHONE_NUMBER]=89165550177"
                    "&data[CALL_DURATION]=0&data[CALL_FAILED_CODE]=304"));
  const auto& call = std::get<CallFact>(fact.content);
  EXPECT_EQ(fact.external_id, "c-1");
  EXPECT_EQ(call.state, CallState::kFinished);
  EXPECT_EQ(call.direction, Direction::kIn);
  EXPECT_EQ(call.answered, false);
  EXPECT_EQ(call.person.phone, "+79165550177");
}

TEST(Bitrix24, ComparesTheTokenOfTheApplicationAndTheAccount) {
  EXPECT_TRUE(bitrix24().verify(form(event("ONCRMDEALADD")), settings()).ok());
  EXPECT_EQ(bitrix24().verify(form("event=ONCRMDEALADD"), settings()).reason, "key_missing");
  EXPECT_EQ(bitrix24().verify(form("event=A&auth[application_token]=app-tokeN"), settings()).reason,
            "key_wrong");
  EXPECT_EQ(
      bitrix24()
          .verify(form("event=A&auth[application_token]=app-token&auth[member_id]=m-2"), settings())
          .reason,
      "account_not_ours");
  EXPECT_FALSE(parse_settings("bitrix24", json::object()));
}

Fact fetched(const std::string& what, const std::string& body, std::size_t nth = 0) {
  Delivery answer = json_post(body);
  answer.method = "GET";
  answer.suffix = "/fetched/" + what;
  return bitrix24().decode(answer, settings()).value().at(nth);
}

TEST(Bitrix24, ReadsWhatItAskedFor) {
  const std::string deal =
      R"({"result":{"ID":"70","TITLE":"Сайт","STAGE_ID":"C4:WON","CATEGORY_ID":"4",
          "STAGE_SEMANTIC_ID":"S","OPPORTUNITY":"1500.50","CURRENCY_ID":"EUR","CONTACT_ID":"8",
          "ASSIGNED_BY_ID":"3","MODIFY_BY_ID":"5","DATE_CREATE":"2026-03-05T12:00:00+03:00",
          "DATE_MODIFY":"2026-03-05T13:00:00+03:00","UTM_SOURCE":"ya"},"time":{}})";
  const json::object shown = normalised(fetched("deal", deal));
  EXPECT_EQ(shown.at("stage").at("to"), "C4:WON");
  EXPECT_EQ(shown.at("stage").at("outcome"), "won");
  EXPECT_EQ(shown.at("amount"), "1500.50");
  EXPECT_EQ(shown.at("currency"), "EUR");
  EXPECT_EQ(shown.at("actor"), "5");
  EXPECT_EQ(shown.at("occurred_at"), "2026-03-05T10:00:00Z");
  const Fact made = fetched("new-deal", deal);
  EXPECT_EQ(made.key, decoded(event("ONCRMDEALADD")).key);
  EXPECT_EQ(std::get<LeadFact>(made.content).utm.at(0).second, "ya");
  EXPECT_EQ(fetched("new-deal", deal, 1).fetch->what, "contact-of-70");
  const Fact contact = fetched("contact", R"({"result":{"ID":"8","NAME":"Вера","LAST_NAME":"Орлова",
                     "PHONE":[{"VALUE":"89165550177"}],
                     "DATE_MODIFY":"2026-03-05T13:00:00+03:00"}})");
  EXPECT_EQ(std::get<ContactFact>(contact.content).person.name, "Вера Орлова");
  EXPECT_EQ(std::get<ContactFact>(contact.content).person.phone, "+79165550177");
  const auto request = bitrix24().ask({"contact", "8", ""}, settings()).value();
  EXPECT_EQ(request.url, "https://studio.bitrix24.ru/rest/1/abc/crm.contact.get.json?id=8");
}

}  // namespace
}  // namespace dealog::connectors
