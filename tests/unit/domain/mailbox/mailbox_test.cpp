#include "libs/domain/mailbox/mailbox.hpp"

#include "dealog/v1/mailbox_events.pb.h"
#include "tests/unit/domain/aggregate_story.hpp"

namespace dealog::mailbox {
namespace {

using MailboxStory = testing::Story<State>;

ReadUpTo up_to(std::uint64_t uid, std::uint64_t uid_validity = 7, std::string folder = "INBOX") {
  return {"src_1", std::move(folder), uid_validity, uid, "dlv_1"};
}

TEST(Mailbox, IsReadFolderByFolder) {
  MailboxStory story;
  story.given(up_to(5)).given(up_to(2, 9, "Sent"));
  EXPECT_TRUE(story.state().has_read("INBOX", 7, 5));
  EXPECT_FALSE(story.state().has_read("INBOX", 7, 6));
  EXPECT_TRUE(story.state().has_read("Sent", 9, 1));
  EXPECT_FALSE(story.state().has_read("Drafts", 7, 1));
}

TEST(Mailbox, NeverGoesBack) {
  MailboxStory story;
  story.given(up_to(5));
  story.when(up_to(5)).then({});
  story.when(up_to(3)).then({});
  story.when(up_to(6)).then({"MailboxRead"});
  EXPECT_EQ(story.event<v1::MailboxRead>().delivery(), "dlv_1");
}

TEST(Mailbox, ThatWasNumberedAnewBeginsAgain) {
  MailboxStory story;
  story.given(up_to(500));
  EXPECT_FALSE(story.state().has_read("INBOX", 8, 1));
  story.when(up_to(1, 8)).then({"MailboxRead"});
  EXPECT_EQ(story.state().folders.at("INBOX").last_uid, 1u);
}

TEST(Mailbox, SaysOnceWhyItCannotBeReadAndOnceThatItCan) {
  MailboxStory story;
  story.when(ConnectMailbox{"src_1"}).then({"MailboxConnected"});
  story.when(ConnectMailbox{"src_1"}).then({});
  story.when(FailMailbox{"src_1", "login_refused"}).then({"MailboxFailed"});
  story.when(FailMailbox{"src_1", "login_refused"}).then({});
  story.when(FailMailbox{"src_1", "timeout"}).then({"MailboxFailed"});
  EXPECT_EQ(story.state().failure, "timeout");
  story.when(ConnectMailbox{"src_1"}).then({"MailboxConnected"});
  EXPECT_TRUE(story.state().connected);
}

}  // namespace
}  // namespace dealog::mailbox
