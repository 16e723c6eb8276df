#include "libs/documents/template.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "libs/base/text.hpp"
#include "libs/documents/wording.hpp"
#include "libs/yaml/yaml_tree.hpp"

namespace dealog::documents {
namespace {

using yaml::Node;

template <class T>
struct Word {
  std::string_view text;
  T value;
};

constexpr std::array<Word<BlockKind>, 11> kBlockWords = {{
    {"heading", BlockKind::kHeading},
    {"text", BlockKind::kText},
    {"bank", BlockKind::kBankDetails},
    {"pairs", BlockKind::kPairs},
    {"table", BlockKind::kTable},
    {"totals", BlockKind::kTotals},
    {"payment_code", BlockKind::kPaymentCode},
    {"signatures", BlockKind::kSignatures},
    {"space_mm", BlockKind::kSpace},
    {"rule", BlockKind::kRule},
    {"page_break", BlockKind::kPageBreak},
}};
constexpr std::array<Word<Column>, 7> kColumnWords = {{
    {"number", Column::kNumber},
    {"title", Column::kTitle},
    {"quantity", Column::kQuantity},
    {"price", Column::kPrice},
    {"discount", Column::kDiscount},
    {"vat", Column::kVat},
    {"total", Column::kTotal},
}};
constexpr std::array<Word<Align>, 4> kAlignWords = {{
    {"left", Align::kLeft},
    {"center", Align::kCenter},
    {"right", Align::kRight},
    {"justify", Align::kJustify},
}};

constexpr int kSmallestText = 50, kLargestText = 480;  // tenths of a point
constexpr int kLargestMargin = 60, kLargestSpace = 200, kSmallestCode = 20, kLargestCode = 80;

template <class T, std::size_t N>
std::string words_of(const std::array<Word<T>, N>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ", ") + std::string(word.text);
  return out;
}

class TemplateReader {
 public:
  void read(const Node& root, Template& out) {
    if (root.kind != Node::Kind::kMap) {
      return error(root, "expected a map with 'blocks'");
    }
    bool has_blocks = false;
    for (std::size_t i = 0; i < root.keys.size(); ++i) {
      const std::string& key = root.keys[i].text;
      const Node& value = root.items[i];
      if (key == "blocks") {
        has_blocks = true;
        read_blocks(value, out);
      } else if (key == "footer") {
        out.footer = text(value);
      } else if (key == "size_pt") {
        out.size_tenths = tenths(value);
      } else if (key == "margin_mm") {
        out.margin_mm = whole(value, 5, kLargestMargin);
      } else {
        unknown(root.keys[i], "blocks, footer, size_pt, margin_mm");
      }
    }
    if (!has_blocks) error(root, "expected 'blocks', the list of what stands on the document");
  }

  std::vector<TemplateIssue> take() && { return std::move(issues_); }
  bool ok() const { return issues_.empty(); }

 private:
  void error(const Node& at, std::string message) { add(at.line, at.column, std::move(message)); }
  void add(int line, int column, std::string message) {
    if (issues_.size() < kTemplateIssues) issues_.push_back({line, column, std::move(message)});
  }
  void unknown(const yaml::Key& key, std::string_view known) {
    add(key.line, key.column, fmt::format("unknown key {}; known: {}", quoted(key.text), known));
  }

  void read_blocks(const Node& list, Template& out) {
    if (list.kind != Node::Kind::kList || list.items.empty()) {
      return error(list, "expected a list of blocks");
    }
    if (list.items.size() > kBlocks) {
      return error(list, fmt::format("at most {} blocks", kBlocks));
    }
    for (const Node& item : list.items) out.blocks.push_back(read_block(item));
  }

  Block read_block(const Node& node) {
    Block block;
    if (node.kind != Node::Kind::kMap) {
      error(node, "expected a block, such as 'text: …'");
      return block;
    }
    bool named = false;
    for (std::size_t i = 0; i < node.keys.size(); ++i) {
      const yaml::Key& key = node.keys[i];
      const auto word = std::ranges::find(kBlockWords, key.text, &Word<BlockKind>::text);
      if (word == kBlockWords.end()) continue;
      if (named) add(key.line, key.column, "a block says one thing; begin another with '-'");
      named = true;
      block.kind = word->value;
      read_subject(node.items[i], block);
    }
    if (!named) error(node, "expected one of: " + words_of(kBlockWords));
    for (std::size_t i = 0; i < node.keys.size(); ++i)
      read_option(node.keys[i], node.items[i], block);
    return block;
  }

  void read_subject(const Node& value, Block& block) {
    switch (block.kind) {
      case BlockKind::kHeading:
      case BlockKind::kText:
      case BlockKind::kPaymentCode:
        block.text = text(value);
        break;
      case BlockKind::kPairs:
      case BlockKind::kSignatures:
        block.pairs = pairs(value);
        break;
      case BlockKind::kTable:
        block.columns = columns(value);
        break;
      case BlockKind::kSpace:
        block.millimetres = whole(value, 1, kLargestSpace);
        break;
      case BlockKind::kBankDetails:
      case BlockKind::kTotals:
      case BlockKind::kRule:
      case BlockKind::kPageBreak:
        if (value.text != "true") error(value, "expected 'true'");
        break;
    }
  }

