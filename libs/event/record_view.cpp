#include "libs/event/record_view.hpp"

#include <cstring>

#include "libs/event/wire_reader.hpp"

namespace dealog {
namespace {

// A key or a size may be spelled with more bytes than it needs, within bounds that are protobuf's.
constexpr std::size_t kKeyBytes = 2;
constexpr std::size_t kSizeBytes = 4;

bool is_ascii(std::string_view text) {
  std::uint64_t bits = 0;
  for (; text.size() >= 8; text.remove_prefix(8)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), sizeof word);
    bits |= word;
  }
  for (const char c : text) bits |= static_cast<std::uint8_t>(c);
  return (bits & 0x8080808080808080U) == 0;
}

// Reads the fields of one message, which must come in the order of their numbers; a repeated one
// may come again. Once something is not as expected, nothing is read any more and `plain` is false.
class PlainReader {
 public:
  explicit PlainReader(std::string_view bytes) : reader_(bytes) {}

  // The next field's key, or 0 at the end and after a failure.
  std::uint64_t next_key(std::uint64_t repeated_a = 0, std::uint64_t repeated_b = 0) {
    if (!plain_ || reader_.at_end()) return 0;
    const std::size_t before = reader_.left();
    const auto key = reader_.varint();
    const bool again = key == last_ && last_ != 0 && (key == repeated_a || key == repeated_b);
    plain_ = key && (*key > last_ || again) && before - reader_.left() <= kKeyBytes;
    if (!plain_) return 0;
    last_ = *key;
    return last_;
  }

  void text(std::string_view& out) {
    bytes(out);
    plain_ = plain_ && is_ascii(out);
  }
  void bytes(std::string_view& out) {
    const std::size_t before = reader_.left();
    const auto value = reader_.bytes();
    plain_ = plain_ && value && before - reader_.left() - value->size() <= kSizeBytes;
    if (value) out = *value;
  }
  void number(std::uint32_t& out) {
    const auto value = reader_.varint();
    plain_ = plain_ && value && *value <= UINT32_MAX;
    if (plain_) out = static_cast<std::uint32_t>(*value);
  }
  void number(std::uint64_t& out) {
    const auto value = reader_.varint();
    plain_ = plain_ && value;
    if (value) out = *value;
  }
  template <class Integer>
  void fixed(Integer& out) {
    const auto value = reader_.fixed64();
    plain_ = plain_ && value;
    if (value) out = static_cast<Integer>(*value);
  }
  void refuse() { plain_ = false; }
  void require(bool holds) { plain_ = plain_ && holds; }
  bool plain() const { return plain_; }

 private:
  WireReader reader_;
  std::uint64_t last_ = 0;
  bool plain_ = true;
};

bool read_occurred(std::string_view bytes, RecordView& view) {
  PlainReader in(bytes);
  while (const auto key = in.next_key()) {
    switch (key) {
      case wire_key(1, kFixed64):
        in.fixed(view.occurred_us);
        break;
      case wire_key(2, kBytes):
        in.text(view.occurred_date);
        break;
      case wire_key(3, kBytes):
        in.text(view.occurred_zone);
        break;
      default:
        return false;
    }
  }
  return in.plain();
}

bool read_actor(std::string_view bytes, RecordView& view) {
  PlainReader in(bytes);
  while (const auto key = in.next_key()) {
    switch (key) {
      case wire_key(1, kBytes):
        in.text(view.actor_kind);
        break;
      case wire_key(2, kBytes):
        in.text(view.actor_id);
        break;
      default:
        return false;
    }
  }
  return in.plain();
}

bool read_box(std::string_view bytes, BoxView& box) {
  PlainReader in(bytes);
  while (const auto key = in.next_key()) {
    switch (key) {
      case wire_key(1, kVarint):
        in.number(box.algorithm);
        break;
      case wire_key(2, kVarint):
        in.number(box.key_id);
        break;
      case wire_key(3, kBytes):
        in.bytes(box.nonce);
        break;
      case wire_key(4, kBytes):
        in.bytes(box.ciphertext);
        break;
      case wire_key(5, kVarint):
        in.number(box.privacy);
        break;
      default:
        return false;
    }
  }
  return in.plain();
}

