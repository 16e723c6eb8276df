// How a document looks: a list of blocks, read from YAML that a company may write. A template can
// show values and lay them out, and nothing else: no code, no files, no loops. The format is
// described in README.md. Thread: any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace dealog::documents {

inline constexpr std::size_t kTemplateBytes = 64 << 10;
inline constexpr std::size_t kBlocks = 300;         // of a template
inline constexpr std::size_t kTextBytes = 8 << 10;  // of one text in it
inline constexpr std::size_t kPairs = 60;           // of one block

enum class BlockKind : std::uint8_t {
  kHeading,
  kText,
  kBankDetails,
  kPairs,
  kTable,
  kTotals,
  kPaymentCode,
  kSignatures,
  kSpace,
  kRule,
  kPageBreak,
};
enum class Align : std::uint8_t { kLeft, kCenter, kRight, kJustify };
enum class Column : std::uint8_t { kNumber, kTitle, kQuantity, kPrice, kDiscount, kVat, kTotal };

struct Block {
  BlockKind kind = BlockKind::kText;
  std::string text = {};  // of a heading or text; the words beside a payment code
  std::vector<std::pair<std::string, std::string>> pairs = {};  // of pairs and signatures
  std::vector<Column> columns = {};
  Align align = Align::kLeft;
  bool bold = false;
  int size_tenths = 0;    // of a point; 0: the template's
  int millimetres = 0;    // of a space; the side of a payment code
  std::string when = {};  // shown only where this placeholder has a value
  std::string unless = {};
};

struct Template {
  int size_tenths = 95;
  int margin_mm = 18;
  std::vector<Block> blocks;
  std::string footer;
};

// One mistake; line and column count from 1, 0 where there is none.
struct TemplateIssue {
  int line = 0;
  int column = 0;
  std::string message;
};

// The template, or every mistake in it (kTemplateIssues at most).
inline constexpr std::size_t kTemplateIssues = 50;
std::expected<Template, std::vector<TemplateIssue>> parse_template(std::string_view yaml);

}  // namespace dealog::documents
