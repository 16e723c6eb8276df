#include "libs/eventlog/record_fields.hpp"

#include <gtest/gtest.h>

#include "tests/unit/eventlog/log_fixtures.hpp"

namespace dealog::testing {
namespace {

std::string finished_record() {
  auto encoded = event({.stream = "deal_1",
                        .id = 7,
                        .fingerprint = "print",
                        .open_tags = {"tsk_1", "per_1"},
                        .box_key = 3});
  const std::string log_id(16, 'L');
  finish_record(encoded.bytes, {.log_id = log_id,
                                .position = {300},
                                .version = {5},
                                .recorded = kNoon,
                                .append_index = 2,
                                .append_count = 200});
  return encoded.bytes;
}

TEST(RecordFields, FindsWhatTheLogNeeds) {
  const auto record = finished_record();
  const auto fields = parse_record_fields(record);
  ASSERT_TRUE(fields.has_value());
  EXPECT_EQ(fields->format, 1U);
  EXPECT_EQ(fields->stream, "deal_1");
  EXPECT_EQ(fields->event_id, id_of(7).view());
  EXPECT_EQ(fields->type, 1U);
  EXPECT_EQ(fields->fingerprint, "print");
  EXPECT_EQ(fields->tags, (std::vector<std::string_view>{"tsk_1", "per_1"}));
  EXPECT_EQ(fields->log_id, std::string(16, 'L'));
  EXPECT_EQ(fields->position, Position{300});
  EXPECT_EQ(fields->version, StreamVersion{5});
  EXPECT_EQ(fields->recorded, kNoon);
  EXPECT_EQ(fields->append_index, 2U);
  EXPECT_EQ(fields->append_count, 200U);
}

TEST(RecordFields, RefusesARecordThatEndsWithinAField) {
  const auto record = finished_record();
  v1::StoredRecord parsed;
  for (std::size_t size = 0; size < record.size(); ++size) {
    const std::string_view cut(record.data(), size);
    EXPECT_EQ(parse_record_fields(cut).has_value(),
              parsed.ParseFromArray(cut.data(), static_cast<int>(cut.size())))
        << size;
  }
}

TEST(RecordFields, RefusesWhatIsNoRecord) {
  for (const std::string& broken :
       {std::string("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), std::string("\x12\x7f", 2),
        std::string("\x10\x01"), std::string("\x0b"), std::string("\xa9\x01\x00", 3)}) {
    const auto fields = parse_record_fields(broken);
    ASSERT_FALSE(fields.has_value());
    EXPECT_EQ(fields.error().code, "record_broken");
  }
}

}  // namespace
}  // namespace dealog::testing