// The fields of whoever made the event, 1 to 19.
void read_makers_field(std::uint64_t key, PlainReader& in, RecordView& view) {
  std::string_view nested;
  switch (key) {
    case wire_key(1, kVarint):
      return in.number(view.format);
    case wire_key(2, kBytes):
      return in.text(view.stream);
    case wire_key(3, kBytes):
      return in.bytes(view.event_id);
    case wire_key(4, kVarint):
      return in.number(view.type);
    case wire_key(5, kVarint):
      return in.number(view.schema_version);
    case wire_key(6, kBytes):
      in.bytes(nested);
      return in.require(read_occurred(nested, view));
    case wire_key(7, kBytes):
      in.bytes(nested);
      return in.require(read_actor(nested, view));
    case wire_key(8, kBytes):
      return in.text(view.rule);
    case wire_key(9, kVarint):
      return in.number(view.rule_version);
    case wire_key(10, kBytes):
      return in.bytes(view.correlation_id);
    case wire_key(11, kBytes):
      return in.bytes(view.causation_id);
    case wire_key(12, kVarint):
      return in.number(view.causation_depth);
    case wire_key(13, kBytes):
      return in.bytes(view.amends);
    case wire_key(14, kBytes):
      return in.bytes(view.fingerprint);
    case wire_key(15, kBytes):
      return in.text(view.tags.emplace_back());
    case wire_key(16, kBytes):
      return in.bytes(view.payload);
    case wire_key(17, kBytes):
      in.bytes(nested);
      return in.require(read_box(nested, view.boxes.emplace_back()));
    case wire_key(18, kBytes):
      return in.text(view.subject);
    case wire_key(19, kVarint):
      return in.number(view.workspace);
    default:
      return in.refuse();
  }
}

// Those of the committer, 20 to 25.
void read_committers_field(std::uint64_t key, PlainReader& in, RecordView& view) {
  switch (key) {
    case wire_key(20, kBytes):
      return in.bytes(view.log_id);
    case wire_key(21, kFixed64):
      return in.fixed(view.position);
    case wire_key(22, kFixed64):
      return in.fixed(view.version);
    case wire_key(23, kFixed64):
      return in.fixed(view.recorded_us);
    case wire_key(24, kVarint):
      return in.number(view.append_index);
    case wire_key(25, kVarint):
      return in.number(view.append_count);
    default:
      return in.refuse();
  }
}

}  // namespace

void RecordView::clear() {
  auto kept_tags = std::move(tags);
  auto kept_boxes = std::move(boxes);
  *this = {};
  tags = std::move(kept_tags);
  boxes = std::move(kept_boxes);
  tags.clear();
  boxes.clear();
}

bool view_plain_record(std::string_view record, RecordView& view) {
  view.clear();
  PlainReader in(record);
  while (const auto key = in.next_key(wire_key(15, kBytes), wire_key(17, kBytes))) {
    if (key < wire_key(20, kVarint)) {
      read_makers_field(key, in, view);
    } else {
      read_committers_field(key, in, view);
    }
  }
  return in.plain();
}

void view_parsed_record(const v1::StoredRecord& record, RecordView& view) {
  view.clear();
  view.format = record.format();
  view.stream = record.stream();
  view.event_id = record.event_id();
  view.type = record.type();
  view.schema_version = record.schema_version();
  view.occurred_us = record.occurred().at_us();
  view.occurred_date = record.occurred().date();
  view.occurred_zone = record.occurred().time_zone();
  view.actor_kind = record.actor().kind();
  view.actor_id = record.actor().id();
  view.rule = record.rule();
  view.rule_version = record.rule_version();
  view.correlation_id = record.correlation_id();
  view.causation_id = record.causation_id();
  view.causation_depth = record.causation_depth();
  view.amends = record.amends();
  view.fingerprint = record.fingerprint();
  view.tags.assign(record.tags().begin(), record.tags().end());
  view.payload = record.payload();
  for (const auto& box : record.boxes()) {
    view.boxes.push_back(
        {box.algorithm(), box.key_id(), box.nonce(), box.ciphertext(), box.privacy()});
  }
  view.subject = record.subject();
  view.workspace = record.workspace();
  view.log_id = record.log_id();
  view.position = record.position();
  view.version = record.version();
  view.recorded_us = record.recorded_us();
  view.append_index = record.append_index();
  view.append_count = record.append_count();
}

}  // namespace dealog
