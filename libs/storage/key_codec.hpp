// Keys whose byte order is the order of what they hold.
//
//   u8, u64       big endian
//   i64           big endian with the sign bit flipped
//   u64_descending  big endian of the complement: newest first in a forward scan
//   raw           the bytes as they are; the reader must know how many
//   text          the bytes, 0x00 written as 01 01 and 0x01 as 01 02, then 0x00. So every text ends
//                 with the only 0x00 in it, a shorter text sorts before its continuations, and two
//                 texts that hold neither byte are stored as they are
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dealog::storage {

// Appends parts to one key; the buffer is kept for the next key after clear(). Thread: one.
class KeyWriter {
 public:
  KeyWriter() = default;

  KeyWriter& clear() {
    key_.clear();
    return *this;
  }
  KeyWriter& u8(std::uint8_t value) {
    key_.push_back(static_cast<char>(value));
    return *this;
  }
  KeyWriter& u64(std::uint64_t value);
  KeyWriter& u64_descending(std::uint64_t value) { return u64(~value); }
  KeyWriter& i64(std::int64_t value) {
    return u64(static_cast<std::uint64_t>(value) ^ (std::uint64_t{1} << 63));
  }
  KeyWriter& raw(std::string_view bytes) {
    key_.append(bytes);
    return *this;
  }
  KeyWriter& text(std::string_view text);

  std::string_view view() const { return key_; }
  std::string take() { return std::move(key_); }

 private:
  std::string key_;
};

// Takes a key apart in the order it was written. Each call answers nothing once the key is too
// short or malformed; then nothing more is read. Thread: one.
class KeyReader {
 public:
  explicit KeyReader(std::string_view key) : rest_(key) {}

  std::optional<std::uint8_t> u8();
  std::optional<std::uint64_t> u64();
  std::optional<std::uint64_t> u64_descending();
  std::optional<std::int64_t> i64();
  std::optional<std::string_view> raw(std::size_t count);
  std::optional<std::string> text();

  bool at_end() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

// The smallest key greater than every key that begins with `prefix`; "" when there is none.
std::string after_prefix(std::string_view prefix);

}  // namespace dealog::storage
