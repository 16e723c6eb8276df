#include "libs/event/codec.hpp"

#include <fmt/format.h>

#include "dealog/v1/options.pb.h"
#include "dealog/v1/record.pb.h"
#include "libs/base/assert.hpp"
#include "libs/base/limits.hpp"
#include "libs/event/catalogue.hpp"
#include "libs/event/decode_into.hpp"
#include "libs/event/record_view.hpp"
#include "libs/event/seal.hpp"

namespace dealog {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr std::uint32_t kRecordFormat = 1;
constexpr std::uint32_t kWorkspace = 1;

void set_bytes(std::string& field, const Uuid& id) { field.assign(id.view()); }

std::vector<const FieldDescriptor*> present_fields(
    const Message& message, const std::vector<const FieldDescriptor*>& fields) {
  std::vector<const FieldDescriptor*> present;
  const auto* reflection = message.GetReflection();
  for (const FieldDescriptor* field : fields) {
    const bool set = field->is_repeated() ? reflection->FieldSize(message, field) > 0
                                          : reflection->HasField(message, field);
    if (set) present.push_back(field);
  }
  return present;
}

// Writes the payload's open fields into `record` and a box for each sealed class that is present.
Result<void> write_payload(const StreamEvent& source, const Uuid& id, KeyRing& keys,
                           v1::StoredRecord& record, EncodedEvent& out) {
  const Message& payload = *source.event.payload;
  const EventType& type = event_type_of(payload);
  if (!type.has_sealed_fields) {
    payload.SerializeToString(record.mutable_payload());
    return {};
  }
  std::unique_ptr<Message> open;  // a copy without the sealed fields, made when there are any
  for (std::size_t privacy = 0; privacy < type.sealed_fields.size(); ++privacy) {
    if (type.sealed_fields[privacy].empty()) continue;
    const auto present = present_fields(payload, type.sealed_fields[privacy]);
    if (present.empty()) continue;
    if (!open) {
      open = type.make();
      open->CopyFrom(payload);
    }
    const auto sealed = type.make();
    payload.GetReflection()->SwapFields(open.get(), sealed.get(), present);
    const bool person = privacy == v1::PERSON && !source.event.subject.empty();
    const std::string& subject = person ? source.event.subject : source.stream;
    SealKey key = TRY(keys.key_for(subject));
    const auto number = static_cast<std::size_t>(record.boxes_size());
    seal_box(*sealed, static_cast<v1::Privacy>(privacy), key, id, number, *record.add_boxes());
    if (key.fresh) out.fresh_keys.push_back({subject, key.id});
  }
  (open ? *open : payload).SerializeToString(record.mutable_payload());
  return {};
}

Result<void> write_occurred(const NewEvent& event, Timestamp now, v1::StoredRecord& record) {
  auto& occurred = *record.mutable_occurred();
  if (!event.occurred) {
    occurred.set_at_us(now.us);
    return {};
  }
  if (event.occurred->at > now + limits::kOccurredAhead) {
    return fail(ErrorKind::kInvalid, "occurred_in_future",
                fmt::format("occurred_at {} lies more than five minutes ahead",
                            event.occurred->at.rfc3339()));
  }
  occurred.set_at_us(event.occurred->at.us);
  if (event.occurred->date) {
    occurred.set_date(event.occurred->date->text());
    occurred.set_time_zone(event.occurred->time_zone);
  }
  return {};
}

// What causes are known by: ids and depths of the events encoded so far.
struct Chain {
  std::vector<Uuid> ids;
  std::vector<std::uint32_t> depths;
};

void write_causes(const NewEvent& event, const CommandMeta& meta, const Chain& chain,
                  v1::StoredRecord& record) {
  Uuid cause = meta.causation_id;
  std::uint32_t depth = meta.causation_depth;
  if (event.caused_by) {
    DEALOG_ASSERT(*event.caused_by < chain.depths.size());
    cause = chain.ids[*event.caused_by];
    depth = chain.depths[*event.caused_by] + 1;
  }
  const Uuid& correlation = meta.correlation_id.is_nil() ? chain.ids.front() : meta.correlation_id;
  set_bytes(*record.mutable_correlation_id(), correlation);
  if (!cause.is_nil()) set_bytes(*record.mutable_causation_id(), cause);
  record.set_causation_depth(depth);
  const bool own_rule = !event.rule.empty();
  record.set_rule(own_rule ? event.rule : meta.rule);
  record.set_rule_version(own_rule ? event.rule_version : meta.rule_version);
}

Uuid id_of(const NewEvent& event, const CommandMeta& meta, std::size_t index) {
  if (!event.id.is_nil()) return event.id;
  return index == 0 ? meta.command_id : Uuid::derived(meta.command_id, std::to_string(index));
}

Result<EncodedEvent> encode_one(const StreamEvent& source, const CommandMeta& meta,
                                const Chain& chain, const Uuid& id, KeyRing& keys) {
  thread_local v1::StoredRecord record;  // keeps its buffers from event to event
  record.Clear();
  const NewEvent& event = source.event;
  const EventType& type = event_type_of(*event.payload);
  EncodedEvent out{.stream = source.stream, .id = id, .fingerprint = meta.fingerprint};
  record.set_format(kRecordFormat);
  record.set_stream(source.stream);
  set_bytes(*record.mutable_event_id(), id);
  record.set_type(type.number);
  record.set_schema_version(type.schema_version);
  TRY(write_occurred(event, meta.now, record));
  const Actor& actor = source.actor ? *source.actor : meta.actor;
  record.mutable_actor()->set_kind(actor.kind);
  record.mutable_actor()->set_id(actor.id);
  write_causes(event, meta, chain, record);
  if (!event.amends.is_nil()) set_bytes(*record.mutable_amends(), event.amends);
  record.set_fingerprint(meta.fingerprint);
  for (const Tag& tag : event.tags) {
    if (tag.personal) {
      out.personal_tag_hashes.push_back(keys.tag_hash(tag.value));
    } else {
      record.add_tags(tag.value);
      out.open_tags.push_back(tag.value);
    }
  }
  record.set_subject(event.subject);
  record.set_workspace(kWorkspace);
  TRY(write_payload(source, id, keys, record, out));
  record.SerializeToString(&out.bytes);
  if (out.bytes.size() > limits::kEventBytes) {
    return fail(ErrorKind::kTooLarge, "event_too_large",
                fmt::format("{} of {} bytes; an event holds at most {}", type.name,
                            out.bytes.size(), limits::kEventBytes));
  }
  return out;
}

void put_tag(std::string& out, std::uint32_t field, std::uint32_t wire_type) {
  const std::uint32_t tag = field << 3 | wire_type;  // fields 16–2047: two bytes
  out += static_cast<char>((tag & 0x7f) | 0x80);
  out += static_cast<char>(tag >> 7);
}
void put_fixed64(std::string& out, std::uint32_t field, std::uint64_t value) {
  put_tag(out, field, 1);
  for (int i = 0; i < 8; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
}
void put_varint(std::string& out, std::uint32_t field, std::uint64_t value) {
  put_tag(out, field, 0);
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

std::unexpected<Error> record_broken(std::string_view what) {
  return fail(ErrorKind::kInternal, "record_broken",
              fmt::format("a stored record cannot be read: {}; run `dealog verify`", what));
}

Result<void> open_boxes(RecordedEvent& event, Message& payload, const KeyRing& keys) {
  for (std::size_t i = 0; i < event.boxes.size(); ++i) {
    const std::size_t privacy = event.boxes[i].privacy();
    if (privacy >= event.seals.size()) return record_broken("a box of an unknown class");
    event.seals[privacy] = TRY(open_box(event.boxes[i], i, event.id, keys, payload));
  }
  return {};
}

// The payload of an event decoded before, when it can be filled again, else a new one. Whoever made
// it made it to be changed; it is const for readers.
std::shared_ptr<Message> payload_to_fill(RecordedEvent& event, const EventType& type) {
  if (event.type == &type && event.payload.use_count() == 1) {
    return std::const_pointer_cast<Message>(std::move(event.payload));
  }
  return type.make();
}

// Everything but type, payload and boxes. The strings keep their memory.
Result<void> copy_fields(const RecordView& record, RecordedEvent& event) {
  event.position = {record.position};
  event.version = {record.version};
  event.stream = record.stream;
  event.id = Uuid::from_bytes(record.event_id);
  event.occurred.at = {record.occurred_us};
  event.occurred.date.reset();
  event.occurred.time_zone.clear();
  if (!record.occurred_date.empty()) {
    event.occurred.date = TRY(Date::parse(record.occurred_date));
    event.occurred.time_zone = record.occurred_zone;
  }
  event.recorded = {record.recorded_us};
  event.actor.kind = record.actor_kind;
  event.actor.id = record.actor_id;
  event.rule = record.rule;
  event.rule_version = record.rule_version;
  event.correlation_id = Uuid::from_bytes(record.correlation_id);
  event.causation_id = Uuid::from_bytes(record.causation_id);
  event.causation_depth = record.causation_depth;
  event.amends = Uuid::from_bytes(record.amends);
  event.fingerprint = record.fingerprint;
  event.append_index = record.append_index;
  event.append_count = record.append_count;
  event.tags.resize(record.tags.size());
  for (std::size_t i = 0; i < record.tags.size(); ++i) event.tags[i] = record.tags[i];
  event.subject = record.subject.empty() ? record.stream : record.subject;
  return {};
}

void copy_boxes(const RecordView& record, RecordedEvent& event) {
  event.boxes.resize(record.boxes.size());
  event.seals.fill(SealState::kAbsent);
  for (std::size_t i = 0; i < record.boxes.size(); ++i) {
    const BoxView& stored = record.boxes[i];
    v1::SealedBox& box = event.boxes[i];
    box.set_algorithm(stored.algorithm);
    box.set_key_id(stored.key_id);
    box.set_nonce(stored.nonce.data(), stored.nonce.size());
    box.set_ciphertext(stored.ciphertext.data(), stored.ciphertext.size());
    box.set_privacy(stored.privacy);
    if (stored.privacy < event.seals.size()) event.seals[stored.privacy] = SealState::kClosed;
  }
}

}  // namespace

Result<std::vector<EncodedEvent>> encode(const std::vector<StreamEvent>& events,
                                         const CommandMeta& meta, KeyRing& keys) {
  DEALOG_ASSERT(!meta.command_id.is_nil());
  Chain chain;
  for (std::size_t i = 0; i < events.size(); ++i) {
    chain.ids.push_back(id_of(events[i].event, meta, i));
  }
  std::vector<EncodedEvent> out;
  out.reserve(events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    out.push_back(TRY(encode_one(events[i], meta, chain, chain.ids[i], keys)));
    const auto& cause = events[i].event.caused_by;
    chain.depths.push_back(cause ? chain.depths[*cause] + 1 : meta.causation_depth);
  }
  return out;
}

void finish_record(std::string& record, const CommitFields& fields) {
  DEALOG_ASSERT(fields.log_id.size() == 16);
  put_tag(record, v1::StoredRecord::kLogIdFieldNumber, 2);
  record += static_cast<char>(fields.log_id.size());
  record += fields.log_id;
  put_fixed64(record, v1::StoredRecord::kPositionFieldNumber, fields.position.value);
  put_fixed64(record, v1::StoredRecord::kVersionFieldNumber, fields.version.value);
  put_fixed64(record, v1::StoredRecord::kRecordedUsFieldNumber,
              static_cast<std::uint64_t>(fields.recorded.us));
  put_varint(record, v1::StoredRecord::kAppendIndexFieldNumber, fields.append_index);
  put_varint(record, v1::StoredRecord::kAppendCountFieldNumber, fields.append_count);
}

Result<RecordedEvent> decode(std::string_view bytes, Open open, const KeyRing* keys) {
  RecordedEvent event;
  TRY(decode_into(bytes, open, keys, event));
  return event;
}

Result<void> decode_into(std::string_view bytes, Open open, const KeyRing* keys,
                         RecordedEvent& event) {
  thread_local RecordView record;  // keeps its memory from event to event
  thread_local v1::StoredRecord parsed;
  if (!view_plain_record(bytes, record)) {
    if (!parsed.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
      return record_broken("its bytes are no record");
    }
    view_parsed_record(parsed, record);
  }
  if (record.format != kRecordFormat) return record_broken("it has an unknown format");
  const EventType* type = find_event_type(record.type);
  if (type == nullptr || record.schema_version > type->schema_version) {
    return fail(ErrorKind::kInternal, "unknown_event_type",
                fmt::format("event type {} version {} at position {} was written by a newer "
                            "version of Dealog; upgrade to read this log",
                            record.type, record.schema_version, record.position));
  }
  auto payload = payload_to_fill(event, *type);
  const int payload_size = static_cast<int>(record.payload.size());
  if (!payload->ParseFromArray(record.payload.data(), payload_size)) {
    return record_broken("its payload");
  }
  event.type = type;
  TRY(copy_fields(record, event));
  copy_boxes(record, event);
  if (open == Open::kAll) {
    DEALOG_ASSERT(keys != nullptr);
    TRY(open_boxes(event, *payload, *keys));
  }
  event.payload = std::move(payload);
  return {};
}

}  // namespace dealog
