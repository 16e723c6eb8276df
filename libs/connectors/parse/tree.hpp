// A body as a tree, whatever it was written in: a form with brackets, JSON, multipart.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/result.hpp"

namespace dealog::connectors {

struct NodeEntry;

// One value. Numbers keep the text they came as, so a 20-digit id or "10.000000" loses nothing.
// Maps keep the order of arrival and may hold a key twice; `find` takes the last.
struct Node {
  enum class Kind { kNull, kBool, kNumber, kText, kList, kMap };

  Kind kind = Kind::kNull;
  std::string text;                // of bool ("true", "false"), number and text
  std::vector<NodeEntry> entries;  // of list (keys empty) and map

  static Node of_text(std::string value);
  static Node map();
  static Node list();

  bool is_scalar() const { return kind != Kind::kList && kind != Kind::kMap; }
  bool is_null() const { return kind == Kind::kNull; }

  // The entry of that name; in a list the name is a position ("0"). Null when there is none.
  const Node* find(std::string_view key) const;
  // Follows `find` through several names.
  const Node* find(std::initializer_list<std::string_view> keys) const;
  // Text of a bool, number or text at `key`; nothing when absent, null or nested. Ids that come
  // as a number or as a string read the same.
  std::optional<std::string> text_of(std::string_view key) const;
  std::optional<std::string> text_of(std::initializer_list<std::string_view> keys) const;
};

struct NodeEntry {
  std::string key;
  Node node;
};

// A place in a tree as people write it: `phone`, `contact.tel`, `items[0].price`,
// `["Ваше имя"]`, and `contact[tel]`, which is what the name attribute of a form says.
struct Path {
  std::string text;                   // as written
  std::vector<std::string> segments;  // at least one

  // Errors: kInvalid "invalid_path".
  static Result<Path> parse(std::string_view text);
  // A key that is spelled exactly like the whole path wins over following its segments.
  const Node* find(const Node& root) const;
  bool operator==(const Path&) const = default;
};

// One leaf with its name in bracket spelling: {"contact[tel]", "…"}.
struct Leaf {
  std::string name;
  const Node* node = nullptr;  // scalar, lives as long as the tree
};
// All scalars in order of arrival, nulls left out.
std::vector<Leaf> leaves(const Node& root);

// SHA-256 (hex) over names and values of all leaves but the empty ones and those named in
// `without`, sorted by name (values of one name keep their order), line ends as LF. Equal content
// gives an equal hash whatever the encoding, so a form sent twice is known again.
std::string content_hash(const Node& root, const std::vector<std::string>& without);

}  // namespace dealog::connectors
