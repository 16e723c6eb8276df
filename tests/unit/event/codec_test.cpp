#include "libs/event/codec.hpp"

#include <gtest/gtest.h>

#include "dealog/v1/deal_events.pb.h"
#include "dealog/v1/party_events.pb.h"
#include "libs/event/catalogue.hpp"
#include "tests/support/memory_key_ring.hpp"

namespace dealog {
namespace {

using testing::MemoryKeyRing;

const Timestamp kNow = *Timestamp::parse("2026-03-01T09:30:00Z");
const std::string kDeal = DealId(Uuid::derived({}, "deal")).text();

CommandMeta meta() {
  return {.actor = {"user", "usr_1"},
          .now = kNow,
          .command_id = Uuid::derived({}, "command"),
          .fingerprint = "",
          .causation_id = {},
          .correlation_id = {}};
}

v1::TouchRecorded touch(const std::string& note) {
  v1::TouchRecorded message;
  message.set_kind("call");
  message.set_duration_s(61);
  message.set_note(note);
  return message;
}

std::string finished(EncodedEvent event, std::uint64_t position = 1) {
  finish_record(event.bytes, {.log_id = "0123456789abcdef",
                              .position = {position},
                              .version = {position},
                              .recorded = kNow});
  return event.bytes;
}

std::string stored(MemoryKeyRing& keys, NewEvent event) {
  return finished(encode({{kDeal, std::move(event)}}, meta(), keys)->at(0));
}

TEST(EventCodec, ReturnsWhatWasWritten) {
  MemoryKeyRing keys;
  auto event = decode(stored(keys, make_event(touch("promised a call"), {open_tag("tch_1")})),
                      Open::kAll, &keys);
  ASSERT_TRUE(event) << event.error().message;
  EXPECT_EQ(event->type->name, "TouchRecorded");
  EXPECT_EQ(event->stream, kDeal);
  EXPECT_EQ(event->position, Position{1});
  EXPECT_EQ(event->occurred.at, kNow);
  EXPECT_EQ(event->recorded, kNow);
  EXPECT_EQ(event->actor.id, "usr_1");
  EXPECT_EQ(event->correlation_id, event->id);
  EXPECT_TRUE(event->causation_id.is_nil());
  EXPECT_EQ(event->tags, std::vector<std::string>{"tch_1"});
  ASSERT_NE(event->as<v1::TouchRecorded>(), nullptr);
  EXPECT_EQ(event->as<v1::TouchRecorded>()->note(), "promised a call");
  EXPECT_EQ(event->as<v1::TouchRecorded>()->duration_s(), 61u);
  EXPECT_EQ(event->seals[v1::DEAL], SealState::kOpened);
}

TEST(EventCodec, WritesNoSealedTextInTheOpen) {
  MemoryKeyRing keys;
  EXPECT_EQ(stored(keys, make_event(touch("promised a call"))).find("promised"), std::string::npos);
}

TEST(EventCodec, ReadsAnErasedSubjectWithoutAnError) {
  MemoryKeyRing keys;
  const auto bytes = stored(keys, make_event(touch("secret")));
  keys.erase(kDeal);
  auto event = decode(bytes, Open::kAll, &keys);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->seals[v1::DEAL], SealState::kErased);
  EXPECT_EQ(event->as<v1::TouchRecorded>()->note(), "");
  EXPECT_EQ(event->as<v1::TouchRecorded>()->kind(), "call");
}

TEST(EventCodec, TellsALostKeyFromAnErasedOne) {
  MemoryKeyRing keys;
  const auto bytes = stored(keys, make_event(touch("secret")));
  keys.lose(kDeal);
  EXPECT_EQ(decode(bytes, Open::kAll, &keys)->seals[v1::DEAL], SealState::kLost);
}

TEST(EventCodec, LeavesBoxesClosedUnlessAsked) {
  MemoryKeyRing keys;
  auto event = decode(stored(keys, make_event(touch("secret"))), Open::kNothing, nullptr);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->seals[v1::DEAL], SealState::kClosed);
  EXPECT_EQ(event->boxes.size(), 1u);
  v1::TouchRecorded opened;
  EXPECT_EQ(open_box(event->boxes[0], 0, event->id, keys, opened), SealState::kOpened);
  EXPECT_EQ(opened.note(), "secret");
}

