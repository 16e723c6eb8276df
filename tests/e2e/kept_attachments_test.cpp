// Attachments of messengers and mails that their providers keep.
#include <ctime>

#include <gmock/gmock.h>

#include "tests/e2e/kept_files.hpp"

namespace dealog::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(KeptFiles, APictureOfTelegramIsFetchedAndNamedByItsKind) {
  const std::string hook = connect("telegram", {{"", "tg-hook"}, {"api", "42:AA"}});
  const json::object message{
      {"message_id", 41},
      {"date", 1772709791},
      {"chat", {{"id", 7000000001}, {"type", "private"}}},
      {"from", {{"id", 7000000001}, {"first_name", "Anna"}}},
      {"caption", "our logo"},
      {"photo", json::array{json::object{{"file_id", "small"}, {"file_size", 10}},
                            json::object{{"file_id", "large"}, {"file_size", 27}}}}};
  const Post post{"",
                  kJson,
                  json::serialize(json::object{{"update_id", 1}, {"message", message}}),
                  {{"X-Telegram-Bot-Api-Secret-Token", "tg-hook"}}};
  deliver(hook, post);
  deliver(hook, post);
  const Answer deal = deal_with_files(1);
  EXPECT_EQ(deal.str("/files/0/name"), "photo.jpg");
  EXPECT_EQ(deal.str("/files/0/media_type"), "image/jpeg");
  EXPECT_EQ(content_of(deal), kVoice);
  EXPECT_EQ(providers_.given, 1);
  EXPECT_THAT(server_.errors(), Not(HasSubstr("42:AA"))) << "the bot's token is in no log";
}

TEST_F(KeptFiles, AMediumOfWhatsAppIsFetchedWithTheTokenInTwoSteps) {
  const std::string hook = connect(
      "whatsapp-cloud", {{"app_secret", "wa-secret"}, {"verify_token", "v"}, {"api", "wa-token"}});
  const json::object message{
      {"from", "79161112233"},
      {"id", "wamid.A1"},
      {"timestamp", "1772709791"},
      {"type", "document"},
      {"document", {{"id", "1037"}, {"filename", "brief.pdf"}, {"mime_type", "application/pdf"}}}};
  const json::object value{{"messaging_product", "whatsapp"},
                           {"contacts", json::array{json::object{{"profile", {{"name", "Olga"}}},
                                                                 {"wa_id", "79161112233"}}}},
                           {"messages", json::array{message}}};
  const std::string body = json::serialize(json::object{
      {"object", "whatsapp_business_account"},
      {"entry",
       json::array{json::object{
           {"id", "1"},
           {"changes", json::array{json::object{{"field", "messages"}, {"value", value}}}}}}}});
  deliver(hook, {"",
                 kJson,
                 body,
                 {{"X-Hub-Signature-256", "sha256=" + to_hex(hmac_sha256("wa-secret", body))}}});
  const Answer deal = deal_with_files(1);
  EXPECT_EQ(deal.str("/files/0/name"), "brief.pdf");
  EXPECT_EQ(deal.str("/files/0/media_type"), "application/pdf");
  EXPECT_EQ(content_of(deal), kVoice);
}

TEST_F(KeptFiles, FilesOfAMailThatMailgunStoresAreFetched) {
  const std::string hook = connect("mailgun", {{"", "signing-key"}, {"api", "mg-private"}});
  const std::string timestamp = std::to_string(std::time(nullptr));
  const std::string token(50, 't');
  const json::array stored{
      json::object{{"url", providers_.url() + "/v3/domains/mg/messages/key/attachments/0"},
                   {"name", "scan.pdf"},
                   {"content-type", "application/pdf"},
                   {"size", 27}}};
  deliver(hook,
          {"", kForm,
           form_encoded({{"from", "Lukyan <lukyan@bakery.example>"},
                         {"recipient", "sales@studio.example"},
                         {"subject", "Papers"},
                         {"Message-Id", "<1@bakery.example>"},
                         {"body-plain", "See the scan"},
                         {"attachments", json::serialize(stored)},
                         {"timestamp", timestamp},
                         {"token", token},
                         {"signature", to_hex(hmac_sha256("signing-key", timestamp + token))}})});
  const Answer deal = deal_with_files(1);
  EXPECT_EQ(deal.str("/files/0/name"), "scan.pdf");
  EXPECT_EQ(content_of(deal), kVoice);
}

}  // namespace
}  // namespace dealog::e2e
