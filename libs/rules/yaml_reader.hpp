// Reading typed values out of a YAML tree, with every mistake collected: line, column, path, what
// was expected.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/rules/regulation.hpp"
#include "libs/yaml/yaml_tree.hpp"

namespace dealog::rules {

using YamlNode = yaml::Node;
using YamlKey = yaml::Key;

// More issues than this help nobody; the rest is counted in one last issue.
inline constexpr std::size_t kIssuesShown = 200;

// The issues of one file, and where each path that was read stands.
class IssueReport {
 public:
  void error(int line, int column, std::string path, std::string message);
  // Finds line and column itself, from the longest known beginning of the path.
  void add(RegulationIssue issue);
  void remember(const std::string& path, int line, int column);

  bool is_full() const { return issues_.size() > kIssuesShown; }
  // An error at `path` or inside it.
  bool has_error_inside(std::string_view path) const;
  // An error whose path has one of these parts.
  bool has_error_among(std::initializer_list<std::string_view> parts) const;
  const std::vector<RegulationIssue>& issues() const { return issues_; }
  // Sorted by line and column, the columns counted in characters of `text` instead of bytes.
  std::vector<RegulationIssue> take(std::string_view text);

 private:
  struct Position {
    int line;
    int column;
  };
  std::vector<RegulationIssue> issues_;
  std::map<std::string, Position, std::less<>> positions_;
};

// A value of the file with its path. Reading what is not of the wanted form reports it and gives
// nothing. Thread: one.
class YamlPlace {
 public:
  YamlPlace(const YamlNode& node, std::string path, IssueReport& report)
      : node_(&node), path_(std::move(path)), report_(&report) {}

  const YamlNode& node() const { return *node_; }
  const std::string& path() const { return path_; }
  IssueReport& report() const { return *report_; }
  bool is_scalar() const { return node_->kind == YamlNode::Kind::kScalar; }
  bool is_map() const { return node_->kind == YamlNode::Kind::kMap; }
  bool is_list() const { return node_->kind == YamlNode::Kind::kList; }

  // Reports "expected …" here, with what was found.
  void expected(std::string_view what) const;
  void error(std::string message) const;

  // A scalar as it stands, not empty and at most `max_bytes` long.
  std::optional<std::string> text(std::string_view what, std::size_t max_bytes) const;
  // A code: letters a–z first, then also digits, '_' and '-'; `extra` are further characters.
  std::optional<std::string> code(std::string_view extra = "") const;
  std::optional<bool> boolean() const;
  std::optional<std::int64_t> whole_number() const;
  std::optional<Money> money() const;           // "60000.00 RUB"
  std::optional<Date> date() const;             // "2026-12-31"
  std::optional<std::int32_t> percent() const;  // "50 %" as basis points, 0 to 100 %
  std::optional<LocalText> local_text(std::size_t max_bytes) const;  // {ru: …, en: …}
  // The elements of a list of at most `max_items` (more: reported, the rest left out).
  std::vector<YamlPlace> list(std::size_t max_items) const;
  // One code, or a list of them.
  std::vector<std::string> codes(std::string_view extra = "") const;

 private:
  std::string found() const;

  const YamlNode* node_;
  std::string path_;
  IssueReport* report_;
};

// A map whose keys are asked for one by one; `finish` reports those that nobody asked for.
class YamlMap {
 public:
  // Reports a place that is no map; then every key is absent and required ones are not reported.
  explicit YamlMap(const YamlPlace& place, std::string_view what);

  bool is_map() const { return map_; }
  std::optional<YamlPlace> optional(std::string_view key);
  // Reports an absent key: "expected 'key', which says …".
  std::optional<YamlPlace> required(std::string_view key, std::string_view says);
  // Reports unknown keys, with the known one that was probably meant. True when there was none.
  bool finish();
  const YamlPlace& place() const { return place_; }

 private:
  YamlPlace place_;
  bool map_;
  std::vector<std::string_view> asked_;
};

}  // namespace dealog::rules
