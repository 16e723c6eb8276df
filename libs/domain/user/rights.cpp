#include "libs/domain/user/rights.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "libs/base/text.hpp"
#include "libs/domain/common/refusal.hpp"

namespace dealog::user {
namespace {

constexpr std::array<std::string_view, 7> kNames = {"read",    "write", "override", "import",
                                                    "publish", "admin", "personal"};

}  // namespace

std::string_view name_of(Right right) { return kNames.at(static_cast<std::size_t>(right)); }

Rights Rights::all() {
  return {Right::kRead,    Right::kWrite, Right::kOverride, Right::kImport,
          Right::kPublish, Right::kAdmin, Right::kPersonal};
}

Rights Rights::intersection(const Rights& other) const {
  Rights both;
  both.bits_ = bits_ & other.bits_;
  return both;
}

Rights Rights::joined(const Rights& other) const {
  Rights either;
  either.bits_ = bits_ | other.bits_;
  return either;
}

std::vector<Right> Rights::list() const {
  std::vector<Right> rights;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (has(static_cast<Right>(i))) rights.push_back(static_cast<Right>(i));
  }
  return rights;
}

std::vector<std::string_view> Rights::names() const {
  std::vector<std::string_view> names;
  for (const Right right : list()) names.push_back(name_of(right));
  return names;
}

Result<Rights> Rights::parse(std::span<const std::string> names, Language language) {
  Rights rights;
  std::vector<FieldError> unknown;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto* const found = std::find(kNames.begin(), kNames.end(), names[i]);
    if (found != kNames.end()) {
      rights.bits_ |= bit(static_cast<Right>(found - kNames.begin()));
    } else {
      const std::string_view words = "read, write, override, import, publish, admin, personal";
      unknown.push_back(
          {fmt::format("/rights/{}", i), "unknown_right",
           language == Language::kRu
               ? fmt::format("права {} нет; права — {}", quoted(names[i]), words)
               : fmt::format("there is no right {}; rights are {}", quoted(names[i]), words)});
    }
  }
  if (unknown.empty()) return rights;
  return fail(Error{ErrorKind::kInvalid, "unknown_right",
                    std::string(in(language, "не все права известны", "some rights are not known")),
                    std::move(unknown)});
}

Result<void> require(const Rights& rights, Right right, Language language) {
  if (rights.has(right)) return {};
  return refuse(language, ErrorKind::kForbidden, "right_missing",
                fmt::format("для этого нужно право «{}»; попросите у администратора токен с ним",
                            name_of(right)),
                fmt::format("this needs the right '{}'; ask an administrator for a token with it",
                            name_of(right)));
}

}  // namespace dealog::user
