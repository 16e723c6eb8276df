// What triggers and actions of rules are read with.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "libs/rules/yaml_reader.hpp"

namespace dealog::rules {

// The one key of a map that says what is meant, as {stage_entered: meeting}. Reports none or two.
template <class Kind, std::size_t N>
std::optional<std::pair<Kind, YamlPlace>> only_key(YamlMap& map, const Kind (&kinds)[N],
                                                   std::string_view (*name)(Kind)) {
  std::optional<std::pair<Kind, YamlPlace>> found;
  std::string names;
  bool several = false;
  for (const Kind kind : kinds) {
    names += fmt::format("{}{}", names.empty() ? "" : ", ", name(kind));
    const auto place = map.optional(name(kind));
    if (!place) continue;
    several = several || found.has_value();
    found.emplace(kind, *place);
  }
  const bool all_known = map.finish();
  if (several) {
    map.place().error("this says one thing; write the other as its own item");
    return std::nullopt;
  }
  if (!found && map.is_map() && all_known) {
    map.place().error(fmt::format("expected one of: {}", names));
  }
  return found;
}

// One code or a list of at least one.
inline std::vector<std::string> some_codes(const YamlPlace& place, std::string_view extra = "") {
  auto codes = place.codes(extra);
  if (codes.empty() && place.is_list()) place.error("expected at least one, found an empty list");
  return codes;
}

// The same, where the word `any` stands for all there are: it gives the empty list.
inline std::vector<std::string> codes_or_any(const YamlPlace& place) {
  auto codes = some_codes(place);
  if (codes.size() == 1 && codes.front() == "any") codes.clear();
  return codes;
}

}  // namespace dealog::rules
