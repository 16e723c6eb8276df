#include "libs/rules/rule_text.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "libs/base/number.hpp"
#include "libs/yaml/yaml_tree.hpp"

namespace dealog::rules {
namespace {

using yaml::Node;

constexpr std::string_view kRules = "rules";

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return lines;
}

// Lines [first, last), counted from 0.
struct Range {
  std::size_t first = 0, last = 0;
};

struct Text {
  std::string_view text;
  std::vector<std::string_view> lines;
  Node root;
  std::string_view code;  // of its errors

  std::unexpected<Error> wrong(int line, int column, std::string_view message) const {
    return fail(ErrorKind::kInvalid, std::string(code),
                fmt::format("line {}:{}: {}", line, column, message));
  }
};

Result<Text> read(std::string_view text, std::string_view code) {
  Text out{.text = text, .lines = lines_of(text), .root = {}, .code = code};
  auto parsed = yaml::parse(text);
  if (!parsed) {
    return out.wrong(parsed.error().line, parsed.error().column, parsed.error().message);
  }
  out.root = std::move(*parsed);
  return out;
}

const Node* find(const Node& map, std::string_view key) {
  for (std::size_t i = 0; i < map.keys.size(); ++i) {
    if (map.keys[i].text == key) return &map.items[i];
  }
  return nullptr;
}

// Comments before the next key, and blank lines, belong to that.
std::size_t trimmed(const Text& text, std::size_t first, std::size_t last, std::size_t indent) {
  while (last > first + 1) {
    const auto line = text.lines[last - 1];
    const auto begin = line.find_first_not_of(' ');
    const bool blank = begin == std::string_view::npos;
    if (!blank && (line[begin] != '#' || begin > indent)) break;
    --last;
  }
  return last;
}

// The lines of a key of the root and what stands under it; nothing when it is not there.
Result<std::optional<Range>> lines_under(const Text& text, std::string_view key) {
  const auto& keys = text.root.keys;
  const auto found = std::ranges::find(keys, key, &yaml::Key::text);
  if (found == keys.end()) return std::nullopt;
  if (found->column != 1) {
    return text.wrong(found->line, found->column, "keys must stand at the beginning of a line");
  }
  const auto first = static_cast<std::size_t>(found->line - 1);
  std::size_t last = text.lines.size();
  for (const auto& other : keys) {
    const auto line = static_cast<std::size_t>(other.line - 1);
    if (line > first) last = std::min(last, line);
  }
  return Range{first, trimmed(text, first, last, 0)};
}

Result<Text> read_regulation(std::string_view regulation) {
  auto text = TRY(read(regulation, "regulation_unreadable"));
  if (text.root.kind != Node::Kind::kMap) {
    return text.wrong(1, 1, "a regulation is a map");
  }
  return text;
}

void add_line(std::string& out, std::string_view line) {
  out += line;
  out += '\n';
}

std::string replaced(const Text& text, const Range& range, std::string_view with) {
  std::string out;
  for (std::size_t i = 0; i < range.first; ++i) add_line(out, text.lines[i]);
  out += with;
  for (std::size_t i = range.last; i < text.lines.size(); ++i) add_line(out, text.lines[i]);
  return out;
}

constexpr std::size_t kIndent = 2;  // of the dashes, where nobody has written any yet

// The lines under one dash, which stands after so many spaces: those of the rule, moved there.
std::string as_item(const Text& rule, std::size_t indent = kIndent) {
  const std::string dash = std::string(indent, ' ') + "- ", under(indent + 2, ' ');
  std::string out;
  const int column = rule.root.column;
  bool begun = false;
  for (std::size_t i = 0; i < rule.lines.size(); ++i) {
    const auto line = rule.lines[i];
    if (line == "---") continue;
    if (line.find_first_not_of(' ') == std::string_view::npos) {
      // It may be one of a text's.
      if (begun) out += '\n';
      continue;
    }
    const bool first = !begun && static_cast<int>(i) + 1 >= rule.root.line;
    begun = begun || first;
    const auto margin = static_cast<std::size_t>(std::max(column - 1, 0));
    const auto rest = line.size() > margin && line.substr(0, margin).find_first_not_of(' ') ==
                                                  std::string_view::npos
                          ? line.substr(margin)
                          : line;
    add_line(out, fmt::format("{}{}", first ? dash : under, rest));
  }
  while (out.ends_with("\n\n")) out.pop_back();
  return out;
}

// The key `rules` with its list, as lines of a regulation.
Result<std::string> rules_block(std::string_view rules) {
  const auto text = TRY(read(rules, "rules_unreadable"));
  if (text.root.kind == Node::Kind::kMap && find(text.root, kRules) != nullptr) {
    const auto range = TRY(lines_under(text, kRules));
    std::string out;
    for (std::size_t i = range->first; i < range->last; ++i) add_line(out, text.lines[i]);
    return out;
  }
  std::string out = "rules:\n";
  if (text.root.kind == Node::Kind::kMap) return out + as_item(text);
  if (text.root.kind != Node::Kind::kList) {
    return text.wrong(1, 1, "expected a list of rules, one rule, or a file with the key `rules`");
  }
  for (const auto line : text.lines) {
    if (line != "---") add_line(out, line.empty() ? line : fmt::format("  {}", line));
  }
  return out;
}

// The lines of each rule of the list, by id.
struct RuleLines {
  std::string id;
  Range range;
};
Result<std::vector<RuleLines>> rules_of(const Text& text, const Range& block) {
  const Node& list = *find(text.root, kRules);
  std::vector<RuleLines> out;
  for (const Node& rule : list.items) {
    const Node* id = rule.kind == Node::Kind::kMap ? find(rule, "id") : nullptr;
    const auto first = static_cast<std::size_t>(rule.line - 1);
    const bool begins = first > block.first &&
                        text.lines[first].find_first_not_of(' ') == text.lines[first].find("- ");
    if (id == nullptr || !begins) {
      return text.wrong(rule.line, rule.column, "each rule must begin with its own dash");
    }
    if (!out.empty()) {
      out.back().range.last = trimmed(text, out.back().range.first, first, 2);
    }
    out.push_back({id->text, {first, block.last}});
  }
  return out;
}

// `rule` is null: the one with the id is taken out.
Result<std::string> with_item(const Text& text, std::string_view id, const Text* rule) {
  const auto block = TRY(lines_under(text, kRules));
  if (!block || find(text.root, kRules)->items.empty()) {
    if (rule == nullptr) return std::string(text.text);
    const Range all = block.value_or(Range{text.lines.size(), text.lines.size()});
    return replaced(text, all, "rules:\n" + as_item(*rule));
  }
  const auto all = TRY(rules_of(text, *block));
  const auto known = std::ranges::find(all, id, &RuleLines::id);
  if (known == all.end() && rule == nullptr) return std::string(text.text);
  // A key without a list is no list.
  if (rule == nullptr && all.size() == 1) return replaced(text, *block, "");
  const auto indent = text.lines[all.front().range.first].find('-');
  const std::string item = rule == nullptr ? "" : as_item(*rule, indent);
  const Range end{block->last, block->last};
  return replaced(text, known == all.end() ? end : known->range, item);
}

std::string step_of(std::string_view escaped) {
  std::string step;
  for (std::size_t i = 0; i < escaped.size(); ++i) {
    const bool tilde = escaped[i] == '~' && i + 1 < escaped.size();
    step += !tilde ? escaped[i] : escaped[i + 1] == '1' ? '/' : '~';
    if (tilde) ++i;
  }
  return step;
}

const Node* child(const Node& node, const std::string& step) {
  if (node.kind == Node::Kind::kMap) return find(node, step);
  const auto index = parse_number<std::size_t>(step);
  const bool there = node.kind == Node::Kind::kList && index && *index < node.items.size();
  return there ? &node.items[*index] : nullptr;
}

// The innermost value on the way along a JSON pointer.
const Node& reached(const Node& root, std::string_view pointer) {
  const Node* node = &root;
  while (!pointer.empty()) {
    const auto end = pointer.find('/', 1);
    const Node* next = child(*node, step_of(pointer.substr(1, end - 1)));
    if (next == nullptr || next->kind == Node::Kind::kNull) break;
    node = next;
    pointer = end == std::string_view::npos ? std::string_view() : pointer.substr(end);
  }
  return *node;
}

// "line 40:5: expected …" with the place of that value instead.
void put_place(FieldError& field, const Node& root, std::string_view pointer) {
  const auto said = field.message.find(": "), word = field.message.find(' ');
  if (said == std::string::npos || word > said) return;
  const Node& node = reached(root, pointer);
  field.message = fmt::format("{} {}:{}{}", field.message.substr(0, word), node.line, node.column,
                              field.message.substr(said));
}

}  // namespace

