#include "tests/unit/connectors/touches.hpp"

namespace dealog::connectors {
namespace {

namespace json = boost::json;
using namespace testing_support;

const Provider& telegram() { return *find_provider("telegram"); }
SourceSettings settings() {
  return settings_of("telegram", R"({"account":"shop-bot"})", "tg-s3cret");
}

json::object message_of_anna() {
  return {{"message_id", 41},
          {"date", 1772709791},
          {"chat", {{"id", 7000000001}, {"type", "private"}, {"first_name", "Анна"}}},
          {"from",
           {{"id", 7000000001},
            {"is_bot", false},
            {"first_name", "Анна"},
            {"last_name", "Ким"},
            {"username", "annakim"}}}};
}
Delivery update(std::string_view kind, const json::object& content) {
  Delivery delivery =
      json_post(json::serialize(json::object{{"update_id", 900100}, {kind, content}}));
  delivery.headers.emplace_back("X-Telegram-Bot-Api-Secret-Token", "tg-s3cret");
  return delivery;
}
Fact decode(std::string_view kind, const json::object& content) {
  return decoded_one(telegram(), update(kind, content), settings());
}
json::object with(json::object content, std::string_view key, json::value value) {
  content[key] = std::move(value);
  return content;
}

TEST(Telegram, ReadsAMessageAndWhoWroteIt) {
  const Fact fact = decode("message", with(message_of_anna(), "text", "Сколько стоит сайт?"));
  EXPECT_EQ(fact.external_id, "7000000001:41");
  EXPECT_EQ(fact.occurred_at, Timestamp{1772709791'000000});
  EXPECT_EQ(message(fact).direction, Direction::kIn);
  EXPECT_EQ(message(fact).text, "Сколько стоит сайт?");
  EXPECT_EQ(message(fact).thread, "7000000001");
  EXPECT_EQ(message(fact).person.name, "Анна Ким");
  EXPECT_EQ(message(fact).person.id("telegram_id"), "7000000001");
  EXPECT_EQ(message(fact).person.id("username"), "annakim");
}

TEST(Telegram, TellsAnEditFromTheMessageItChanges) {
  const Fact first = decode("message", with(message_of_anna(), "text", "a"));
  json::object changed = with(message_of_anna(), "text", "b");
  changed["edit_date"] = 1772709799;
  const Fact edit = decode("edited_message", changed);
  EXPECT_TRUE(message(edit).edited);
  EXPECT_EQ(edit.external_id, first.external_id);
  EXPECT_NE(edit.key, first.key);
  EXPECT_EQ(edit.occurred_at, Timestamp{1772709799'000000});
  EXPECT_EQ(edit.sequence->scope, first.sequence->scope);
  EXPECT_GT(edit.sequence->number, first.sequence->number);
}

TEST(Telegram, BelievesAContactOnlyWhereItIsTheSendersOwn) {
  const json::object own{
      {"phone_number", "79163334455"}, {"first_name", "Анна"}, {"user_id", 7000000001}};
  EXPECT_EQ(message(decode("message", with(message_of_anna(), "contact", own))).person.phone,
            "+79163334455");
  for (const json::object& other :
       {json::object{{"phone_number", "79163334455"}, {"first_name", "Борис"}},
        json::object{
            {"phone_number", "79163334455"}, {"first_name", "Борис"}, {"user_id", 7000000002}}}) {
    const MessageFact shared =
        message(decode("message", with(message_of_anna(), "contact", other)));
    EXPECT_EQ(shared.person.phone, "");
    EXPECT_EQ(shared.text, "Борис 79163334455");
  }
}

TEST(Telegram, ReadsPicturesVoiceAndDocuments) {
  json::object photo = with(message_of_anna(), "caption", "вот макет");
  photo["photo"] = {{{"file_id", "small"}, {"file_size", 100}},
                    {{"file_id", "large"}, {"file_size", 9000}}};
  const MessageFact picture = message(decode("message", photo));
  EXPECT_EQ(picture.text, "вот макет");
  ASSERT_EQ(picture.attachments.size(), 1u);
  EXPECT_EQ(picture.attachments[0].id, "large");
  EXPECT_EQ(picture.attachments[0].size, 9000u);
  const MessageFact voice = message(
      decode("message", with(message_of_anna(), "voice",
                             {{"file_id", "v1"}, {"duration", 4}, {"mime_type", "audio/ogg"}})));
  EXPECT_EQ(voice.attachments.at(0).kind, "voice");
  EXPECT_EQ(voice.attachments.at(0).content_type, "audio/ogg");
  const MessageFact file = message(decode("message", with(message_of_anna(), "document",
                                                          {{"file_id", "d1"},
                                                           {"file_name", "ТЗ.pdf"},
                                                           {"mime_type", "application/pdf"},
                                                           {"file_size", 5}})));
  EXPECT_EQ(file.attachments.at(0).name, "ТЗ.pdf");
}

TEST(Telegram, ThreadsAReply) {
  EXPECT_EQ(message(decode("message", with(with(message_of_anna(), "text", "да"),
                                           "reply_to_message", {{"message_id", 40}})))
                .reply_to,
            "7000000001:40");
}

// A business account's chat has two writers.
TEST(Telegram, KnowsWhoWroteInABusinessChat) {
  const json::object theirs =
      with(with(message_of_anna(), "text", "Здравствуйте"), "business_connection_id", "bc1");
  EXPECT_EQ(message(decode("business_message", theirs)).direction, Direction::kIn);
  const json::object ours = with(theirs, "from", {{"id", 55}, {"first_name", "Менеджер"}});
  const MessageFact answer = message(decode("business_message", ours));
  EXPECT_EQ(answer.direction, Direction::kOut);
  EXPECT_EQ(answer.person.id("telegram_id"), "7000000001") << "the other side";
}

TEST(Telegram, IgnoresWhatIsNoMessageOfACustomer) {
  for (const auto* kind : {"channel_post", "callback_query", "my_chat_member", "inline_query",
                           "poll", "business_connection", "something_of_2030"}) {
    EXPECT_EQ(decode(kind, {{"id", "1"}}).kind(), "ignore") << kind;
  }
  const json::object group = with(with(message_of_anna(), "text", "всем привет"), "chat",
                                  {{"id", -100500}, {"type", "supergroup"}});
  EXPECT_EQ(decode("message", group).kind(), "ignore");
  EXPECT_EQ(decode("message", with(message_of_anna(), "pinned_message", json::object())).kind(),
            "ignore");
}

TEST(Telegram, SaysWhatIsWrong) {
  json::object no_chat = message_of_anna();
  no_chat.erase("chat");
  EXPECT_EQ(refusal(telegram(), update("message", no_chat), settings()), "field_missing");
  EXPECT_EQ(refusal(telegram(),
                    update("message", with(with(message_of_anna(), "text", "x"), "date", "soon")),
                    settings()),
            "invalid_time");
  EXPECT_EQ(refusal(telegram(), json_post("{}"), settings()), "field_missing");
  EXPECT_EQ(refusal(telegram(), json_post("{\"update_id\":"), settings()), "malformed_json");
}

TEST(Telegram, KnowsAnUpdateByBotAndNumber) {
  Delivery delivery = update("message", message_of_anna());
  EXPECT_EQ(key_of(telegram(), delivery, settings()), "telegram:shop-bot:900100");
  delivery.suffix = "/second_bot";
  EXPECT_EQ(key_of(telegram(), delivery, settings()), "telegram:second_bot:900100");
  EXPECT_EQ(telegram().answer(delivery, settings(), Outcome::kAccepted).body, "");
}

TEST(Telegram, RefusesWhenOneByteOfTheSecretChanges) {
  Delivery delivery = update("message", message_of_anna());
  expect_each_byte_matters(telegram(), delivery, settings(), delivery.headers.back().second);
  delivery.headers.pop_back();
  EXPECT_EQ(telegram().verify(delivery, settings()).reason, "key_missing");
  EXPECT_EQ(parse_settings("telegram", nullptr).error().fields.at(0).pointer, "/secret");
}

}  // namespace
}  // namespace dealog::connectors
