#include "libs/connectors/parse/csv.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dealog::connectors {
namespace {

std::unexpected<Error> malformed(std::size_t row, std::string_view what) {
  return fail(ErrorKind::kInvalid, "malformed_csv", fmt::format("row {} {}", row, what));
}

}  // namespace

Result<std::vector<std::string>> take_csv_row(std::string_view& text, char separator,
                                              std::size_t number) {
  std::vector<std::string> row(1);
  bool quoted = false, closed = false;
  std::size_t i = 0;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c != '"') {
        row.back() += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        row.back() += text[++i];
      } else {
        quoted = false;
        closed = true;
      }
    } else if (c == '"' && row.back().empty() && !closed) {
      quoted = true;
    } else if (c == separator) {
      if (row.size() == kCsvColumns) return malformed(number, "has too many columns");
      row.emplace_back();
      closed = false;
    } else if (c == '\n') {
      break;
    } else if (c != '\r') {
      if (closed) return malformed(number, "has text after a closing quote");
      row.back() += c;
    }
  }
  if (quoted) return malformed(number, "ends within quotes: the file is cut off");
  text.remove_prefix(std::min(i + 1, text.size()));
  return row;
}

char csv_separator(std::string_view text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  const auto count = [&](char c) { return std::ranges::count(line, c); };
  char best = ',';
  for (const char candidate : {';', '\t'}) {
    if (count(candidate) > count(best)) best = candidate;
  }
  return best;
}

}  // namespace dealog::connectors
