#include "libs/event/record_view.hpp"

#include <random>

#include <gtest/gtest.h>

#include "dealog/v1/deal_events.pb.h"
#include "libs/base/encoding.hpp"
#include "libs/event/codec.hpp"
#include "tests/support/memory_key_ring.hpp"

namespace dealog {
namespace {

const Timestamp kNow = *Timestamp::parse("2026-03-01T09:30:00Z");

// A record with every field that the codec can write.
std::string full_record(const std::string& tag = "tsk_1") {
  testing::MemoryKeyRing keys;
  v1::TouchRecorded touch;
  touch.set_kind("call");
  touch.set_note("promised a call");
  NewEvent event = make_event(std::move(touch), {open_tag(tag), open_tag("tch_1")});
  event.occurred = OccurredAt{kNow, *Date::parse("2026-03-01"), "Europe/Berlin"};
  event.subject = "per_1";
  event.amends = Uuid::derived({}, "amended");
  event.rule = "rul_1";
  event.rule_version = 300;
  const CommandMeta meta{.actor = {"user", "usr_1"},
                         .now = kNow,
                         .command_id = Uuid::derived({}, "command"),
                         .fingerprint = std::string("\xff\0\x80", 3),
                         .causation_id = Uuid::derived({}, "cause"),
                         .correlation_id = Uuid::derived({}, "first cause"),
                         .causation_depth = 3};
  auto record = encode({{"deal_1", std::move(event)}}, meta, keys)->at(0).bytes;
  finish_record(record, {.log_id = "0123456789abcdef",
                         .position = {1ULL << 40},
                         .version = {7},
                         .recorded = kNow,
                         .append_index = 130,
                         .append_count = 131});
  return record;
}

// Every field of the view as text, so that a difference shows.
std::string text_of(const RecordView& view) {
  v1::StoredRecord record;
  record.set_format(view.format);
  record.set_stream(view.stream.data(), view.stream.size());
  record.set_event_id(view.event_id.data(), view.event_id.size());
  record.set_type(view.type);
  record.set_schema_version(view.schema_version);
  record.mutable_occurred()->set_at_us(view.occurred_us);
  record.mutable_occurred()->set_date(std::string(view.occurred_date));
  record.mutable_occurred()->set_time_zone(std::string(view.occurred_zone));
  record.mutable_actor()->set_kind(std::string(view.actor_kind));
  record.mutable_actor()->set_id(std::string(view.actor_id));
  record.set_rule(std::string(view.rule));
  record.set_rule_version(view.rule_version);
  record.set_correlation_id(std::string(view.correlation_id));
  record.set_causation_id(std::string(view.causation_id));
  record.set_causation_depth(view.causation_depth);
  record.set_amends(std::string(view.amends));
  record.set_fingerprint(std::string(view.fingerprint));
  for (const auto tag : view.tags) record.add_tags(std::string(tag));
  record.set_payload(std::string(view.payload));
  for (const auto& box : view.boxes) {
    auto& stored = *record.add_boxes();
    stored.set_algorithm(box.algorithm);
    stored.set_key_id(box.key_id);
    stored.set_nonce(std::string(box.nonce));
    stored.set_ciphertext(std::string(box.ciphertext));
    stored.set_privacy(box.privacy);
  }
  record.set_subject(std::string(view.subject));
  record.set_workspace(view.workspace);
  record.set_log_id(std::string(view.log_id));
  record.set_position(view.position);
  record.set_version(view.version);
  record.set_recorded_us(view.recorded_us);
  record.set_append_index(view.append_index);
  record.set_append_count(view.append_count);
  return record.ShortDebugString();
}

// What protobuf makes of the bytes; nothing when it refuses them.
std::optional<std::string> parsed_text(const std::string& bytes) {
  v1::StoredRecord record;
  if (!record.ParseFromString(bytes)) return std::nullopt;
  RecordView view;
  view_parsed_record(record, view);
  return text_of(view);
}

TEST(RecordView, SeesEveryFieldThatTheCodecWrites) {
  const auto bytes = full_record();
  RecordView view;
  ASSERT_TRUE(view_plain_record(bytes, view));
  EXPECT_EQ(text_of(view), parsed_text(bytes));
  EXPECT_EQ(view.tags.size(), 2u);
  EXPECT_EQ(view.boxes.size(), 1u);
  EXPECT_EQ(view.append_count, 131u);
}

TEST(RecordView, KeepsNothingOfTheRecordBefore) {
  RecordView view;
  const auto bytes = full_record();
  ASSERT_TRUE(view_plain_record(bytes, view));
  ASSERT_TRUE(view_plain_record("", view));
  EXPECT_EQ(text_of(view), parsed_text(""));
}

TEST(RecordView, LeavesToProtobufWhatIsNotWrittenAsWeWrite) {
  RecordView view;
  EXPECT_FALSE(view_plain_record(full_record("счёт:17"), view)) << "text beyond ASCII";
  EXPECT_FALSE(view_plain_record(full_record() + full_record(), view)) << "fields twice";
  std::string unknown = full_record();
  unknown += "\xf0\x07\x01";  // field 126, a number
  EXPECT_FALSE(view_plain_record(unknown, view));
  EXPECT_TRUE(parsed_text(unknown));
  EXPECT_FALSE(view_plain_record(full_record().substr(0, 100), view)) << "cut";
}

TEST(RecordView, DecodesTheSameEitherWay) {
  auto other = full_record();
  other += "\xf0\x07\x01";
  const auto plain = decode(full_record("счёт:17"), Open::kNothing, nullptr);
  const auto parsed = decode(other, Open::kNothing, nullptr);
  ASSERT_TRUE(plain && parsed);
  EXPECT_EQ(plain->tags.front(), "счёт:17");
  EXPECT_EQ(parsed->stream, "deal_1");
  EXPECT_EQ(parsed->subject, "per_1");
  EXPECT_EQ(parsed->occurred.time_zone, "Europe/Berlin");
  EXPECT_EQ(parsed->causation_depth, 3u);
  EXPECT_EQ(parsed->seals[v1::DEAL], SealState::kClosed);
}

// Damaged in any way, the two agree or the quick one leaves it to the other.
TEST(RecordView, NeverSeesAnythingElseThanProtobufDoes) {
  std::mt19937_64 random(20260301);
  const auto whole = full_record();
  RecordView view;
  std::size_t seen = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = whole;
    for (std::uint64_t i = random() % 3 + 1; i > 0; --i) {
      const auto at = random() % bytes.size();
      switch (random() % 3) {
        case 0:
          bytes[at] = static_cast<char>(random());
          break;
        case 1:
          bytes.erase(at, random() % 4);
          break;
        default:
          bytes.insert(at, 1, static_cast<char>(random()));
      }
      if (bytes.empty()) break;
    }
    if (!view_plain_record(bytes, view)) continue;
    ++seen;
    ASSERT_EQ(text_of(view), parsed_text(bytes)) << "round " << round << " " << to_hex(bytes);
  }
  EXPECT_GT(seen, 200u);
}

}  // namespace
}  // namespace dealog