TEST(EventCodec, RefusesABoxMovedToAnotherEvent) {
  MemoryKeyRing keys;
  auto event = decode(stored(keys, make_event(touch("secret"))), Open::kNothing, nullptr);
  v1::TouchRecorded opened;
  const auto state = open_box(event->boxes[0], 0, Uuid::derived({}, "another event"), keys, opened);
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().code, "seal_broken");
}

TEST(EventCodec, SealsUnderTheSubjectThatTheEventNames) {
  MemoryKeyRing keys;
  v1::PersonRegistered person;
  person.set_name("Anna");
  NewEvent event = make_event(person);
  event.subject = "per_other";
  auto encoded = encode({{kDeal, event}}, meta(), keys);
  ASSERT_TRUE(encoded);
  ASSERT_EQ(encoded->at(0).fresh_keys.size(), 1u);
  EXPECT_EQ(encoded->at(0).fresh_keys[0].subject, "per_other");
}

TEST(EventCodec, GivesTheFirstEventTheCommandsIdAndDerivesTheOthers) {
  MemoryKeyRing keys;
  const std::vector<StreamEvent> events = {{kDeal, make_event(touch(""))},
                                           {kDeal, make_event(touch(""))}};
  auto first = encode(events, meta(), keys), again = encode(events, meta(), keys);
  EXPECT_EQ(first->at(0).id, meta().command_id);
  EXPECT_NE(first->at(1).id, first->at(0).id);
  EXPECT_EQ(first->at(1).id, again->at(1).id);
}

TEST(EventCodec, LinksACascadeToItsCause) {
  MemoryKeyRing keys;
  NewEvent effect = make_event(touch(""));
  effect.caused_by = 0;
  effect.rule = "invoicing";
  effect.rule_version = 3;
  auto encoded = encode({{kDeal, make_event(touch(""))}, {kDeal, effect}}, meta(), keys);
  auto event = decode(finished(encoded->at(1)), Open::kNothing, nullptr);
  EXPECT_EQ(event->causation_id, encoded->at(0).id);
  EXPECT_EQ(event->causation_depth, 1u);
  EXPECT_EQ(event->correlation_id, encoded->at(0).id);
  EXPECT_EQ(event->rule, "invoicing");
  EXPECT_EQ(event->rule_version, 3u);
}

TEST(EventCodec, RefusesAFactFromTheFuture) {
  MemoryKeyRing keys;
  NewEvent event = make_event(touch(""));
  event.occurred = OccurredAt{.at = kNow + std::chrono::minutes(6), .date = {}, .time_zone = ""};
  const auto encoded = encode({{kDeal, event}}, meta(), keys);
  ASSERT_FALSE(encoded);
  EXPECT_EQ(encoded.error().code, "occurred_in_future");
}

TEST(EventCodec, RefusesAnEventOverItsLimit) {
  MemoryKeyRing keys;
  const auto encoded =
      encode({{kDeal, make_event(touch(std::string(2 << 20, 'x')))}}, meta(), keys);
  ASSERT_FALSE(encoded);
  EXPECT_EQ(encoded.error().code, "event_too_large");
}

TEST(EventCodec, RefusesBytesThatAreNoRecord) {
  EXPECT_EQ(decode("\xff\xff garbage", Open::kNothing, nullptr).error().code, "record_broken");
  EXPECT_EQ(decode("", Open::kNothing, nullptr).error().code, "record_broken");
}

TEST(EventCodec, SealsAndOpensBodies) {
  MemoryKeyRing keys;
  const auto sealed = seal_bytes(*keys.key_for("dlv_1"), "name=Anna", "dlv_1");
  SealState state;
  EXPECT_EQ(open_bytes(sealed.bytes, sealed.key, keys, "dlv_1", &state), "name=Anna");
  EXPECT_FALSE(open_bytes(sealed.bytes, sealed.key, keys, "dlv_2", &state));
  keys.erase("dlv_1");
  EXPECT_EQ(open_bytes(sealed.bytes, sealed.key, keys, "dlv_1", &state), "");
  EXPECT_EQ(state, SealState::kErased);
}

}  // namespace
}  // namespace dealog
