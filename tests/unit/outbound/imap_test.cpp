// IMAP against a server whose lines stand in the test.
#include <deque>

#include <gtest/gtest.h>

#include "libs/outbound/imap/folder_name.hpp"
#include "libs/outbound/imap/session.hpp"

namespace dealog::outbound::imap {
namespace {

// Answers each line that is sent with the next of its answers; "#" in them is the line's tag.
class ScriptedServer final : public ByteStream {
 public:
  explicit ScriptedServer(std::vector<std::string> answers)
      : answers_(answers.begin(), answers.end()) {}

  Result<void> send(std::string_view bytes) override {
    asked.emplace_back(bytes.substr(0, bytes.find('\r')));
    const auto blank = asked.back().find(' ');
    if (blank != std::string::npos) tag_ = asked.back().substr(0, blank);
    if (answers_.empty()) return {};
    for (const char c : answers_.front()) waiting_ += c == '#' ? tag_ : std::string(1, c);
    answers_.pop_front();
    return {};
  }
  // Byte by byte: nothing may depend on how a network cuts.
  Result<std::string> receive(std::chrono::milliseconds) override {
    if (waiting_.empty()) {
      return fail(ErrorKind::kUnavailable, "connection_lost", "the script is over");
    }
    std::string one(1, waiting_.front());
    waiting_.erase(0, 1);
    return one;
  }

  std::vector<std::string> asked;

