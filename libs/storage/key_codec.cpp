#include "libs/storage/key_codec.hpp"

#include <bit>
#include <cstring>

namespace dealog::storage {
namespace {

constexpr char kEnd = '\x00';
constexpr char kEscape = '\x01';
constexpr char kEscapedEnd = '\x01';
constexpr char kEscapedEscape = '\x02';

}  // namespace

KeyWriter& KeyWriter::u64(std::uint64_t value) {
  static_assert(std::endian::native == std::endian::little);
  const std::uint64_t big = __builtin_bswap64(value);
  key_.append(reinterpret_cast<const char*>(&big), sizeof big);
  return *this;
}

KeyWriter& KeyWriter::text(std::string_view text) {
  for (const char c : text) {
    if (c == kEnd) {
      key_.push_back(kEscape);
      key_.push_back(kEscapedEnd);
    } else if (c == kEscape) {
      key_.push_back(kEscape);
      key_.push_back(kEscapedEscape);
    } else {
      key_.push_back(c);
    }
  }
  key_.push_back(kEnd);
  return *this;
}

std::optional<std::uint8_t> KeyReader::u8() {
  const auto bytes = raw(1);
  if (!bytes) return std::nullopt;
  return static_cast<std::uint8_t>(bytes->front());
}

std::optional<std::uint64_t> KeyReader::u64() {
  const auto bytes = raw(sizeof(std::uint64_t));
  if (!bytes) return std::nullopt;
  std::uint64_t big = 0;
  std::memcpy(&big, bytes->data(), sizeof big);
  return __builtin_bswap64(big);
}

std::optional<std::uint64_t> KeyReader::u64_descending() {
  const auto value = u64();
  if (!value) return std::nullopt;
  return ~*value;
}

std::optional<std::int64_t> KeyReader::i64() {
  const auto value = u64();
  if (!value) return std::nullopt;
  return static_cast<std::int64_t>(*value ^ (std::uint64_t{1} << 63));
}

std::optional<std::string_view> KeyReader::raw(std::size_t count) {
  if (rest_.size() < count) {
    rest_ = {};
    return std::nullopt;
  }
  const auto bytes = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return bytes;
}

std::optional<std::string> KeyReader::text() {
  std::string text;
  for (std::size_t i = 0; i < rest_.size(); ++i) {
    const char c = rest_[i];
    if (c == kEnd) {
      rest_.remove_prefix(i + 1);
      return text;
    }
    if (c != kEscape) {
      text.push_back(c);
      continue;
    }
    ++i;
    if (i < rest_.size() && rest_[i] == kEscapedEnd) {
      text.push_back(kEnd);
    } else if (i < rest_.size() && rest_[i] == kEscapedEscape) {
      text.push_back(kEscape);
    } else {
      break;
    }
  }
  rest_ = {};
  return std::nullopt;
}

std::string after_prefix(std::string_view prefix) {
  std::string next(prefix);
  while (!next.empty()) {
    auto& last = reinterpret_cast<unsigned char&>(next.back());
    if (last != 0xff) {
      ++last;
      return next;
    }
    next.pop_back();
  }
  return next;
}

}  // namespace dealog::storage
