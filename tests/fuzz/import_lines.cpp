// Any bytes as an import: lines are cut the same however the text comes in pieces, none is longer
// than the limit, and what is accepted has what every fact has.
#include "services/api/support/import_lines.hpp"

#include <string>
#include <vector>

#include "libs/base/assert.hpp"
#include "libs/base/text.hpp"
#include "libs/http/limits.hpp"

using namespace dealog;

namespace {

using Lines = std::vector<std::pair<std::size_t, std::string>>;

Lines cut(std::string_view text, std::size_t piece) {
  Lines lines;
  const auto keep = [&](std::size_t number, std::string_view line) {
    DEALOG_ASSERT(line.size() <= api::limits::kImportLineBytes + 1);
    DEALOG_ASSERT(line.find('\n') == std::string_view::npos);
    lines.emplace_back(number, line);
  };
  api::LineSplitter splitter;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    splitter.add(text.substr(at, piece), keep);
  }
  splitter.finish(keep);
  return lines;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Lines lines = cut(text, size + 1);
  DEALOG_ASSERT(lines == cut(text, 1 + size % 7));
  for (const auto& [number, line] : lines) {
    const auto fact = api::parse_import_line(line, size % 2 ? Language::kRu : Language::kEn);
    if (fact) {
      DEALOG_ASSERT(!fact->event_id.is_nil() && !fact->deal.is_nil());
      DEALOG_ASSERT(is_valid_utf8(line));
      continue;
    }
    DEALOG_ASSERT(is_valid_utf8(fact.error().message));
    DEALOG_ASSERT(fact.error().fields.size() <= http::kFieldErrors);
  }
  return 0;
}
