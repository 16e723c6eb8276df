// A mailbox that is read: its settings, what its mails say, its access tokens.
#include "libs/connectors/imap/imap.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/connectors/imap/oauth.hpp"
#include "tests/unit/connectors/deliveries.hpp"

namespace dealog::connectors {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing_support::post;
using testing_support::settings_of;

namespace json = boost::json;

const std::string kSettings =
    R"({"mailbox":{"host":"imap.studio.example","user":"Sales@Studio.example"}})";

SourceSettings sales() { return settings_of("imap", kSettings, "secret"); }

std::vector<std::string> mistakes(const std::string& settings, const json::value& secret = "s",
                                  std::string_view provider = "imap") {
  std::vector<std::string> out;
  const auto parsed = parse_settings(provider, json::parse(settings), secret);
  if (parsed) return out;
  for (const auto& field : parsed.error().fields) out.push_back(field.pointer);
  return out;
}

Delivery mail(std::string_view suffix, const std::string& head) {
  Delivery delivery = post("message/rfc822", head + "Subject: Site\r\n\r\nHello\r\n");
  delivery.method = "FETCH";
  delivery.suffix = suffix;
  return delivery;
}

Fact fact_of(const Delivery& delivery) {
  return find_provider("imap")->decode(delivery, sales()).value().at(0);
}

TEST(MailboxSettings, HaveUsualValuesAndReadBack) {
  const auto settings = sales();
  EXPECT_EQ(settings.mailbox->port, 993);
  EXPECT_THAT(settings.mailbox->folders, ElementsAre("INBOX"));
  EXPECT_EQ(settings.mailbox->sent, "auto");
  // What the mailbox's owner writes went out, wherever it is met.
  EXPECT_THAT(settings.arrivals.our_addresses, ElementsAre("sales@studio.example"));
  const std::string whole =
      R"({"mailbox":{"host":"h.example","user":"u","tls":"starttls","folders":["INBOX","Заявки"],)"
      R"("sent":"none","since":"2026-03-01","login":"oauth2","token_url":"https://t.example/t"}})";
  const json::value secret = {{"client_id", "c"}, {"refresh_token", "r"}};
  const auto all = settings_of("imap", whole, secret);
  EXPECT_EQ(all.mailbox->port, 143);
  EXPECT_EQ(settings_of("imap", json::serialize(to_json(all)), secret).mailbox, all.mailbox);
}

TEST(MailboxSettings, SayWhatIsWrong) {
  EXPECT_THAT(mistakes("{}"), ElementsAre("/settings/mailbox"));
  EXPECT_THAT(mistakes(kSettings, nullptr), ElementsAre("/secret"));
  EXPECT_THAT(
      mistakes(R"({"mailbox":{"host":"https://h/","port":0,"tls":"yes","folders":[],)"
               R"("since":"soon","authority":"x","pasword":"p","user":"a\nb"}})"),
      ::testing::UnorderedElementsAre("/settings/mailbox/host", "/settings/mailbox/port",
                                      "/settings/mailbox/tls", "/settings/mailbox/folders",
                                      "/settings/mailbox/since", "/settings/mailbox/authority",
                                      "/settings/mailbox/pasword", "/settings/mailbox/user"));
  EXPECT_THAT(mistakes(R"({"mailbox":{"host":"h","user":"u","login":"oauth2"}})"),
              ElementsAre("/settings/mailbox/token_url"));
  EXPECT_THAT(mistakes(R"({"mailbox":{"host":"h","user":"u","login":"oauth2",)"
                       R"("token_url":"https://t.example"}})",
                       {{"client_id", "c"}}),
              ElementsAre("/secret/refresh_token"));
  EXPECT_THAT(mistakes(kSettings, nullptr, "rfc5322"), ElementsAre("/settings/mailbox"));
}

TEST(MailboxMails, ThatArrivedAreFromWhoeverWroteThem) {
  const Fact fact =
      fact_of(mail(imap::kArrived, "From: Oleg <oleg@client.example>\r\nMessage-ID: <a@b>\r\n"));
  EXPECT_EQ(fact.key, "email:<a@b>");
  const auto& content = std::get<MailFact>(fact.content);
  EXPECT_EQ(content.direction, Direction::kIn);
  EXPECT_EQ(content.person.email, "oleg@client.example");
}

TEST(MailboxMails, OfTheSentFolderAreForTheFirstWhoIsNotOneOfUs) {
  const Fact fact =
      fact_of(mail(imap::kSent,
                   "From: Anna <anna@studio.example>\r\nTo: sales@studio.example,\r\n \"Oleg, P.\" "
                   "<Oleg@Client.example>\r\nCc: x@y.example\r\nMessage-ID: <a@b>\r\n"));
  const auto& content = std::get<MailFact>(fact.content);
  EXPECT_EQ(content.direction, Direction::kOut);
  EXPECT_EQ(content.person.name, "Oleg, P.");
  EXPECT_EQ(content.person.email, "oleg@client.example");
  const Fact ours = fact_of(mail(imap::kSent, "From: a@b.example\r\nTo: sales@studio.example\r\n"));
  EXPECT_EQ(std::get<IgnoreFact>(ours.content).reason, "mail_among_ourselves");
}

TEST(MailboxMails, AreKnownByTheirIdWhereverTheyLie) {
  EXPECT_EQ(imap::delivery_key_of("Message-ID: <a@b>\r\n\r\nx"), "email:<a@b>");
  EXPECT_THAT(imap::delivery_key_of("Subject: x\r\n\r\nx"), HasSubstr("email:sha256:"));
}

TEST(MailboxMails, AreNotTakenFromOutside) {
  const auto verdict = find_provider("imap")->verify(mail(imap::kArrived, ""), sales());
  EXPECT_EQ(verdict.status(), 403);
}

TEST(MailboxTokens, AreAskedForWithTheRefreshToken) {
  const auto settings = settings_of(
      "imap",
      R"({"mailbox":{"host":"h","user":"u","login":"oauth2","token_url":"https://t.example/t"}})",
      {{"client_id", "c d"}, {"client_secret", "s"}, {"refresh_token", "1//r"}});
  const auto request = imap::token_request(settings);
  EXPECT_EQ(request.url, "https://t.example/t");
  EXPECT_EQ(request.body,
            "grant_type=refresh_token&refresh_token=1%2F%2Fr&client_id=c%20d&client_secret=s");
}

TEST(MailboxTokens, AreReadFromTheAnswer) {
  const auto token =
      imap::read_token(200, R"({"access_token":"ya29.x","expires_in":3599,"refresh_token":"n"})");
  EXPECT_EQ(token->text, "ya29.x");
  EXPECT_EQ(token->lasts, std::chrono::seconds(3599));
  EXPECT_EQ(token->refresh_token, "n");
  EXPECT_EQ(imap::read_token(400, R"({"error":"invalid_grant"})").error().code, "token_refused");
  EXPECT_EQ(imap::read_token(500, "").error().code, "token_server_failed");
  EXPECT_EQ(imap::read_token(200, R"({"access_token":"a b"})").error().code, "token_server_failed");
}

}  // namespace
}  // namespace dealog::connectors
