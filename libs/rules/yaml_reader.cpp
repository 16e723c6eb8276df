#include "libs/rules/yaml_reader.hpp"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "libs/base/limits.hpp"
#include "libs/base/number.hpp"
#include "libs/base/text.hpp"
#include "libs/rules/vocabulary.hpp"

namespace dealog::rules {

void IssueReport::error(int line, int column, std::string path, std::string message) {
  if (is_full()) return;
  if (issues_.size() == kIssuesShown) {
    path.clear();
    message = fmt::format("more than {} mistakes; the rest is not shown", kIssuesShown);
  }
  issues_.push_back(
      {RegulationIssue::Severity::kError, line, column, std::move(path), std::move(message)});
}

void IssueReport::add(RegulationIssue issue) {
  if (is_full()) return;
  std::string_view known = issue.path;
  for (;;) {
    if (const auto found = positions_.find(known); found != positions_.end()) {
      issue.line = found->second.line;
      issue.column = found->second.column;
      break;
    }
    if (known.empty()) break;
    const auto cut = known.find_last_of(".[");
    known = cut == std::string_view::npos ? std::string_view() : known.substr(0, cut);
  }
  issues_.push_back(std::move(issue));
}

void IssueReport::remember(const std::string& path, int line, int column) {
  positions_.try_emplace(path, line, column);
}

bool IssueReport::has_error_inside(std::string_view path) const {
  return std::ranges::any_of(issues_, [&](const RegulationIssue& issue) {
    if (!std::string_view(issue.path).starts_with(path)) return false;
    return issue.path.size() == path.size() || path.empty() || issue.path[path.size()] == '.' ||
           issue.path[path.size()] == '[';
  });
}

bool IssueReport::has_error_among(std::initializer_list<std::string_view> parts) const {
  return std::ranges::any_of(issues_, [&](const RegulationIssue& issue) {
    return std::ranges::any_of(
        parts, [&](std::string_view part) { return issue.path.find(part) != std::string::npos; });
  });
}

std::vector<RegulationIssue> IssueReport::take(std::string_view text) {
  const std::vector<std::string_view> lines = split(text, '\n');
  for (RegulationIssue& issue : issues_) {
    if (issue.line < 1 || issue.column < 1) continue;
    const auto line = static_cast<std::size_t>(issue.line) - 1;
    if (line >= lines.size()) continue;
    const std::string_view before =
        lines[line].substr(0, static_cast<std::size_t>(issue.column) - 1);
    issue.column = static_cast<int>(utf8_length(before)) + 1;
  }
  std::ranges::sort(issues_, {}, [](const RegulationIssue& issue) {
    return std::tie(issue.line, issue.column, issue.path, issue.message);
  });
  return std::move(issues_);
}

std::string YamlPlace::found() const {
  switch (node_->kind) {
    case YamlNode::Kind::kNull:
      return "nothing";
    case YamlNode::Kind::kList:
      return "a list";
    case YamlNode::Kind::kMap:
      return "a map";
    case YamlNode::Kind::kScalar:
      break;
  }
  return quoted(node_->text);
}

void YamlPlace::expected(std::string_view what) const {
  error(fmt::format("expected {}, found {}", what, found()));
}

void YamlPlace::error(std::string message) const {
  report_->error(node_->line, node_->column, path_, std::move(message));
}

std::optional<std::string> YamlPlace::text(std::string_view what, std::size_t max_bytes) const {
  if (!is_scalar() || trim(node_->text).empty()) {
    expected(what);
    return std::nullopt;
  }
  if (node_->text.size() > max_bytes) {
    error(fmt::format("expected at most {} bytes, found {}", max_bytes, node_->text.size()));
    return std::nullopt;
  }
  return std::string(trim(node_->text));
}

std::optional<std::string> YamlPlace::code(std::string_view extra) const {
  const auto allowed = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           extra.contains(c);
  };
  const bool good = is_scalar() && !node_->text.empty() && node_->text[0] >= 'a' &&
                    node_->text[0] <= 'z' && node_->text.size() <= limits::kCodeBytes &&
                    std::ranges::all_of(node_->text, allowed);
  if (!good) {
    expected(fmt::format("a code of at most {} characters: a–z, 0–9, '_', '-', a letter first",
                         limits::kCodeBytes));
    return std::nullopt;
  }
  return node_->text;
}

std::optional<bool> YamlPlace::boolean() const {
  if (is_scalar() && node_->text == "true") return true;
  if (is_scalar() && node_->text == "false") return false;
  expected("true or false");
  return std::nullopt;
}

std::optional<std::int64_t> YamlPlace::whole_number() const {
  if (is_scalar()) {
    if (const auto number = parse_number<std::int64_t>(node_->text)) return number;
  }
  expected("a whole number");
  return std::nullopt;
}

std::optional<Money> YamlPlace::money() const {
  const std::string_view all = is_scalar() ? trim(node_->text) : std::string_view();
  const auto space = all.find(' ');
  if (space == std::string_view::npos) {
    expected("an amount with its currency, such as 60000.00 RUB");
    return std::nullopt;
  }
  const auto money = Money::parse(all.substr(0, space), trim(all.substr(space)));
  if (!money) {
    error(money.error().message);
    return std::nullopt;
  }
  return *money;
}

