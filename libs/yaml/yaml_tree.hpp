// YAML text as a plain tree with positions, within limits. The only folder that knows yaml-cpp.
// Anchors, aliases, tags and several documents are refused: what Dealog reads needs none, and
// aliases let a small file stand for an enormous one.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace dealog::yaml {

// What a file may be. A regulation of a hundred full stages has about 60 KB and depth 9.
inline constexpr std::size_t kFileBytes = 1 << 20;
inline constexpr std::size_t kDepth = 32;
inline constexpr std::size_t kNodes = 100'000;

struct Key {
  std::string text;
  int line = 0;
  int column = 0;
};

struct Node {
  enum class Kind { kNull, kScalar, kList, kMap };

  Kind kind = Kind::kNull;
  int line = 0;  // line and column (in bytes) count from 1
  int column = 0;
  std::string text;         // of a scalar
  std::vector<Key> keys;    // of a map: keys[i] belongs to items[i]
  std::vector<Node> items;  // of a map or a list
};

struct Problem {
  int line = 0;
  int column = 0;
  std::string message;
};

// The tree of one document, or what is wrong with it. Never throws. Thread: any.
std::expected<Node, Problem> parse(std::string_view text);

}  // namespace dealog::yaml
