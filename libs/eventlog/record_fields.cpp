#include "libs/eventlog/record_fields.hpp"

#include "libs/event/wire_reader.hpp"

namespace dealog {
namespace {

// Reads the value of the field that `key` names into its place; false when it is malformed.
bool read_field(WireReader& reader, std::uint64_t key, RecordFields& fields) {
  const auto into_number = [&](auto& out) {
    const auto value = reader.varint();
    if (value) out = static_cast<std::uint32_t>(*value);
    return value.has_value();
  };
  const auto into_bytes = [&](std::string_view& out) {
    const auto value = reader.bytes();
    if (value) out = *value;
    return value.has_value();
  };
  const auto into_fixed = [&](auto& out) {
    const auto value = reader.fixed64();
    if (value) out = static_cast<std::remove_reference_t<decltype(out)>>(*value);
    return value.has_value();
  };
  switch (key) {
    case wire_key(1, kVarint):
      return into_number(fields.format);
    case wire_key(2, kBytes):
      return into_bytes(fields.stream);
    case wire_key(3, kBytes):
      return into_bytes(fields.event_id);
    case wire_key(4, kVarint):
      return into_number(fields.type);
    case wire_key(14, kBytes):
      return into_bytes(fields.fingerprint);
    case wire_key(15, kBytes):
      return into_bytes(fields.tags.emplace_back());
    case wire_key(20, kBytes):
      return into_bytes(fields.log_id);
    case wire_key(21, kFixed64):
      return into_fixed(fields.position.value);
    case wire_key(22, kFixed64):
      return into_fixed(fields.version.value);
    case wire_key(23, kFixed64):
      return into_fixed(fields.recorded.us);
    case wire_key(24, kVarint):
      return into_number(fields.append_index);
    case wire_key(25, kVarint):
      return into_number(fields.append_count);
    default: {
      const auto field = key >> 3;
      const bool ours = field <= 4 || field == 14 || field == 15 || (field >= 20 && field <= 25);
      return !ours && field < (1U << 29) && reader.skip(static_cast<std::uint32_t>(key & 7));
    }
  }
}

}  // namespace

Result<RecordFields> parse_record_fields(std::string_view record) {
  RecordFields fields;
  WireReader reader(record);
  while (!reader.at_end()) {
    const auto key = reader.varint();
    if (!key || !read_field(reader, *key, fields)) {
      return fail(ErrorKind::kInternal, "record_broken",
                  "reading a stored record of " + std::to_string(record.size()) +
                      " bytes: it is no whole protobuf message. Run `dealog verify`");
    }
  }
  return fields;
}

}  // namespace dealog
