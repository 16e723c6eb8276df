// YAML text as a plain tree with positions, within limits. The only part of the rules that knows
// yaml-cpp. Anchors, aliases, tags and several documents are refused: a regulation needs none, and
// aliases let a small file stand for an enormous one.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace dealog::rules {

// What a regulation file may be. A file of a hundred full stages has about 60 KB and depth 9.
inline constexpr std::size_t kRegulationBytes = 1 << 20;
inline constexpr std::size_t kYamlDepth = 32;
inline constexpr std::size_t kYamlNodes = 100'000;

struct YamlKey {
  std::string text;
  int line = 0;
  int column = 0;
};

struct YamlNode {
  enum class Kind { kNull, kScalar, kList, kMap };

  Kind kind = Kind::kNull;
  int line = 0;  // line and column (in bytes) count from 1
  int column = 0;
  std::string text;             // of a scalar
  std::vector<YamlKey> keys;    // of a map: keys[i] belongs to items[i]
  std::vector<YamlNode> items;  // of a map or a list
};

struct YamlProblem {
  int line = 0;
  int column = 0;
  std::string message;
};

// The tree of one document, or what is wrong with it. Never throws. Thread: any.
std::expected<YamlNode, YamlProblem> parse_yaml(std::string_view text);

}  // namespace dealog::rules
