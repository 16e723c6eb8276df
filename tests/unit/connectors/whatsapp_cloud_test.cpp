#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "tests/unit/connectors/touches.hpp"

namespace dealog::connectors {
namespace {

namespace json = boost::json;
using namespace testing_support;

const Provider& whatsapp() { return *find_provider("whatsapp-cloud"); }
SourceSettings settings() {
  return settings_of("whatsapp-cloud", "{}",
                     {{"app_secret", "wa-s3cret"}, {"verify_token", "hello"}});
}

json::object value_with(std::string_view list, json::array items) {
  return {{"messaging_product", "whatsapp"},
          {"metadata", {{"display_phone_number", "74950001122"}, {"phone_number_id", "555"}}},
          {"contacts",
           {{{"profile", {{"name", "Olga"}}}, {"wa_id", "79161112233"}, {"user_id", "RU.77"}}}},
          {list, std::move(items)}};
}
Delivery notification(const json::array& values) {
  json::array changes;
  for (const auto& value : values) changes.push_back({{"field", "messages"}, {"value", value}});
  const json::object body{{"object", "whatsapp_business_account"},
                          {"entry", {{{"id", "1"}, {"changes", changes}}}}};
  Delivery delivery = json_post(json::serialize(body));
  delivery.headers.emplace_back("X-Hub-Signature-256",
                                "sha256=" + to_hex(hmac_sha256("wa-s3cret", delivery.body)));
  return delivery;
}
json::object incoming(std::string_view type, json::value content) {
  return {{"from", "79161112233"},
          {"id", "wamid.A1"},
          {"timestamp", "1772709791"},
          {"type", type},
          {type, std::move(content)}};
}
Fact decode(const json::object& item) {
  return decoded_one(whatsapp(), notification({value_with("messages", {item})}), settings());
}
Fact status(std::string_view name, json::object more = {}) {
  json::object item{{"id", "wamid.B2"},
                    {"status", name},
                    {"timestamp", "1772709800"},
                    {"recipient_id", "79161112233"}};
  for (const auto& [key, value] : more) item[key] = value;
  return decoded_one(whatsapp(), notification({value_with("statuses", {item})}), settings());
}

TEST(WhatsAppCloud, ReadsAMessageAndWhoWroteIt) {
  const Fact fact = decode(incoming("text", {{"body", "Добрый день"}}));
  EXPECT_EQ(fact.external_id, "wamid.A1");
  EXPECT_EQ(fact.occurred_at, Timestamp{1772709791'000000});
  EXPECT_EQ(message(fact).text, "Добрый день");
  EXPECT_EQ(message(fact).person.phone, "+79161112233");
  EXPECT_EQ(message(fact).person.name, "Olga");
  EXPECT_EQ(message(fact).person.id("whatsapp_user_id"), "RU.77");
  EXPECT_EQ(message(fact).channel, "whatsapp");
}

TEST(WhatsAppCloud, ReadsEveryKindOfMessage) {
  const auto words = [](std::string_view type, json::value content) {
    return message(decode(incoming(type, std::move(content)))).text;
  };
  EXPECT_EQ(words("button", {{"text", "Да"}, {"payload", "YES"}}), "Да");
  EXPECT_EQ(words("interactive",
                  {{"type", "list_reply"}, {"list_reply", {{"id", "2"}, {"title", "Сайт"}}}}),
            "Сайт");
  EXPECT_EQ(words("interactive",
                  {{"type", "button_reply"}, {"button_reply", {{"id", "1"}, {"title", "Ок"}}}}),
            "Ок");
  EXPECT_EQ(words("location", {{"latitude", "55.75"}, {"longitude", "37.61"}, {"name", "Офис"}}),
            "Офис (55.75, 37.61)");
  EXPECT_EQ(words("contacts", {{{"name", {{"formatted_name", "Пётр"}}},
                                {"phones", {{{"phone", "+7 916 000"}}}}}}),
            "Пётр +7 916 000");
  EXPECT_EQ(words("unsupported", json::object()), "");
}

TEST(WhatsAppCloud, ReadsFilesWithTheirCaptions) {
  const MessageFact picture = message(
      decode(incoming("image", {{"id", "m1"}, {"mime_type", "image/jpeg"}, {"caption", "макет"}})));
  EXPECT_EQ(picture.text, "макет");
  EXPECT_EQ(picture.attachments.at(0).id, "m1");
  EXPECT_EQ(picture.attachments.at(0).kind, "photo");
  const MessageFact voice = message(decode(incoming("audio", {{"id", "m2"}, {"voice", true}})));
  EXPECT_EQ(voice.attachments.at(0).kind, "voice");
  const MessageFact file =
      message(decode(incoming("document", {{"id", "m3"}, {"filename", "ТЗ.docx"}})));
  EXPECT_EQ(file.attachments.at(0).name, "ТЗ.docx");
}

TEST(WhatsAppCloud, ThreadsRepliesAndReactions) {
  json::object reply = incoming("text", {{"body", "ага"}});
  reply["context"] = {{"from", "74950001122"}, {"id", "wamid.Z"}};
  EXPECT_EQ(message(decode(reply)).reply_to, "wamid.Z");
  EXPECT_EQ(
      message(decode(incoming("reaction", {{"message_id", "wamid.Z"}, {"emoji", "👍"}}))).reply_to,
      "wamid.Z");
  EXPECT_EQ(decode(incoming("reaction", {{"message_id", "wamid.Z"}})).kind(), "ignore");
  EXPECT_EQ(decode(incoming("system", {{"body", "new number"}})).kind(), "ignore");
}

TEST(WhatsAppCloud, KnowsAPersonWithoutAPhone) {
  json::object item = incoming("text", {{"body", "hi"}});
  item.erase("from");
  item["from_user_id"] = "RU.99";
  json::object value = value_with("messages", {item});
  value["contacts"] = {{{"profile", {{"name", "Ира"}}}, {"user_id", "RU.99"}}};
  const Contact person = message(decoded_one(whatsapp(), notification({value}), settings())).person;
  EXPECT_EQ(person.id("whatsapp_user_id"), "RU.99");
  EXPECT_EQ(person.name, "Ира");
  EXPECT_EQ(person.phone, "");
  item.erase("from_user_id");
  json::object nobody = value_with("messages", {item});
  nobody.erase("contacts");
  EXPECT_EQ(refusal(whatsapp(), notification({nobody}), settings()), "field_missing");
}

TEST(WhatsAppCloud, TellsWhatBecameOfAMessageInTheRightOrder) {
  EXPECT_EQ(std::get<MessageStatusFact>(status("delivered").content).status, "delivered");
  EXPECT_LT(status("sent").sequence->number, status("delivered").sequence->number);
  EXPECT_LT(status("delivered").sequence->number, status("read").sequence->number);
  EXPECT_NE(status("sent").key, status("read").key);
  EXPECT_EQ(status("read").external_id, "wamid.B2");
  const Fact failed =
      status("failed", {{"errors", {{{"code", 131026}, {"title", "Message undeliverable"}}}}});
  EXPECT_EQ(std::get<MessageStatusFact>(failed.content).reason, "131026: Message undeliverable");
  EXPECT_EQ(status("deleted").kind(), "ignore");
}

TEST(WhatsAppCloud, GivesAFactForEverythingInABatch) {
  json::object second = incoming("text", {{"body", "two"}});
  second["id"] = "wamid.A2";
  const Delivery batch = notification(
      {value_with("messages", {incoming("text", {{"body", "one"}}), second}),
       value_with("statuses",
                  {{{"id", "wamid.B2"}, {"status", "read"}, {"timestamp", 1772709800}}})});
  const auto facts = decoded(whatsapp(), batch, settings());
  ASSERT_EQ(facts.size(), 3u);
  EXPECT_EQ(facts[0].key, decode(incoming("text", {{"body", "one"}})).key) << "alone or in a batch";
  EXPECT_NE(facts[0].key, facts[1].key);
  EXPECT_TRUE(key_of(whatsapp(), batch, settings()).starts_with("whatsapp:sha256:"));
}

TEST(WhatsAppCloud, TellsOurOwnWordsFromTheBusinessApp) {
  json::object echo = incoming("text", {{"body", "Здравствуйте!"}});
  echo["from"] = "74950001122", echo["to"] = "79161112233";
  const Fact fact =
      decoded_one(whatsapp(), notification({value_with("message_echoes", {echo})}), settings());
  EXPECT_EQ(message(fact).direction, Direction::kOut);
  EXPECT_EQ(message(fact).person.phone, "+79161112233");
}

TEST(WhatsAppCloud, IgnoresWhatIsAboutTheAccount) {
  const Fact fact =
      decoded_one(whatsapp(), notification({json::object{{"event", "APPROVED"}}}), settings());
  EXPECT_EQ(fact.kind(), "ignore");
  EXPECT_EQ(refusal(whatsapp(), json_post("{}"), settings()), "field_missing");
}

TEST(WhatsAppCloud, RefusesWhenOneByteChanges) {
  Delivery delivery = notification({value_with("messages", {incoming("text", {{"body", "hi"}})})});
  expect_each_byte_matters(whatsapp(), delivery, settings(), delivery.body);
  expect_each_byte_matters(whatsapp(), delivery, settings(), delivery.headers.back().second);
  EXPECT_EQ(key_of(whatsapp(), delivery, settings()), "whatsapp:wamid.A1");
  const auto changed =
      settings_of("whatsapp-cloud", "{}", {{"app_secret", "new"}, {"previous", "wa-s3cret"}});
  EXPECT_TRUE(whatsapp().verify(delivery, changed).ok()) << "while the secret is being changed";
}

TEST(WhatsAppCloud, AnswersTheChallengeOnlyToWhoKnowsTheToken) {
  Delivery check;
  check.method = "GET";
  check.query = "hub.mode=subscribe&hub.challenge=998877&hub.verify_token=hello";
  EXPECT_TRUE(whatsapp().verify(check, settings()).ok());
  const Reception reception = whatsapp().receive(check, settings());
  EXPECT_EQ(reception.kind, Reception::Kind::kChallenge);
  EXPECT_EQ(reception.challenge.body, "998877");
  check.query.back() = 'p';
  EXPECT_EQ(whatsapp().verify(check, settings()).status(), 403);
}

}  // namespace
}  // namespace dealog::connectors