std::optional<Date> YamlPlace::date() const {
  const auto date = Date::parse(is_scalar() ? std::string_view(node_->text) : std::string_view());
  if (!date) {
    expected("a date such as 2026-12-31");
    return std::nullopt;
  }
  return *date;
}

std::optional<std::int32_t> YamlPlace::percent() const {
  std::string_view all = is_scalar() ? trim(node_->text) : std::string_view();
  if (all.ends_with('%')) {
    all = trim(all.substr(0, all.size() - 1));
    // Two digits after the point, as a currency has them: basis points.
    const auto amount = Money::parse(all, "EUR");
    if (amount && amount->minor >= 0 && amount->minor <= 10000) {
      return static_cast<std::int32_t>(amount->minor);
    }
  }
  expected("a percentage from 0 % to 100 %, such as 50 % or 12.5 %");
  return std::nullopt;
}

std::optional<LocalText> YamlPlace::local_text(std::size_t max_bytes) const {
  YamlMap map(*this, "the text in both languages: {ru: …, en: …}");
  LocalText out;
  bool complete = map.is_map();
  const auto read = [&](std::string_view key, std::string_view says, std::string& to) {
    const auto place = map.required(key, says);
    const auto text = place ? place->text(says, max_bytes) : std::nullopt;
    if (text) to = *text;
    complete = complete && text;
  };
  read("ru", "the Russian text", out.ru);
  read("en", "the English text", out.en);
  map.finish();
  return complete ? std::optional(out) : std::nullopt;
}

std::vector<YamlPlace> YamlPlace::list(std::size_t max_items) const {
  std::vector<YamlPlace> places;
  if (!is_list()) {
    expected("a list");
    return places;
  }
  if (node_->items.size() > max_items) {
    error(fmt::format("expected at most {} items, found {}", max_items, node_->items.size()));
  }
  for (std::size_t i = 0; i < std::min(max_items, node_->items.size()); ++i) {
    const YamlNode& item = node_->items[i];
    places.emplace_back(item, fmt::format("{}[{}]", path_, i), *report_);
    report_->remember(places.back().path(), item.line, item.column);
  }
  return places;
}

std::vector<std::string> YamlPlace::codes(std::string_view extra) const {
  constexpr std::size_t kMostCodes = 100;
  std::vector<std::string> out;
  if (is_scalar()) {
    if (auto one = code(extra)) out.push_back(std::move(*one));
    return out;
  }
  // What could not be read stands as an empty code, so that places keep their numbers.
  for (const YamlPlace& item : list(kMostCodes)) out.push_back(item.code(extra).value_or(""));
  return out;
}

YamlMap::YamlMap(const YamlPlace& place, std::string_view what)
    : place_(place), map_(place.is_map()) {
  if (!map_) {
    place.expected(what);
    return;
  }
  // Sorted by text and then by place, so that the second of two equal keys is the one reported.
  std::vector<const YamlKey*> keys;
  for (const YamlKey& key : place.node().keys) keys.push_back(&key);
  std::ranges::sort(keys, {},
                    [](const YamlKey* key) { return std::tie(key->text, key->line, key->column); });
  for (std::size_t i = 1; i < keys.size(); ++i) {
    if (keys[i]->text != keys[i - 1]->text) continue;
    place.report().error(keys[i]->line, keys[i]->column, place.path(),
                         fmt::format("the key '{}' stands here twice",
                                     utf8_prefix(keys[i]->text, limits::kCodeBytes)));
  }
}

std::optional<YamlPlace> YamlMap::optional(std::string_view key) {
  asked_.push_back(key);
  if (!map_) return std::nullopt;
  const YamlNode& node = place_.node();
  for (std::size_t i = 0; i < node.keys.size(); ++i) {
    if (node.keys[i].text != key) continue;
    const YamlNode& value = node.items[i];
    const std::string& parent = place_.path();
    YamlPlace found(value, parent.empty() ? std::string(key) : fmt::format("{}.{}", parent, key),
                    place_.report());
    place_.report().remember(found.path(), value.line, value.column);
    return found;
  }
  return std::nullopt;
}

std::optional<YamlPlace> YamlMap::required(std::string_view key, std::string_view says) {
  auto found = optional(key);
  if (!found && map_) place_.error(fmt::format("expected the key '{}': {}", key, says));
  return found;
}

bool YamlMap::finish() {
  bool all_known = true;
  if (!map_) return all_known;
  for (const YamlKey& key : place_.node().keys) {
    if (std::ranges::find(asked_, key.text) != asked_.end()) continue;
    all_known = false;
    if (place_.report().is_full()) break;
    const std::string_view shown = utf8_prefix(key.text, limits::kCodeBytes);
    place_.report().error(key.line, key.column, place_.path(),
                          fmt::format("unknown key '{}'{}", shown, suggestion(key.text, asked_)));
  }
  return all_known;
}

}  // namespace dealog::rules
