#include "tests/layers/source_tree.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

namespace dealog::layers {
namespace {

namespace fs = std::filesystem;

bool is_left_out(const fs::path& path, const std::string& relative) {
  const auto name = path.filename().string();
  return name == "build" || name == ".git" || name == ".cache" || name == "node_modules" ||
         name == "dist" || relative == "tests/data" || relative == "tests/fuzz/corpus";
}

bool is_read(const fs::path& path) {
  const auto extension = path.extension().string();
  const auto name = path.filename().string();
  for (const char* known : {".cpp", ".hpp", ".h", ".proto", ".cmake", ".sh", ".md", ".yaml",
                            ".toml", ".ts", ".tsx", ".py"}) {
    if (extension == known) return true;
  }
  return name == "CMakeLists.txt" || path.generic_string() == "deploy/dev";
}

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

bool is_identifier(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// Walks over one C++ text; every step copies or blanks a comment, a literal or one character.
class Stripper {
 public:
  Stripper(std::string_view text, bool strip_texts) : text_(text), strip_texts_(strip_texts) {}

  std::string run() {
    while (at_ < text_.size()) {
      if (rest().starts_with("//")) {
        blank(rest().find('\n'));
      } else if (rest().starts_with("/*")) {
        const auto end = rest().find("*/", 2);
        blank(end == std::string_view::npos ? end : end + 2);
      } else if (rest().starts_with("R\"") && !follows_identifier()) {
        raw_string();
      } else if (text_[at_] == '"' || (text_[at_] == '\'' && !follows_identifier())) {
        literal(text_[at_]);
      } else {
        out_ += text_[at_++];
      }
    }
    return std::move(out_);
  }

 private:
  std::string_view rest() const { return text_.substr(at_); }
  // Of 1'000 and of FOOR"…", where the quote opens nothing of its own.
  bool follows_identifier() const { return at_ > 0 && is_identifier(text_[at_ - 1]); }

  void copy(std::size_t count, bool blanked) {
    for (char c : rest().substr(0, count)) out_ += blanked && c != '\n' ? ' ' : c;
    at_ += std::min(count, rest().size());
  }
  void blank(std::size_t count) { copy(count, true); }

  void raw_string() {
    const auto open = rest().find('(');
    if (open == std::string_view::npos) return copy(2, false);
    const std::string close = ")" + std::string(rest().substr(2, open - 2)) + "\"";
    copy(open + 1, false);
    copy(rest().find(close), strip_texts_);
    copy(close.size(), false);
  }

  void literal(char quote) {
    copy(1, false);
    std::size_t end = 0;
    while (end < rest().size() && rest()[end] != quote && rest()[end] != '\n') {
      end += rest()[end] == '\\' ? 2 : 1;
    }
    copy(end, strip_texts_);
    copy(1, false);
  }

  std::string_view text_;
  bool strip_texts_;
  std::size_t at_ = 0;
  std::string out_;
};

}  // namespace

bool SourceFile::has_extension(std::initializer_list<std::string_view> extensions) const {
  return std::any_of(extensions.begin(), extensions.end(),
                     [&](std::string_view extension) { return path.ends_with(extension); });
}

std::vector<std::string_view> SourceFile::lines() const {
  std::vector<std::string_view> out;
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    out.push_back(rest.substr(0, end));
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  return out;
}

std::string SourceFile::code() const { return strip_cpp(text, true); }

std::vector<Include> SourceFile::includes() const {
  static const std::regex kInclude(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
  std::vector<Include> out;
  const SourceFile plain{path, strip_cpp(text, false)};
  int line = 0;
  for (const auto each : plain.lines()) {
    ++line;
    std::match_results<std::string_view::const_iterator> match;
    if (each.find("include") == std::string_view::npos) continue;
    if (std::regex_search(each.begin(), each.end(), match, kInclude)) {
      out.push_back({match[2].str(), match[1].str() == "<", line});
    }
  }
  return out;
}

std::string strip_cpp(std::string_view text, bool strip_texts) {
  return Stripper(text, strip_texts).run();
}

std::string source_dir() {
  const char* dir = std::getenv("DEALOG_SOURCE_DIR");
  return dir == nullptr ? std::string() : std::string(dir);
}

const std::vector<SourceFile>& source_files() {
  static const auto files = [] {
    std::vector<SourceFile> out;
    const fs::path root = source_dir();
    for (auto it = fs::recursive_directory_iterator(root); it != fs::end(it); ++it) {
      const auto relative = it->path().lexically_relative(root).generic_string();
      if (it->is_directory()) {
        if (is_left_out(it->path(), relative)) it.disable_recursion_pending();
      } else if (it->is_regular_file() && is_read(relative)) {
        out.push_back({relative, read(it->path())});
      }
    }
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return out;
  }();
  return files;
}

}  // namespace dealog::layers