Error told_of_rule(Error error, std::size_t place, std::string_view rule) {
  const auto root = yaml::parse(rule);
  const std::string prefix = fmt::format("/rules/{}", place);
  for (FieldError& field : error.fields) {
    const auto rest = field.pointer.substr(std::min(prefix.size(), field.pointer.size()));
    if (!field.pointer.starts_with(prefix) || (!rest.empty() && rest.front() != '/')) continue;
    if (root) put_place(field, *root, rest);
    field.pointer = "/rule" + rest;
  }
  return error;
}

Error told_of_rules(Error error, std::string_view rules) {
  const auto root = yaml::parse(rules);
  if (!root) return error;
  const Node* list = root->kind == Node::Kind::kMap ? find(*root, kRules) : &*root;
  constexpr std::string_view kPrefix = "/rules", kFirst = "/rules/0";
  for (FieldError& field : error.fields) {
    const std::string_view pointer = field.pointer;
    if (list != nullptr && pointer.starts_with(kPrefix)) {
      put_place(field, *list, pointer.substr(kPrefix.size()));
    } else if (pointer.starts_with(kFirst)) {
      put_place(field, *root, pointer.substr(kFirst.size()));  // one rule
    }
  }
  return error;
}

Result<std::string> with_rules(std::string_view regulation, std::string_view rules) {
  const auto text = TRY(read_regulation(regulation));
  const std::string block = TRY(rules_block(rules));
  const auto own = TRY(lines_under(text, kRules));
  return replaced(text, own.value_or(Range{text.lines.size(), text.lines.size()}), block);
}

