// Messages and mails that arrive by themselves.
#include "libs/command/use_cases/conversations.hpp"

#include "tests/unit/command/workshop.hpp"

namespace dealog {
namespace {

using use_cases::ArrivedTouch;
using use_cases::OnOpenDeal;
using use_cases::PlacedTouch;
using Names = std::vector<std::string>;

struct ConversationsTest : ::testing::Test {
  ConversationsTest() { shop.publish_web_studio(); }

  ArrivedTouch message(std::string id, std::string chat) {
    ArrivedTouch made{.open = {.deal = {.title = "Chat", .source = "src_bot"},
                               .person = use_cases::PersonInput{.name = "Anna"},
                               .on_open_deal = OnOpenDeal::kTouch,
                               .touch = deal::RecordTouch{.kind = "message",
                                                          .direction = "in",
                                                          .outcome = "received",
                                                          .said = "Hello",
                                                          .id = touch_id(id)}},
                      .threads = {"chat:" + chat}};
    return made;
  }
  static TouchId touch_id(const std::string& id) { return TouchId(Uuid::derived({}, id)); }
  PlacedTouch place(const ArrivedTouch& made) {
    return shop.must([&](Unit& unit) { return use_cases::place_touch(unit, made); });
  }
  bool amend(const use_cases::MessageNews& news) {
    return shop.must([&](Unit& unit) { return use_cases::amend_message(unit, news); });
  }
  void lose(const DealId& deal) {
    ASSERT_TRUE(shop.change(deal, deal::LoseDeal{.reason = "no_answer"}));
  }

  Workshop shop;
};

TEST_F(ConversationsTest, AChatOfSomebodyWithoutContactsStaysInOneDeal) {
  const auto first = place(message("m1", "42"));
  EXPECT_TRUE(first.opened);
  const auto second = place(message("m2", "42"));
  EXPECT_EQ(second.deal, first.deal);
  EXPECT_EQ(second.person, first.person);
  EXPECT_NE(place(message("m3", "43")).deal, first.deal);
}

TEST_F(ConversationsTest, TheSameMessageFromTwoSourcesIsOneTouch) {
  const auto first = place(message("m1", "42"));
  const auto head = shop.log.head();
  const auto again = place(message("m1", "42"));
  EXPECT_TRUE(again.known);
  EXPECT_EQ(again.deal, first.deal);
  EXPECT_EQ(shop.log.head(), head);
}

TEST_F(ConversationsTest, AfterTheDealIsClosedTheSamePersonHasANewOne) {
  const auto first = place(message("m1", "42"));
  lose(first.deal);
  const auto second = place(message("m2", "42"));
  EXPECT_NE(second.deal, first.deal);
  EXPECT_EQ(second.person, first.person);
}

TEST_F(ConversationsTest, AnAnswerToAMailJoinsItsDealWhoeverWrites) {
  ArrivedTouch mail = message("mail-1", "");
  mail.threads = {"mail:<1@a>"};
  const auto first = place(mail);
  ArrivedTouch answer = message("mail-2", "");
  answer.threads = {"mail:<2@b>"};
  answer.answers = {"mail:<0@a>", "mail:<1@a>"};
  answer.open.person = use_cases::PersonInput{.contacts = {{"email", "boss@example.ru"}}};
  EXPECT_EQ(place(answer).deal, first.deal);
}

TEST_F(ConversationsTest, WhatBelongsToNoOpenDealMayBeLeftAlone) {
  ArrivedTouch sent = message("m1", "42");
  sent.open.on_open_deal = OnOpenDeal::kTouchOnly;
  sent.open.person = {};
  const auto head = shop.log.head();
  EXPECT_TRUE(place(sent).deal.is_nil());
  EXPECT_EQ(shop.log.head(), head);
}

TEST_F(ConversationsTest, WhatBecameOfAMessageNeverGoesBack) {
  ArrivedTouch sent = message("m1", "42");
  sent.open.touch->direction = "out";
  sent.open.touch->outcome = "sent";
  place(sent);
  const auto head = shop.log.head();
  EXPECT_TRUE(amend({.touch = touch_id("m1"), .outcome = "delivered"}));
  EXPECT_TRUE(amend({.touch = touch_id("m1"), .outcome = "sent"}));
  EXPECT_TRUE(amend({.touch = touch_id("m1"), .outcome = "delivered"}));
  EXPECT_EQ(shop.event_names(head.next()), Names{"TouchAmended"});
  EXPECT_TRUE(amend({.touch = touch_id("m1"), .said = "Hello again"}));
  EXPECT_EQ(shop.event_names(head.next()), (Names{"TouchAmended", "TouchAmended"}));
  EXPECT_FALSE(amend({.touch = touch_id("unknown"), .outcome = "sent"}));
}

TEST_F(ConversationsTest, WordsAreTheirsAndGoWithThem) {
  const auto placed = place(message("m1", "42"));
  std::size_t records = 0, plain = 0;
  ASSERT_TRUE(shop.log.read_stream(placed.deal.text(), StreamVersion{1}, Direction::kForward, 100,
                                   [&](const StoredEvent& stored) {
                                     ++records;
                                     if (stored.record.find("Hello") != SIZE_MAX) ++plain;
                                     return true;
                                   }));
  EXPECT_GT(records, 1u);
  EXPECT_EQ(plain, 0u);
}

}  // namespace
}  // namespace dealog
