// What somebody may do.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/language.hpp"
#include "libs/base/result.hpp"

namespace dealog::user {

enum class Right : std::uint8_t {
  kRead,
  kWrite,
  kOverride,  // set unmet criteria aside
  kImport,    // record what already happened elsewhere
  kPublish,   // regulations
  kAdmin,     // users, tokens, sources
  kPersonal,  // see sealed fields
};

// A set of rights. Thread: a value.
class Rights {
 public:
  Rights() = default;
  Rights(std::initializer_list<Right> rights) {
    for (Right right : rights) bits_ |= bit(right);
  }
  static Rights all();

  bool has(Right right) const { return (bits_ & bit(right)) != 0; }
  bool contains(const Rights& other) const { return (other.bits_ & ~bits_) == 0; }
  Rights intersection(const Rights& other) const;
  Rights joined(const Rights& other) const;
  bool operator==(const Rights&) const = default;

  // In the order of the enumeration.
  std::vector<Right> list() const;
  std::vector<std::string_view> names() const;
  // Errors: kInvalid "unknown_right" with `fields` ("/rights/2").
  static Result<Rights> parse(std::span<const std::string> names,
                              Language language = Language::kEn);

 private:
  static constexpr std::uint8_t bit(Right right) {
    return static_cast<std::uint8_t>(1u << static_cast<unsigned>(right));
  }
  std::uint8_t bits_ = 0;
};

std::string_view name_of(Right right);  // read, write, override, import, publish, admin, personal

// Errors: kForbidden "right_missing" naming it.
Result<void> require(const Rights& rights, Right right, Language language = Language::kEn);

}  // namespace dealog::user
