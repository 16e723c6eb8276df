#include "libs/event/json_form.hpp"

#include <gtest/gtest.h>

#include "dealog/v1/deal_events.pb.h"
#include "libs/event/catalogue.hpp"
#include "libs/event/codec.hpp"
#include "tests/support/memory_key_ring.hpp"

namespace dealog {
namespace {

const Timestamp kNow = *Timestamp::parse("2026-03-01T09:30:00Z");

class EventJson : public ::testing::Test {
 protected:
  EventJson() {
    v1::DealOpened opened;
    opened.set_title("New site");
    opened.set_stage("incoming");
    opened.mutable_amount()->set_minor(13000050);
    opened.mutable_amount()->set_currency("RUB");
    opened.set_stuck_at(kNow.us);
    (*opened.mutable_campaign())["utm_source"] = "search";
    const CommandMeta meta{.actor = {"user", "usr_1"},
                           .now = kNow,
                           .command_id = Uuid::derived({}, "command"),
                           .fingerprint = "",
                           .causation_id = {},
                           .correlation_id = {}};
    auto encoded = encode({{"deal_1", make_event(opened)}}, meta, keys_);
    bytes_ = encoded->at(0).bytes;
    finish_record(
        bytes_, {.log_id = "0123456789abcdef", .position = {7}, .version = {1}, .recorded = kNow});
  }

  boost::json::object data(PersonalView view) {
    auto event = decode(bytes_, Open::kAll, &keys_);
    return to_json(*event, view).at("data").as_object();
  }

  dealog::testing::MemoryKeyRing keys_;
  std::string bytes_;
};

TEST_F(EventJson, HasTheEnvelopeOfTheContract) {
  const auto json = to_json(*decode(bytes_, Open::kAll, &keys_), PersonalView::kShown);
  EXPECT_EQ(json.at("position").to_number<int>(), 7);
  EXPECT_EQ(json.at("version").to_number<int>(), 1);
  EXPECT_EQ(json.at("type").as_string(), "DealOpened");
  EXPECT_EQ(json.at("stream").as_string(), "deal_1");
  EXPECT_EQ(json.at("occurred_at").as_string(), "2026-03-01T09:30:00.000000Z");
  EXPECT_EQ(json.at("actor").at("kind").as_string(), "user");
  EXPECT_TRUE(json.at("event_id").as_string().starts_with("evt_"));
  EXPECT_FALSE(json.contains("causation_id"));
}

TEST_F(EventJson, ShowsMoneyTimesAndMapsAsPeopleReadThem) {
  const auto shown = data(PersonalView::kShown);
  EXPECT_EQ(shown.at("amount"),
            (boost::json::object{{"amount", "130000.50"}, {"currency", "RUB"}}));
  EXPECT_EQ(shown.at("stuck_at").as_string(), "2026-03-01T09:30:00.000000Z");
  EXPECT_EQ(shown.at("campaign").at("utm_source").as_string(), "search");
  EXPECT_EQ(shown.at("title").as_string(), "New site");
  EXPECT_FALSE(shown.contains("answer_by"));
}

TEST_F(EventJson, MasksSealedFieldsForThoseWithoutTheRight) {
  const auto masked = data(PersonalView::kMasked);
  EXPECT_EQ(masked.at("title"), (boost::json::object{{"masked", true}}));
  EXPECT_EQ(masked.at("stage").as_string(), "incoming");
}

TEST_F(EventJson, SaysErasedWhenTheKeyIsGone) {
  keys_.erase("deal_1");
  EXPECT_EQ(data(PersonalView::kShown).at("title"), (boost::json::object{{"erased", true}}));
}

}  // namespace
}  // namespace dealog
