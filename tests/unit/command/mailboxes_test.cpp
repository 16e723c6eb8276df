// Mails of a mailbox: the delivery and the bookmark are one append.
#include "libs/command/use_cases/mailboxes.hpp"

#include "libs/command/use_cases/sources.hpp"
#include "tests/unit/command/workshop.hpp"

namespace dealog {
namespace {

using Names = std::vector<std::string>;

const SourceId kSource(Uuid::derived({}, "source"));

Result<Outcome> receive(Workshop& shop, std::uint64_t uid, std::string key,
                        std::uint64_t uid_validity = 7) {
  return shop.bus().run(shop.request(mailbox::mailbox_of(kSource).text()), [&](Unit& unit) {
    return use_cases::receive_mail(unit, {kSource, "INBOX", uid_validity, uid},
                                   {.source = kSource.text(),
                                    .method = "FETCH",
                                    .suffix = {},
                                    .content_type = "message/rfc822",
                                    .headers = {},
                                    .query = {},
                                    .remote_ip = {},
                                    .body = "Subject: x\r\n\r\n",
                                    .delivery_key = key});
  });
}

TEST(Mailboxes, AMailAndItsBookmarkAreOneAppend) {
  Workshop shop;
  ASSERT_TRUE(receive(shop, 5, "email:<a>"));
  EXPECT_EQ(shop.event_names(), (Names{"DeliveryReceived", "MailboxRead"}));
  const auto state = shop.state<mailbox::State>(mailbox::mailbox_of(kSource).text());
  EXPECT_EQ(state->folders.at("INBOX").last_uid, 5u);
}

TEST(Mailboxes, AMailThatIsBehindTheBookmarkIsNothing) {
  Workshop shop;
  ASSERT_TRUE(receive(shop, 5, "email:<a>"));
  shop.restart();
  ASSERT_TRUE(receive(shop, 5, "email:<a>"));
  ASSERT_TRUE(receive(shop, 4, "email:<b>"));
  EXPECT_EQ(shop.event_names(), (Names{"DeliveryReceived", "MailboxRead"}));
}

TEST(Mailboxes, AMailThatIsSeenAgainUnderAnotherNumberIsARepetition) {
  Workshop shop;
  ASSERT_TRUE(receive(shop, 5, "email:<a>"));
  ASSERT_TRUE(receive(shop, 1, "email:<a>", 8));
  EXPECT_EQ(shop.event_names(),
            (Names{"DeliveryReceived", "MailboxRead", "DeliveryRepeated", "MailboxRead"}));
}

TEST(Mailboxes, AreReportedOnceForEachReason) {
  Workshop shop;
  for (const auto* code : {"timeout", "timeout", "login_refused", "", ""}) {
    ASSERT_TRUE(shop.bus().run(shop.request(), [&](Unit& unit) {
      return use_cases::report_mailbox(unit, kSource, code);
    }));
  }
  EXPECT_EQ(shop.event_names(), (Names{"MailboxFailed", "MailboxFailed", "MailboxConnected"}));
}

}  // namespace
}  // namespace dealog