Result<std::string> with_rule(std::string_view regulation, std::string_view rule) {
  const auto text = TRY(read_regulation(regulation));
  const std::string id = TRY(id_of_rule(rule));
  const auto item = TRY(read(rule, "rules_unreadable"));
  return with_item(text, id, &item);
}

Result<std::string> without_rule(std::string_view regulation, std::string_view id) {
  return with_item(TRY(read_regulation(regulation)), id, nullptr);
}

std::optional<std::size_t> place_of_rule(std::string_view regulation, std::string_view id) {
  const auto text = read_regulation(regulation);
  const Node* list = text ? find(text->root, kRules) : nullptr;
  if (list == nullptr) return std::nullopt;
  for (std::size_t i = 0; i < list->items.size(); ++i) {
    const Node* known = find(list->items[i], "id");
    if (known != nullptr && known->text == id) return i;
  }
  return std::nullopt;
}

Result<std::string> id_of_rule(std::string_view rule) {
  const auto item = TRY(read(rule, "rules_unreadable"));
  const Node* id = item.root.kind == Node::Kind::kMap ? find(item.root, "id") : nullptr;
  if (id == nullptr || id->kind != Node::Kind::kScalar || id->text.empty()) {
    return item.wrong(1, 1, "a rule is a map with an id");
  }
  return id->text;
}

}  // namespace dealog::rules
