// amoCRM and Kommo: hooks of the account and of the digital pipeline, answers of the API.
#include <gtest/gtest.h>

#include "libs/base/encoding.hpp"
#include "tests/unit/connectors/deliveries.hpp"

namespace dealog::connectors {
namespace {

namespace json = boost::json;
using testing_support::form;
using testing_support::json_post;
using testing_support::settings_of;

const Provider& amocrm() { return *find_provider("amocrm"); }

// name=value pairs with the names as people read them.
std::string hook(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string body = "account%5Bid%5D=777&account%5Bsubdomain%5D=studio";
  for (const auto& [name, value] : fields) {
    body += "&" + percent_encode(name) + "=" + percent_encode(value);
  }
  return body;
}

std::vector<Fact> decoded(const std::string& body, const std::string& settings = "{}") {
  return amocrm().decode(form(body), settings_of("amocrm", settings)).value();
}

std::string key(const std::string& body) {
  return amocrm().receive(form(body), settings_of("amocrm")).delivery_key;
}

std::string moved(const std::string& action = "status", const std::string& to = "142") {
  const std::string row = "leads[" + action + "][0]";
  return hook({{row + "[id]", "501"},
               {row + "[name]", "Сайт пекарни"},
               {row + "[status_id]", to},
               {row + "[old_status_id]", "30"},
               {row + "[pipeline_id]", "9"},
               {row + "[price]", "120000"},
               {row + "[responsible_user_id]", "4"},
               {row + "[modified_user_id]", "5"},
               {row + "[last_modified]", "1772704800"},
               {row + "[tags][7][name]", "повтор"}});
}

TEST(AmoCrm, TellsWhereADealWent) {
  const Fact fact = decoded(moved()).at(0);
  const json::object shown = normalised(fact);
  EXPECT_EQ(shown.at("kind"), "stage");
  EXPECT_EQ(shown.at("external_id"), "501");
  EXPECT_EQ(shown.at("account"), "777");
  EXPECT_EQ(shown.at("stage").at("from"), "30");
  EXPECT_EQ(shown.at("stage").at("to"), "142");
  EXPECT_EQ(shown.at("stage").at("outcome"), "won");
  EXPECT_EQ(shown.at("amount"), "120000.00");
  EXPECT_TRUE(shown.at("currency").is_null());
  EXPECT_EQ(shown.at("occurred_at"), "2026-03-05T10:00:00Z");
  EXPECT_EQ(shown.at("tags").at(0), "повтор");
  EXPECT_EQ(key(moved()), "amocrm:777:leads:status:501:30>142:1772704800");
  EXPECT_EQ(normalised(decoded(moved("status", "143")).at(0)).at("stage").at("outcome"), "lost");
}

TEST(AmoCrm, MakesOneFactOfAMoveThatIsToldTwice) {
  EXPECT_EQ(decoded(moved("status")).at(0).key, decoded(moved("update")).at(0).key);
  EXPECT_NE(key(moved("status")), key(moved("update")));
}

TEST(AmoCrm, ReadsSeveralRowsOfOneBody) {
  const std::string both = hook({{"leads[add][0][id]", "1"},
                                 {"leads[add][0][created_at]", "1772704800"},
                                 {"leads[add][3][id]", "2"},
                                 {"leads[add][3][created_at]", "1772704800"},
                                 {"contacts[update][0][id]", "3"},
                                 {"contacts[update][0][type]", "company"},
                                 {"contacts[update][0][name]", "ООО Ромашка"}});
  const auto facts = decoded(both);
  ASSERT_EQ(facts.size(), 3u);
  EXPECT_EQ(facts[0].kind(), "lead");
  EXPECT_EQ(facts[0].fetch->what, "new-deal");
  EXPECT_EQ(facts[1].external_id, "2");
  EXPECT_NE(facts[0].key, facts[1].key);
  const auto& company = std::get<ContactFact>(facts[2].content);
  EXPECT_TRUE(company.is_company);
  EXPECT_EQ(company.company, "ООО Ромашка");
  EXPECT_EQ(company.person.name, "");
  EXPECT_TRUE(key(both).starts_with("amocrm:777:rows:sha256:"));
}

TEST(AmoCrm, FindsThePhoneOfAContactByItsCodeOrItsName) {
  for (const auto& [name, code] : {std::pair{"Любое", "PHONE"}, {"Телефон", ""}}) {
    const auto facts =
        decoded(hook({{"contacts[add][0][id]", "3"},
                      {"contacts[add][0][name]", "Вера"},
                      {"contacts[add][0][type]", "contact"},
                      {"contacts[add][0][custom_fields][2][name]", name},
                      {"contacts[add][0][custom_fields][2][code]", code},
                      {"contacts[add][0][custom_fields][2][values][0][value]", "8 916 555-01-77"},
                      {"contacts[add][0][last_modified]", "1772704800"}}));
    const auto& contact = std::get<ContactFact>(facts.at(0).content);
    EXPECT_EQ(contact.person.phone, "+79165550177");
    EXPECT_EQ(contact.person.name, "Вера");
  }
}

TEST(AmoCrm, KnowsWhenAContactWasMade) {
  const auto facts = decoded(hook({{"contacts[add][0][id]", "3"},
                                   {"contacts[add][0][name]", "Вера"},
                                   {"contacts[add][0][date_create]", "1772704800"}}));
  EXPECT_EQ(facts.at(0).occurred_at->rfc3339(), "2026-03-05T10:00:00.000000Z");
}

TEST(AmoCrm, KnowsTheTaxIdOfACompany) {
  const std::string row = "contacts[update][0]";
  const auto facts = decoded(hook({{row + "[id]", "3"},
                                   {row + "[name]", "ООО Ромашка"},
                                   {row + "[type]", "company"},
                                   {row + "[custom_fields][4][name]", "ИНН"},
                                   {row + "[custom_fields][4][values][0][value]", "7701234567"}}));
  const auto& company = std::get<ContactFact>(facts.at(0).content);
  EXPECT_TRUE(company.is_company);
  EXPECT_EQ(company.person.id("inn"), "7701234567");
}

TEST(AmoCrm, ReadsMessagesOfChats) {
  const auto message = [](const std::string& type, const std::string& action) {
    const std::string row = "message[" + action + "][0]";
    return hook({{row + "[id]", "m-1"},
                 {row + "[chat_id]", "chat-1"},
                 {row + "[contact_id]", "88"},
                 {row + "[text]", "Когда готово?"},
                 {row + "[created_at]", "1772704800"},
                 {row + "[entity_type]", "lead"},
                 {row + "[entity_id]", "501"},
                 {row + "[type]", type},
                 {row + "[author][name]", "Вера"},
                 {row + "[attachment][type]", "picture"},
                 {row + "[attachment][link]", "https://files.example.com/1.jpg"},
                 {row + "[origin]", "telegram"}});
  };
  const auto in = decoded(message("incoming", "add")).at(0);
  const auto& said = std::get<MessageFact>(in.content);
  EXPECT_EQ(said.channel, "telegram");
  EXPECT_EQ(said.direction, Direction::kIn);
  EXPECT_EQ(said.person.name, "Вера");
  EXPECT_EQ(said.person.id("external_contact"), "88");
  EXPECT_EQ(said.lead, "501");
  EXPECT_EQ(said.attachments.at(0).kind, "picture");
  EXPECT_EQ(key(message("incoming", "add")), "amocrm:777:message:m-1");
  const auto out = decoded(message("outgoing", "add")).at(0);
  EXPECT_EQ(std::get<MessageFact>(out.content).direction, Direction::kOut);
  EXPECT_EQ(std::get<MessageFact>(out.content).person.name, "");  // the author is ours
  const auto edited = decoded(message("incoming", "update")).at(0);
  EXPECT_TRUE(std::get<MessageFact>(edited.content).edited);
  EXPECT_NE(edited.key, in.key);
}

TEST(AmoCrm, ReadsAnIncomingLeadAndWhatBecomesOfIt) {
  const std::string row = "unsorted[add][0]";
  const auto facts = decoded(hook({{row + "[uid]", "u-1"},
                                   {row + "[category]", "forms"},
                                   {row + "[lead_id]", "502"},
                                   {row + "[pipeline_id]", "9"},
                                   {row + "[created_at]", "1772704800"},
                                   {row + "[source_data][form_name]", "Бриф"},
                                   {row + "[source_data][data][name_1][name]", "Имя"},
                                   {row + "[source_data][data][name_1][value]", "Вера"},
                                   {row + "[source_data][data][tel_2][name]", "Телефон"},
                                   {row + "[source_data][data][tel_2][value]", "89165550177"}}));
  const auto& lead = std::get<LeadFact>(facts.at(0).content);
  EXPECT_EQ(facts.at(0).external_id, "502");
  EXPECT_EQ(lead.person.name, "Вера");
  EXPECT_EQ(lead.person.phone, "+79165550177");
  EXPECT_EQ(lead.title, "Бриф");
  EXPECT_EQ(lead.stage->pipeline, "9");
  // The deal that it is has the same key, however it is told.
  EXPECT_EQ(facts.at(0).key, decoded(hook({{"leads[add][0][id]", "502"}})).at(0).key);

  const auto end = [](const std::string& action) {
    return decoded(hook({{"unsorted[delete][0][uid]", "u-1"},
                         {"unsorted[delete][0][action]", action},
                         {"unsorted[delete][0][accept_result][leads][0]", "502"}}))
        .at(0);
  };
  EXPECT_EQ(end("accept").kind(), "stage");
  EXPECT_EQ(end("accept").fetch->what, "deal");
  EXPECT_EQ(std::get<IgnoreFact>(end("decline").content).reason, "incoming_lead_declined");
}

TEST(AmoCrm, MakesACallOfTheNoteOfATelephonyService) {
  const auto note = [](const std::string& type, const std::string& text) {
    return decoded(hook({{"leads[note][0][note][id]", "n-1"},
                         {"leads[note][0][note][note_type]", type},
                         {"leads[note][0][note][text]", text},
                         {"leads[note][0][note][created_at]", "1772704800"}}))
        .at(0);
  };
  const Fact fact = note("10", R"({"UNIQ":"c-7","LINK":"https://rec.example.com/c-7.mp3",
                                   "PHONE":"+7 916 555-01-77","DURATION":42})");
  const auto& call = std::get<CallFact>(fact.content);
  EXPECT_EQ(fact.external_id, "c-7");
  EXPECT_EQ(call.direction, Direction::kIn);
  EXPECT_EQ(call.talk_s, 42u);
  EXPECT_EQ(call.answered, true);
  EXPECT_EQ(call.person.phone, "+79165550177");
  EXPECT_EQ(call.recording_url, "https://rec.example.com/c-7.mp3");
  EXPECT_EQ(std::get<IgnoreFact>(note("4", "Просто заметка").content).reason, "note_not_used");
  const Fact text = note("103", R"({"TEXT":"Ждём","PHONE":"89165550177"})");
  const auto& sms = std::get<MessageFact>(text.content);
  EXPECT_EQ(sms.direction, Direction::kOut);
  EXPECT_EQ(sms.channel, "sms");
}

TEST(AmoCrm, IgnoresWhatChangesNothingHere) {
  for (const auto& [name, reason] : {std::pair{"task[add][0][id]", "task_add_not_used"},
                                     {"leads[delete][0][id]", "deal_deleted"},
                                     {"contacts[delete][0][id]", "contact_deleted"},
                                     {"customers[status][0][id]", "customers_status_not_used"},
                                     {"talk[update][0][talk_id]", "talk_update_not_used"}}) {
    EXPECT_EQ(std::get<IgnoreFact>(decoded(hook({{name, "1"}})).at(0).content).reason, reason);
  }
  EXPECT_EQ(std::get<IgnoreFact>(decoded(hook({})).at(0).content).reason, "event_not_used");
  EXPECT_EQ(decoded(hook({{"leads[restore][0][id]", "1"}})).at(0).kind(), "stage");
  EXPECT_EQ(decoded(hook({{"leads[responsible][0][id]", "1"}})).at(0).kind(), "stage");
}

TEST(AmoCrm, KnowsRowsWithoutATimeByTheMinuteOfTheirReceipt) {
  const std::string body = hook({{"leads[status][0][id]", "1"},
                                 {"leads[status][0][status_id]", "31"},
                                 {"leads[status][0][old_status_id]", "30"},
                                 {"leads[status][0][pipeline_id]", "9"}});
  EXPECT_EQ(key(body), "amocrm:777:leads:status:1:30>31:2026-03-05T10:00Z");
  const std::string event =
      "event%5Btype%5D=16&event%5Bdata%5D%5Bid%5D=1&event%5Bdata%5D%5Belement_type%5D=2&"
      "event%5Bdata%5D%5Bstatus_id%5D=143&event%5Bdata%5D%5Bpipeline_id%5D=9&account_id=777";
  const Fact moved_back = decoded(event).at(0);
  const auto& stage = std::get<StageFact>(moved_back.content);
  EXPECT_EQ(stage.stage.outcome, "lost");
  EXPECT_EQ(stage.account, "777");
}

TEST(AmoCrm, RefusesAnotherAccount) {
  const auto ours = settings_of("amocrm", R"({"crm_account":"Studio"})");
  EXPECT_TRUE(amocrm().verify(form(moved()), ours).ok());
  const auto others = settings_of("amocrm", R"({"crm_account":"778"})");
  EXPECT_EQ(amocrm().verify(form(moved()), others).status(), 403);
}

TEST(AmoCrm, ReadsWhatItAskedFor) {
  const auto settings =
      settings_of("amocrm", R"({"api_url":"https://studio.amocrm.ru/","currency":"USD"})",
                  json::object{{"api", "t-1"}});
  const ApiRequest request = amocrm().ask({"new-deal", "501", ""}, settings).value();
  EXPECT_EQ(request.url, "https://studio.amocrm.ru/api/v4/leads/501?with=contacts,loss_reason");
  EXPECT_EQ(request.headers.at(0).second, "Bearer t-1");
  EXPECT_EQ(amocrm().ask_interval().count(), 150);
  Delivery answer = json_post(
      R"({"id":501,"name":"Сайт","price":900,"status_id":30,"pipeline_id":9,"account_id":777,
          "created_at":1772704800,"updated_at":1772704900,
          "_embedded":{"tags":[],
                       "contacts":[{"id":1,"is_main":false},{"id":88,"is_main":true}]}})");
  answer.method = "GET";
  answer.suffix = "/fetched/new-deal";
  const auto facts = amocrm().decode(answer, settings).value();
  ASSERT_EQ(facts.size(), 2u);
  EXPECT_FALSE(facts[0].fetch);
  EXPECT_EQ(facts[0].key, decoded(hook({{"leads[add][0][id]", "501"}})).at(0).key);
  EXPECT_EQ(std::get<LeadFact>(facts[0].content).person.id("external_contact"), "88");
  EXPECT_EQ(facts[1].fetch->what, "contact-of-501");
  EXPECT_EQ(facts[1].external_id, "88");
  EXPECT_TRUE(amocrm().ask(*facts[1].fetch, settings));
  Delivery person = json_post(
      R"({"id":88,"name":"Вера","account_id":777,"updated_at":1772704900,"custom_fields_values":
          [{"field_code":"PHONE","values":[{"value":"89165550177"}]}]})");
  person.suffix = "/fetched/contact-of-501";
  const auto known = amocrm().decode(person, settings).value();
  ASSERT_EQ(known.size(), 2u);
  EXPECT_EQ(known[0].external_id, "501");  // whom the deal is about
  EXPECT_EQ(std::get<StageFact>(known[0].content).person.name, "Вера");
  EXPECT_EQ(std::get<ContactFact>(known[1].content).person.phone_raw, "89165550177");
  answer.suffix = "/fetched/deal";
  EXPECT_EQ(amocrm().decode(answer, settings).value().at(0).sequence->number, 1772704900);
  EXPECT_EQ(amocrm().verify(answer, settings).reason, "reserved_address");
}

}  // namespace
}  // namespace dealog::connectors
