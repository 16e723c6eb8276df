// Stored records and commits rows from any bytes: no crash, and where protobuf reads the same bytes
// as a record too, it finds the same fields.
#include <cstdint>
#include <string_view>

#include "dealog/v1/record.pb.h"
#include "libs/base/assert.hpp"
#include "libs/event/record_view.hpp"
#include "libs/eventlog/log_tables.hpp"
#include "libs/eventlog/record_fields.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);

  const auto fields = dealog::parse_record_fields(bytes);
  dealog::v1::StoredRecord record;
  if (fields && record.ParseFromArray(data, static_cast<int>(size))) {
    DEALOG_ASSERT(fields->format == record.format());
    DEALOG_ASSERT(fields->stream == record.stream());
    DEALOG_ASSERT(fields->event_id == record.event_id());
    DEALOG_ASSERT(fields->type == record.type());
    DEALOG_ASSERT(fields->fingerprint == record.fingerprint());
    DEALOG_ASSERT(fields->tags.size() == static_cast<std::size_t>(record.tags_size()));
    DEALOG_ASSERT(fields->log_id == record.log_id());
    DEALOG_ASSERT(fields->position.value == record.position());
    DEALOG_ASSERT(fields->version.value == record.version());
    DEALOG_ASSERT(fields->recorded.us == record.recorded_us());
    DEALOG_ASSERT(fields->append_index == record.append_index());
    DEALOG_ASSERT(fields->append_count == record.append_count());
  }

  // What is read without a parse is what a parse finds.
  dealog::RecordView plain;
  if (dealog::view_plain_record(bytes, plain)) {
    DEALOG_ASSERT(record.ParseFromArray(data, static_cast<int>(size)));
    DEALOG_ASSERT(plain.stream == record.stream());
    DEALOG_ASSERT(plain.occurred_us == record.occurred().at_us());
    DEALOG_ASSERT(plain.actor_id == record.actor().id());
    DEALOG_ASSERT(plain.payload == record.payload());
    DEALOG_ASSERT(plain.tags.size() == static_cast<std::size_t>(record.tags_size()));
    DEALOG_ASSERT(plain.boxes.size() == static_cast<std::size_t>(record.boxes_size()));
    for (int i = 0; i < record.boxes_size(); ++i) {
      const auto& box = plain.boxes[static_cast<std::size_t>(i)];
      DEALOG_ASSERT(box.key_id == record.boxes(i).key_id());
      DEALOG_ASSERT(box.ciphertext == record.boxes(i).ciphertext());
    }
    DEALOG_ASSERT(plain.subject == record.subject());
    DEALOG_ASSERT(plain.position == record.position());
    DEALOG_ASSERT(plain.append_count == record.append_count());
  }

  if (size >= 8) {
    const auto commit = dealog::parse_commit(bytes.substr(0, 8), bytes.substr(8));
    if (commit) {
      DEALOG_ASSERT(commit->first <= commit->last);
      DEALOG_ASSERT(commit->frontier.leaves() == commit->last.value);
      static_cast<void>(commit->frontier.root());
    }
  }
  return 0;
}