  void read_option(const yaml::Key& key, const Node& value, Block& block) {
    if (std::ranges::find(kBlockWords, key.text, &Word<BlockKind>::text) != kBlockWords.end()) {
      return;
    }
    const bool has_text = block.kind == BlockKind::kHeading || block.kind == BlockKind::kText;
    if (key.text == "when") {
      block.when = placeholder(value);
    } else if (key.text == "unless") {
      block.unless = placeholder(value);
    } else if (key.text == "align" && has_text) {
      block.align = align(value);
    } else if (key.text == "bold" && has_text) {
      block.bold = boolean(value);
    } else if (key.text == "size_pt" && has_text) {
      block.size_tenths = tenths(value);
    } else if (key.text == "size_mm" && block.kind == BlockKind::kPaymentCode) {
      block.millimetres = whole(value, kSmallestCode, kLargestCode);
    } else {
      unknown(key, has_text                                ? "align, bold, size_pt, when, unless"
                   : block.kind == BlockKind::kPaymentCode ? "size_mm, when, unless"
                                                           : "when, unless");
    }
  }

  std::string text(const Node& value) {
    if (value.kind != Node::Kind::kScalar) {
      error(value, "expected a text");
      return {};
    }
    if (value.text.size() > kTextBytes) {
      error(value, fmt::format("a text has at most {} bytes", kTextBytes));
      return {};
    }
    if (std::string problem = check_placeholders(value.text); !problem.empty()) {
      error(value, std::move(problem));
    }
    return value.text;
  }

  std::vector<std::pair<std::string, std::string>> pairs(const Node& value) {
    std::vector<std::pair<std::string, std::string>> out;
    if (value.kind != Node::Kind::kList || value.items.empty() || value.items.size() > kPairs) {
      error(value,
            fmt::format("expected a list of 1 to {} pairs, such as [[name, value]]", kPairs));
      return out;
    }
    for (const Node& item : value.items) {
      if (item.kind != Node::Kind::kList || item.items.size() != 2) {
        error(item, "expected a pair: [left, right]");
      } else {
        std::string left = text(item.items[0]);
        out.emplace_back(std::move(left), text(item.items[1]));
      }
    }
    return out;
  }

  std::vector<Column> columns(const Node& value) {
    std::vector<Column> out;
    if (value.kind != Node::Kind::kList) {
      error(value, "expected a list of columns: " + words_of(kColumnWords));
      return out;
    }
    for (const Node& item : value.items) {
      const auto word = std::ranges::find(kColumnWords, item.text, &Word<Column>::text);
      if (word == kColumnWords.end()) {
        error(item, fmt::format("unknown column {}; known: {}", quoted(item.text),
                                words_of(kColumnWords)));
      } else if (std::ranges::count(out, word->value) > 0) {
        error(item, fmt::format("the column '{}' stands there twice", item.text));
      } else {
        out.push_back(word->value);
      }
    }
    if (std::ranges::count(out, Column::kTitle) == 0)
      error(value, "a table needs the column 'title'");
    return out;
  }

  std::string placeholder(const Node& value) {
    if (is_placeholder(value.text)) return value.text;
    error(value, check_placeholders("{" + value.text + "}"));
    return {};
  }

  Align align(const Node& value) {
    const auto word = std::ranges::find(kAlignWords, value.text, &Word<Align>::text);
    if (word != kAlignWords.end()) return word->value;
    error(value, "expected one of: " + words_of(kAlignWords));
    return Align::kLeft;
  }

  bool boolean(const Node& value) {
    if (value.text != "true" && value.text != "false") error(value, "expected true or false");
    return value.text == "true";
  }

  int whole(const Node& value, int least, int most) {
    int number = 0;
    const auto [end, failed] =
        std::from_chars(value.text.data(), value.text.data() + value.text.size(), number);
    const bool read = failed == std::errc() && end == value.text.data() + value.text.size();
    if (!read || number < least || number > most) {
      error(value, fmt::format("expected a whole number from {} to {}", least, most));
      return least;
    }
    return number;
  }

  // "9.5" as 95.
  int tenths(const Node& value) {
    const std::string_view text = value.text;
    const auto point = text.find('.');
    const std::string digits =
        point == std::string_view::npos
            ? std::string(text) + "0"
            : std::string(text.substr(0, point)) + std::string(text.substr(point + 1));
    const bool one_digit = point == std::string_view::npos || point + 2 == text.size();
    const bool all_digits =
        !digits.empty() && digits.size() <= 4 &&
        std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
    int number = 0;
    if (all_digits) std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (!one_digit || !all_digits || number < kSmallestText || number > kLargestText) {
      error(value, fmt::format("expected a size in points from {} to {}, such as 9.5",
                               kSmallestText / 10, kLargestText / 10));
      return kSmallestText;
    }
    return number;
  }

  std::vector<TemplateIssue> issues_;
};

}  // namespace

std::expected<Template, std::vector<TemplateIssue>> parse_template(std::string_view yaml) {
  if (yaml.size() > kTemplateBytes) {
    return std::unexpected(std::vector<TemplateIssue>{
        {1, 1, fmt::format("a template has at most {} bytes", kTemplateBytes)}});
  }
  const auto tree = yaml::parse(yaml);
  if (!tree) {
    return std::unexpected(
        std::vector<TemplateIssue>{{tree.error().line, tree.error().column, tree.error().message}});
  }
  Template parsed;
  TemplateReader reader;
  reader.read(*tree, parsed);
  if (!reader.ok()) return std::unexpected(std::move(reader).take());
  return parsed;
}

}  // namespace dealog::documents
