// Against aiosmtpd, a real server, made to behave in every way that a server may.
#include "libs/outbound/smtp_client.hpp"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/base/clock.hpp"
#include "libs/base/encoding.hpp"
#include "libs/outbound/interrupt.hpp"
#include "tests/support/mail_server.hpp"

namespace dealog::outbound {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

MailMessage mail() {
  return {.message_id = "trigger-0190@dealog.example",
          .date = Timestamp::parse("2026-03-05T09:00:00Z").value(),
          .from = {"sales@example.org", "Отдел продаж"},
          .to = {{"anna@example.com", "Анна"}, {"ivan@example.com"}},
          .subject = "Счёт № 2026-17",
          .text = "Здравствуйте!\n.точка в начале строки\nСчёт во вложении.\n",
          .attachments = {{"Счёт 2026-17.pdf", "application/pdf", std::string("%PDF\0\xFF", 6)}}};
}

class Server : public testing_support::MailServer {
 public:
  using MailServer::MailServer;

  SmtpServer address(SmtpSecurity security = SmtpSecurity::kNone) const {
    return {.host = "localhost",
            .port = port(),
            .security = security,
            .ca_file = security == SmtpSecurity::kNone ? "" : ca_file(),
            .connect_timeout = std::chrono::seconds(30),
            .answer_timeout = std::chrono::seconds(20),
            .whole_timeout = std::chrono::seconds(60)};
  }
};

MailAttempt attempt(const SmtpServer& server, const MailMessage& message = mail()) {
  auto made = send_mail(server, message);
  EXPECT_TRUE(made) << made.error().message;
  return made.value_or(MailAttempt{});
}

TEST(SmtpClient, DeliversAMailWithAllThatIsInIt) {
  const Server server("accept");
  const auto made = attempt(server.address());
  EXPECT_EQ(made.outcome, MailOutcome::kSent) << made.reason;
  EXPECT_EQ(made.reply_code, 250);
  EXPECT_EQ(server.envelope(), "sales@example.org anna@example.com ivan@example.com");
  const std::string text = server.received();
  EXPECT_THAT(text, HasSubstr("Message-Id: <trigger-0190@dealog.example>\r\n"));
  EXPECT_THAT(text, HasSubstr("Date: Thu, 05 Mar 2026 09:00:00 +0000\r\n"));
  EXPECT_THAT(text, HasSubstr("<sales@example.org>"));
  EXPECT_THAT(text, HasSubstr(to_base64(mail().attachments[0].bytes)));
  EXPECT_EQ(text, mail_bytes(mail()).value());
}

TEST(SmtpClient, SpeaksTlsAndLogsIn) {
  const Server starttls("starttls");
  EXPECT_EQ(attempt(starttls.address(SmtpSecurity::kStartTls)).outcome, MailOutcome::kSent);
  const Server tls("tls");
  EXPECT_EQ(attempt(tls.address(SmtpSecurity::kTls)).outcome, MailOutcome::kSent);
  const Server login("login");
  auto known = login.address(SmtpSecurity::kStartTls);
  known.user = "user";
  known.password = "secret";
  EXPECT_EQ(attempt(known).outcome, MailOutcome::kSent);
  known.password = "wrong";
  const auto refused = attempt(known);
  EXPECT_EQ(refused.outcome, MailOutcome::kRefused);
  EXPECT_THAT(refused.reason, Not(HasSubstr("wrong")));
}

TEST(SmtpClient, DoesNotTalkToAServerWithoutTheTlsThatItWasTold) {
  const Server plain("accept");
  const auto made = attempt(plain.address(SmtpSecurity::kStartTls));
  EXPECT_EQ(made.outcome, MailOutcome::kNotSent) << made.reason;
  EXPECT_EQ(plain.received(), "");
  // Nor to one whose certificate nobody vouches for.
  const Server other("starttls");
  auto unknown = other.address(SmtpSecurity::kStartTls);
  unknown.ca_file.clear();
  EXPECT_EQ(attempt(unknown).outcome, MailOutcome::kNotSent);
  EXPECT_EQ(other.received(), "");
}

TEST(SmtpClient, TellsWhatWasRefusedForNowAndForGood) {
  const auto outcome = [](const char* mode) { return attempt(Server(mode).address()).outcome; };
  EXPECT_EQ(outcome("refuse-recipient"), MailOutcome::kRefused);
  EXPECT_EQ(outcome("greylist"), MailOutcome::kRefusedNow);
  EXPECT_EQ(outcome("refuse-text"), MailOutcome::kRefused);
  EXPECT_EQ(outcome("busy-text"), MailOutcome::kRefusedNow);
}

TEST(SmtpClient, SendsToAllRecipientsOrToNone) {
  const Server server("refuse-second");
  EXPECT_EQ(attempt(server.address()).outcome, MailOutcome::kRefused);
  EXPECT_EQ(server.received(), "");
}

TEST(SmtpClient, DoesNotKnowWhatBecameOfAMailThatWasNotAnswered) {
  const Server silent("hang");
  auto impatient = silent.address();
  impatient.answer_timeout = std::chrono::seconds(6);
  impatient.whole_timeout = std::chrono::seconds(6);
  EXPECT_EQ(attempt(impatient).outcome, MailOutcome::kUnknown);
  EXPECT_NE(silent.received(), "");  // and it was delivered indeed
  const Server rude("hang-up");
  auto hung_up_on = rude.address();
  hung_up_on.answer_timeout = std::chrono::seconds(6);
  hung_up_on.whole_timeout = std::chrono::seconds(6);
  EXPECT_EQ(attempt(hung_up_on).outcome, MailOutcome::kUnknown);
}

TEST(SmtpClient, GivesUpWithinSecondsWhenItsProcessEnds) {
  const Server silent("hang");
  Interrupt stop;
  auto server = silent.address();  // which would be waited for 20 s
  server.stop = &stop;
  std::thread end([&] {
    while (silent.received().empty()) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    stop.raise();
  });
  const auto start = steady_now();
  EXPECT_EQ(attempt(server).outcome, MailOutcome::kUnknown);
  EXPECT_LT(steady_now() - start, std::chrono::seconds(15));
  end.join();
  // One that is answered at once is not given up.
  const Server quick("accept");
  server.port = quick.port();
  EXPECT_EQ(attempt(server).outcome, MailOutcome::kSent);
}

TEST(SmtpClient, KnowsThatAMailWasNotSentWhenNobodyAnswers) {
  SmtpServer nobody{.host = "localhost", .port = 1, .security = SmtpSecurity::kNone};
  const auto made = attempt(nobody);
  EXPECT_EQ(made.outcome, MailOutcome::kNotSent);
  EXPECT_EQ(made.reply_code, 0);
  nobody.host = "evil host";
  EXPECT_EQ(send_mail(nobody, mail()).error().code, "invalid_server");
}

TEST(MailBytes, AreTheSameForTheSameMail) {
  EXPECT_EQ(mail_bytes(mail()).value(), mail_bytes(mail()).value());
  const std::string text = mail_bytes(mail()).value();
  EXPECT_THAT(text, Not(HasSubstr("\n\n")));  // CR LF throughout
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1)) {
    ASSERT_EQ(text[at - 1], '\r');
  }
}

TEST(MailBytes, CannotBeExtendedByWhatIsInThem) {
  auto hostile = mail();
  hostile.subject = "x\r\nBcc: spy@example.net";
  hostile.from.name = "x\r\nBcc: spy@example.net";
  hostile.attachments[0].name = "x\"\r\nBcc: spy@example.net";
  const std::string text = mail_bytes(hostile).value();
  EXPECT_THAT(text, Not(HasSubstr("\r\nBcc")));
  for (const auto* wrong : {"", "a b@example.com", "a@b\r\nRCPT TO:<c@d.e>", "no-at.example"}) {
    auto addressed = mail();
    addressed.to = {{wrong}};
    EXPECT_EQ(mail_bytes(addressed).error().code, "invalid_mail") << wrong;
  }
  auto unknown = mail();
  unknown.message_id = "x> <y@z";
  EXPECT_EQ(mail_bytes(unknown).error().code, "invalid_mail");
}

TEST(MailBytes, HaveALimit) {
  auto large = mail();
  large.attachments[0].bytes.assign(kMailBytes, 'x');
  EXPECT_EQ(mail_bytes(large).error().code, "mail_too_large");
}

}  // namespace
}  // namespace dealog::outbound
