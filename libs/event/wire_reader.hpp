// Walks the fields of one protobuf message without a message to put them into (protobuf encoding
// specification). Every read returns nothing, or false, where the bytes end too early or are none.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace dealog {

enum WireType : std::uint32_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

// What stands before a field: its number and how its value is written.
constexpr std::uint64_t wire_key(std::uint32_t field, WireType type) { return field << 3 | type; }

// The bytes must outlive the reader and the views that it gives. Thread: one.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : rest_(bytes) {}

  bool at_end() const { return rest_.empty(); }
  std::size_t left() const { return rest_.size(); }

  std::optional<std::uint64_t> varint() {
    // Nearly all are of one byte or two.
    if (rest_.size() >= 2) {
      const auto first = static_cast<std::uint8_t>(rest_[0]);
      const auto second = static_cast<std::uint8_t>(rest_[1]);
      if (first < 0x80) {
        rest_.remove_prefix(1);
        return first;
      }
      if (second < 0x80) {
        rest_.remove_prefix(2);
        return static_cast<std::uint64_t>(second) << 7 | (first & 0x7fU);
      }
    }
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

}  // namespace dealog
