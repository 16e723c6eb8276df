#include "libs/rules/message_text.hpp"

#include <algorithm>

#include "libs/base/text.hpp"

namespace dealog::rules {
namespace {

bool is_field(std::string_view name) {
  return std::ranges::find(kMessageFields, name) != std::end(kMessageFields);
}

// Calls `plain` with what stands between the fields and `field` with each name; `unclosed` with
// what follows a brace that nothing closes. Each says whether to go on.
template <class Plain, class Field, class Unclosed>
void walk(std::string_view text, Plain plain, Field field, Unclosed unclosed) {
  while (!text.empty()) {
    const auto brace = text.find_first_of("{}");
    plain(text.substr(0, brace));
    if (brace == std::string_view::npos) return;
    const bool doubled = brace + 1 < text.size() && text[brace + 1] == text[brace];
    if (doubled || text[brace] == '}') {
      plain(text.substr(brace, 1));
      text.remove_prefix(brace + (doubled ? 2 : 1));
      continue;
    }
    const auto end = text.find('}', brace);
    if (end == std::string_view::npos) return unclosed(text.substr(brace));
    field(text.substr(brace + 1, end - brace - 1));
    text.remove_prefix(end + 1);
  }
}

}  // namespace

std::optional<std::string> unknown_field(std::string_view text,
                                         std::span<const std::string_view> fields) {
  std::optional<std::string> wrong;
  const auto note = [&](std::string_view name) {
    if (!wrong) wrong = std::string(utf8_prefix(name, 60));
  };
  walk(
      text, [](std::string_view) {},
      [&](std::string_view name) {
        if (std::ranges::find(fields, name) == fields.end()) note(name);
      },
      note);
  return wrong;
}

std::string fill_in(std::string_view text,
                    const std::function<std::string(std::string_view)>& value_of) {
  std::string out;
  const auto add = [&](std::string_view part) { out += part; };
  walk(
      text, add,
      [&](std::string_view name) {
        out += is_field(name) ? value_of(name) : "{" + std::string(name) + "}";
      },
      add);
  return out;
}

}  // namespace dealog::rules