 private:
  std::deque<std::string> answers_;
  std::string waiting_, tag_;
};

constexpr std::size_t kMailBytes = 1000;

struct Talk {
  explicit Talk(std::vector<std::string> answers)
      : server(std::move(answers)), session(server, kMailBytes) {}
  ScriptedServer server;
  Session session;
};

TEST(ImapSession, FindsFoldersAndTheOneOfSentMails) {
  Talk talk(
      {"* LIST (\\HasNoChildren) \"/\" INBOX\r\n"
       "* LIST (\\Noselect \\HasChildren) \"/\" \"[Gmail]\"\r\n"
       "* LIST (\\HasNoChildren \\Sent) \"/\" {8}\r\n[Gmail]x\r\n"
       "* LIST (\\sent) NIL \"a \\\"b\\\"\"\r\n# OK done\r\n"});
  const auto folders = talk.session.folders().value();
  ASSERT_EQ(folders.size(), 3u);
  EXPECT_EQ(folders[0].name, "INBOX");
  EXPECT_FALSE(folders[0].is_sent);
  EXPECT_EQ(folders[1].name, "[Gmail]x");
  EXPECT_TRUE(folders[1].is_sent);
  EXPECT_EQ(folders[2].name, "a \"b\"");
}

TEST(ImapSession, OpensAFolderWithoutChangingIt) {
  Talk talk(
      {"* 3 EXISTS\r\n* OK [UIDVALIDITY 3857529045] UIDs valid\r\n"
       "* OK [UIDNEXT 4392] Predicted\r\n# OK [READ-ONLY] EXAMINE completed\r\n",
       "# NO [NONEXISTENT] no such folder\r\n"});
  const auto open = talk.session.open("a \"b\"").value();
  EXPECT_EQ(open.uid_validity, 3857529045u);
  EXPECT_EQ(open.uid_next, 4392u);
  EXPECT_EQ(talk.server.asked[0], "d1 EXAMINE \"a \\\"b\\\"\"");
  EXPECT_EQ(talk.session.open("b").error().code, "folder_missing");
}

TEST(ImapSession, SearchesAboveAUidAndSinceADay) {
  Talk talk(
      {"* SEARCH 12 9 10\r\n* SEARCH 12 7\r\n# OK done\r\n", "# OK nothing\r\n", "# BAD what\r\n"});
  EXPECT_EQ(talk.session.mails_after(8, Date::of(2026, 3, 1)).value(),
            (std::vector<std::uint64_t>{9, 10, 12}));
  EXPECT_EQ(talk.server.asked[0], "d1 UID SEARCH UID 9:* SINCE 1-Mar-2026");
  EXPECT_TRUE(talk.session.mails_after(8, std::nullopt).value().empty());
  EXPECT_EQ(talk.session.mails_after(8, std::nullopt).error().code, "server_refused");
}

TEST(ImapSession, AsksForSizesAndTakesAMailAsItIs) {
  Talk talk(
      {"* 1 FETCH (UID 9 RFC822.SIZE 12)\r\n* 2 FETCH (FLAGS (\\Seen) UID 77)\r\n"
       "* 3 FETCH (RFC822.SIZE 70 UID 10)\r\n# OK done\r\n",
       "* 4 EXISTS\r\n* 1 FETCH (UID 9 BODY[] {12}\r\nA: b\r\n\r\n(\")\x01)\r\n# OK done\r\n",
       "* 1 FETCH (UID 9 BODY[HEADER] \"A: b\")\r\n# OK done\r\n", "# OK gone\r\n"});
  const auto sizes = talk.session.sizes({9, 10, 11}).value();
  ASSERT_EQ(sizes.size(), 2u);
  EXPECT_EQ(sizes[1].uid, 10u);
  EXPECT_EQ(sizes[1].bytes, 70u);
  EXPECT_EQ(talk.session.mail(9).value().value(), "A: b\r\n\r\n(\")\x01");
  EXPECT_EQ(talk.server.asked[1], "d2 UID FETCH 9 (UID BODY.PEEK[])");
  EXPECT_EQ(talk.session.header(9).value().value(), "A: b");
  EXPECT_FALSE(talk.session.mail(10).value().has_value());
}

TEST(ImapSession, WaitsByIdleForNews) {
  Talk talk({"+ idling\r\n* OK still here\r\n* 5 EXISTS\r\n", "# OK done\r\n"});
  EXPECT_TRUE(talk.session.idle(std::chrono::minutes(1)).value());
  EXPECT_EQ(talk.server.asked, (std::vector<std::string>{"d1 IDLE", "DONE"}));
}

TEST(ImapSession, NewsThatCameMeanwhileAreNotWaitedFor) {
  Talk talk({"# OK opened\r\n", "* 9 EXISTS\r\n# OK done\r\n", "+ idling\r\n"});
  ASSERT_TRUE(talk.session.open("INBOX"));
  ASSERT_TRUE(talk.session.mails_after(1, std::nullopt));
  EXPECT_TRUE(talk.session.idle(std::chrono::minutes(1)).value());
  EXPECT_EQ(talk.server.asked.size(), 2u);
}

TEST(ImapSession, IdleMayBeRefused) {
  Talk talk({"# BAD unknown command\r\n"});
  EXPECT_EQ(talk.session.idle(std::chrono::minutes(1)).error().code, "server_refused");
}

TEST(ImapSession, KnowsWhatAServerCan) {
  Talk talk({"* CAPABILITY IMAP4rev1 idle UIDPLUS\r\n# OK done\r\n",
             "* CAPABILITY IMAP4rev1\r\n# OK done\r\n"});
  EXPECT_TRUE(talk.session.can("IDLE").value());
  EXPECT_FALSE(talk.session.can("IDLE").value());
}

TEST(ImapSession, EndsWithAServerThatSaysGoodbyeOrGoesAway) {
  EXPECT_EQ(Talk({"* BYE maintenance\r\n"}).session.look().error().code, "connection_lost");
  EXPECT_EQ(Talk({}).session.look().error().code, "connection_lost");
}

TEST(ImapSession, TakesNoMoreThanItsLimits) {
  const auto refusal = [](std::string answer) {
    return Talk({std::move(answer)}).session.mail(9).error().code;
  };
  EXPECT_EQ(refusal("* 1 FETCH (UID 9 BODY[] {99999999999999999999}\r\n"), "answer_too_large");
  EXPECT_EQ(refusal("* 1 FETCH (UID 9 BODY[] {200000}\r\n"), "answer_too_large");
  EXPECT_EQ(refusal("* 1 FETCH (UID 9 BODY[] \"no end\r\n# OK\r\n"), "answer_not_understood");
  EXPECT_EQ(refusal("* 1 FETCH " + std::string(100, '(') + "\r\n"), "answer_not_understood");
  EXPECT_EQ(refusal("* 1 FETCH (UID 9))\r\n"), "answer_not_understood");
  ResponseReader reader(10);
  EXPECT_EQ(reader.feed(std::string(kResponseTextBytes + 1, 'x')).error().code, "answer_too_large");
}

TEST(ImapResponse, ReadsCodesAndBrackets) {
  auto response = parse_response({"* OK [PERMANENTFLAGS (\\Seen \\*)] Limited", {}});
  EXPECT_TRUE(response.is("OK"));
  EXPECT_EQ(response.code, "PERMANENTFLAGS");
  EXPECT_EQ(response.code_value, "(\\Seen \\*)");
  response = parse_response({"* 2 fetch (BODY[HEADER.FIELDS (DATE TO)] NIL \"UID\" 4)", {}});
  EXPECT_EQ(response.number, 2u);
  const auto values = take_values(response).value();
  ASSERT_EQ(values.size(), 1u);
  EXPECT_EQ(values[0].items.size(), 4u);
  EXPECT_EQ(values[0].items[0].text, "BODY[HEADER.FIELDS (DATE TO)]");
  EXPECT_EQ(values[0].items[1].kind, Value::Kind::kNil);
}

TEST(FolderName, IsModifiedUtf7) {
  EXPECT_EQ(folder_name("INBOX"), "INBOX");
  EXPECT_EQ(folder_name("R&D"), "R&-D");
  EXPECT_EQ(folder_name("Отправленные"), "&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-");
  // The example of RFC 3501.
  EXPECT_EQ(folder_name("~peter/mail/台北/日本語"), "~peter/mail/&U,BTFw-/&ZeVnLIqe-");
  EXPECT_EQ(folder_name("📥"), "&2D3c5Q-");
}

}  // namespace
}  // namespace dealog::outbound::imap
