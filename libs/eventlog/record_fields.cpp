#include "libs/eventlog/record_fields.hpp"

#include <cstring>
#include <optional>

namespace dealog {
namespace {

enum WireType : std::uint32_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

// Walks the fields of one message (protobuf encoding specification).
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : rest_(bytes) {}

  bool at_end() const { return rest_.empty(); }

  std::optional<std::uint64_t> varint() {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < rest_.size() && i < 10; ++i) {
      const auto byte = static_cast<std::uint8_t>(rest_[i]);
      if (i == 9 && byte > 1) return std::nullopt;
      value |= static_cast<std::uint64_t>(byte & 0x7f) << (7 * i);
      if ((byte & 0x80) == 0) {
        rest_.remove_prefix(i + 1);
        return value;
      }
    }
    return std::nullopt;
  }

  std::optional<std::uint64_t> fixed64() {
    const auto bytes = take(8);
    if (!bytes) return std::nullopt;
    std::uint64_t value = 0;
    std::memcpy(&value, bytes->data(), sizeof value);  // little endian, as this machine
    return value;
  }

  std::optional<std::string_view> bytes() {
    const auto size = varint();
    if (!size || *size > rest_.size()) return std::nullopt;
    return take(static_cast<std::size_t>(*size));
  }

  bool skip(std::uint32_t wire_type) {
    switch (wire_type) {
      case kVarint:
        return varint().has_value();
      case kFixed64:
        return take(8).has_value();
      case kBytes:
        return bytes().has_value();
      case kFixed32:
        return take(4).has_value();
      default:
        return false;
    }
  }

 private:
  std::optional<std::string_view> take(std::size_t count) {
    if (rest_.size() < count) return std::nullopt;
    const auto taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

  std::string_view rest_;
};

constexpr std::uint64_t tag(std::uint32_t field, WireType type) { return field << 3 | type; }

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
    case tag(1, kVarint):
      return into_number(fields.format);
    case tag(2, kBytes):
      return into_bytes(fields.stream);
    case tag(3, kBytes):
      return into_bytes(fields.event_id);
    case tag(4, kVarint):
      return into_number(fields.type);
    case tag(14, kBytes):
      return into_bytes(fields.fingerprint);
    case tag(15, kBytes):
      return into_bytes(fields.tags.emplace_back());
    case tag(20, kBytes):
      return into_bytes(fields.log_id);
    case tag(21, kFixed64):
      return into_fixed(fields.position.value);
    case tag(22, kFixed64):
      return into_fixed(fields.version.value);
    case tag(23, kFixed64):
      return into_fixed(fields.recorded.us);
    case tag(24, kVarint):
      return into_number(fields.append_index);
    case tag(25, kVarint):
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
