// The rules of CONTRIBUTING.md that a program can check, over the whole tree.
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <functional>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/layers/source_tree.hpp"

namespace dealog::layers {
namespace {

using testing::IsEmpty;

constexpr std::size_t kMaxLines = 500;
constexpr std::size_t kMaxColumns = 100;

bool is_shipped(const SourceFile& file) {
  return file.in("libs/") || file.in("projections/") || file.in("services/");
}

const std::vector<SourceFile>& cpp_without_comments() {
  static const auto files = [] {
    std::vector<SourceFile> out;
    for (const auto& file : source_files()) {
      if (file.is_cpp()) out.push_back({file.path, file.code()});
    }
    return out;
  }();
  return files;
}

// "path:line: text" of every line of code that matches in the files that `where` selects.
// `words` are looked for first, because a regular expression takes a hundred times as long.
std::vector<std::string> matches(std::initializer_list<std::string_view> words,
                                 const std::string& pattern,
                                 const std::function<bool(const SourceFile&)>& where) {
  const std::regex regex(pattern);
  std::vector<std::string> found;
  for (const auto& file : cpp_without_comments()) {
    if (!where(file)) continue;
    int line = 0;
    for (const auto each : file.lines()) {
      ++line;
      const bool has_word = std::any_of(words.begin(), words.end(), [&](std::string_view word) {
        return each.find(word) != std::string_view::npos;
      });
      if (has_word && std::regex_search(each.begin(), each.end(), regex)) {
        found.push_back(fmt::format("{}:{}: {}", file.path, line, each));
      }
    }
  }
  return found;
}

// "path:line: include" of shipped files outside `home` that include a path starting so.
std::vector<std::string> includes_outside(const std::string& home,
                                          std::initializer_list<std::string_view> prefixes) {
  std::vector<std::string> found;
  for (const auto& file : source_files()) {
    if (!file.is_cpp() || !is_shipped(file) || file.in(home)) continue;
    for (const auto& include : file.includes()) {
      for (const auto prefix : prefixes) {
        if (include.path.starts_with(prefix)) {
          found.push_back(fmt::format("{}:{}: {}", file.path, include.line, include.path));
        }
      }
    }
  }
  return found;
}

std::size_t code_points(std::string_view line) {
  return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

TEST(Includes, OnlyStorageKnowsRocksDb) {
  EXPECT_THAT(includes_outside("libs/storage/", {"rocksdb/"}), IsEmpty());
}

TEST(Includes, OnlyHttpKnowsBeast) {
  EXPECT_THAT(includes_outside("libs/http/", {"boost/beast"}), IsEmpty());
}

TEST(Includes, OnlyOneFileKnowsTelephoneNumbers) {
  EXPECT_THAT(includes_outside("libs/base/phone.cpp", {"phonenumbers/"}), IsEmpty());
}

TEST(Includes, OnlyOneFileKnowsTheLoggingLibrary) {
  EXPECT_THAT(includes_outside("libs/base/logging.cpp", {"spdlog/"}), IsEmpty());
}

TEST(Clocks, AreReadInOneFileAlone) {
  const auto elsewhere = [](const SourceFile& file) {
    return is_shipped(file) && file.path != "libs/base/clock.cpp";
  };
  EXPECT_THAT(
      matches({"_clock"}, R"(\b(system|steady|high_resolution|utc|file)_clock\s*::\s*now\b)",
              elsewhere),
      IsEmpty());
  EXPECT_THAT(matches({"time"}, R"(\b(gettimeofday|clock_gettime|std::time)\s*\()", elsewhere),
              IsEmpty());
}

TEST(Money, IsNeverADouble) {
  static const std::regex about_money("(money|price|payment|invoice|quote|amount|currency)");
  const auto is_about_money = [](const SourceFile& file) {
    return is_shipped(file) && std::regex_search(file.path, about_money);
  };
  EXPECT_THAT(matches({"double", "float"}, R"(\b(double|float)\b)", is_about_money), IsEmpty());
}

TEST(Coroutines, AreNeverDetachedBare) {
  // libs/async starts them with a handler that logs and aborts; a bare one swallows exceptions.
  EXPECT_THAT(
      matches({"detached"}, R"(\bdetached\b)",
              [](const SourceFile& file) { return is_shipped(file) && !file.in("libs/async/"); }),
      IsEmpty());
}

TEST(Files, HaveAtMostFiveHundredLines) {
  for (const auto& file : source_files()) {
    if (!file.has_extension({".cpp", ".hpp", ".h", ".sh", ".cmake", ".py", ".ts", ".tsx"}))
      continue;
    EXPECT_LE(file.lines().size(), kMaxLines) << file.path << " is too long: is it one thing?";
  }
}

TEST(Lines, HaveAtMostOneHundredColumns) {
  for (const auto& file : source_files()) {
    if (!file.has_extension({".cpp", ".hpp", ".h"})) continue;
    int number = 0;
    for (const auto line : file.lines()) {
      ++number;
      EXPECT_LE(code_points(line), kMaxColumns) << file.path << ":" << number;
    }
  }
}

TEST(Folders, EachHaveAReadme) {
  std::set<std::string> folders, readmes;
  for (const auto& file : source_files()) {
    if (!is_shipped(file)) continue;
    const auto first = file.path.find('/');
    const auto second = file.path.find('/', first + 1);
    if (second == std::string::npos) continue;
    const auto folder = file.path.substr(0, second);
    folders.insert(folder);
    if (file.path == folder + "/README.md") readmes.insert(folder);
  }
  EXPECT_TRUE(folders.contains("libs/base"));
  std::vector<std::string> without;
  std::set_difference(folders.begin(), folders.end(), readmes.begin(), readmes.end(),
                      std::back_inserter(without));
  EXPECT_THAT(without, IsEmpty());
}

TEST(Sources, AreAllNamedInACMakeListsFile) {
  // A test that exists and is not built says nothing; neither does a source.
  const auto is_named = [&](const SourceFile& file) {
    return std::any_of(source_files().begin(), source_files().end(), [&](const SourceFile& list) {
      if (!list.path.ends_with("/CMakeLists.txt")) return false;
      const auto folder = std::filesystem::path(list.path).parent_path();
      const auto name = std::filesystem::path(file.path).lexically_relative(folder).string();
      for (auto at = list.text.find(name, 1); at != std::string::npos;
           at = list.text.find(name, at + 1)) {
        if (std::isspace(list.text[at - 1])) return true;
      }
      return false;
    });
  };
  std::vector<std::string> not_built;
  for (const auto& file : source_files()) {
    const bool ours = is_shipped(file) || file.in("tests/");
    if (ours && file.path.ends_with(".cpp") && !is_named(file)) not_built.push_back(file.path);
  }
  EXPECT_THAT(not_built, IsEmpty());
}

TEST(Project, StandsWithoutWhatLiesBesideIt) {
  // Sample payloads belong to others and are read through an environment variable, if at all.
  const std::string beside = std::string("../") + "shared";
  for (const auto& file : source_files()) {
    EXPECT_EQ(file.text.find(beside), std::string::npos) << file.path << " names " << beside;
  }
}

}  // namespace
}  // namespace dealog::layers
