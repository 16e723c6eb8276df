// The project's own source files, read once, with comments and texts taken out where a rule looks
// at code alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dealog::layers {

struct Include {
  std::string path;
  bool angled = false;  // <path>, not "path"
  int line = 0;
};

struct SourceFile {
  std::string path;  // from the root of the repository, with '/'
  std::string text;

  bool in(std::string_view folder) const { return path.starts_with(folder); }
  bool has_extension(std::initializer_list<std::string_view> extensions) const;
  bool is_cpp() const { return has_extension({".cpp", ".hpp", ".h"}); }
  std::vector<std::string_view> lines() const;
  // The text without comments and without what stands in quotes; lines keep their numbers.
  std::string code() const;
  std::vector<Include> includes() const;
};

// The folder named by the environment's DEALOG_SOURCE_DIR.
std::string source_dir();
// Everything that people write: not build/, caches, node_modules, test data or fuzzing corpora.
const std::vector<SourceFile>& source_files();

// C++ without comments; without the inside of string and character literals too, if asked.
std::string strip_cpp(std::string_view text, bool strip_texts);

}  // namespace dealog::layers
