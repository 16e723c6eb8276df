#include "libs/domain/delivery/delivery.hpp"

#include "tests/unit/domain/aggregate_story.hpp"

namespace dealog::delivery {
namespace {

using DeliveryStory = testing::Story<State>;

ReceiveDelivery form() {
  ReceiveDelivery command;
  command.source = "src_1";
  command.method = "POST";
  command.delivery_key_hash = "ab";
  command.body_key = 7;
  return command;
}
v1::DeliveryResult result(std::string person) {
  v1::DeliveryResult made;
  made.set_person(std::move(person));
  return made;
}

TEST(Delivery, IsPendingUntilItIsUnderstood) {
  DeliveryStory story;
  story.when(form()).then({"DeliveryReceived"});
  EXPECT_EQ(story.tags(), std::vector<Tag>{delivery_tag("src_1", "ab")});
  EXPECT_EQ(story.state().status, Status::kPending);
  EXPECT_EQ(story.state().body_key, 7u);
  EXPECT_FALSE(story.state().received_event.is_nil());
  story.when(form()).then_refused("delivery_exists");
}

TEST(Delivery, WhatWasMadeOfItIsFoundByItsPeople) {
  DeliveryStory story;
  story.given(form());
  story.when(AcceptDelivery{1, {result("per_1"), result("per_1"), result("")}, "[]"})
      .then({"DeliveryAccepted"});
  EXPECT_EQ(story.tags(), std::vector<Tag>{open_tag("per_1")});
  EXPECT_EQ(story.state().status, Status::kAccepted);
  EXPECT_EQ(story.state().results.size(), 3u);
  story.when(IgnoreDelivery{1, "spam"}).then_refused("delivery_settled");
}

TEST(Delivery, AQuarantinedOneMayBeReplayedAndAccepted) {
  DeliveryStory story;
  story.given(form()).given(QuarantineDelivery{1, "no_field", "there is no phone"});
  EXPECT_EQ(story.state().status, Status::kQuarantined);
  EXPECT_EQ(story.state().reason, "there is no phone");
  story.when(ReplayDelivery{}).then({"DeliveryReplayed"});
  EXPECT_EQ(story.state().status, Status::kPending);
  EXPECT_EQ(story.state().replays, 1u);
  story.when(ReplayDelivery{}).then_refused("delivery_pending");
  story.when(AcceptDelivery{2, {}, "[]"}).then({"DeliveryAccepted"});
  EXPECT_EQ(story.state().code, "");
  story.when(ReplayDelivery{}).then({"DeliveryReplayed"});
}

TEST(Delivery, ADuplicateIsOneSmallEventAndIsNotReplayed) {
  DeliveryStory story;
  story.when(RepeatDelivery{"src_1", "dlv_1"}).then({"DeliveryRepeated"});
  EXPECT_TRUE(story.tags().empty());
  EXPECT_EQ(story.state().status, Status::kDuplicate);
  story.when(ReplayDelivery{}).then_refused("delivery_duplicate");
  story.when(AcceptDelivery{}).then_refused("delivery_settled");
}

TEST(Delivery, NeedsACodeToBeSetAside) {
  DeliveryStory story;
  story.given(form());
  story.when(QuarantineDelivery{}).then_invalid({"/code"});
  story.when(IgnoreDelivery{}).then_invalid({"/code"});
  story.when(IgnoreDelivery{1, "honeypot"}).then({"DeliveryIgnored"});
  EXPECT_EQ(name_of(story.state().status), "ignored");
  DeliveryStory().when(AcceptDelivery{}).then_refused("delivery_not_found");
}

}  // namespace
}  // namespace dealog::delivery
