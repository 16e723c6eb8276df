// Any bytes as a regulation file: no crash, and what is called sound can be described, published
// as JSON and judged.
#include "libs/rules/regulation.hpp"

#include <cstdint>
#include <cstdlib>

#include "tests/support/fake_facts.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dealog::rules;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const ParsedRegulation parsed = parse_regulation(text);
  for (const RegulationIssue& issue : parsed.issues) {
    if (issue.message.empty() || issue.line < 0 || issue.column < 0) std::abort();
    if (format_issue("file.yaml", issue).empty()) std::abort();
  }
  if (!parsed.sound()) return 0;
  const FakeFacts facts;
  for (const Stage& stage : parsed.regulation.stages) {
    for (const Verdict& verdict : judge(stage.exit, facts)) {
      if (verdict.code.empty() || verdict.message.ru.empty() || verdict.message.en.empty()) {
        std::abort();
      }
    }
    if (!parsed.regulation.index_of(stage.code)) std::abort();
    if (stage.limit &&
        stage.limit->after({1'780'000'000'000'000}, parsed.regulation.calendar).us <= 0) {
      std::abort();
    }
  }
  if (to_json(parsed.regulation).empty()) std::abort();
  return 0;
}
