// dealog check REGULATION
#include <cstdio>

#include "libs/rules/regulation.hpp"
#include "services/dealog/commands/commands.hpp"
#include "services/dealog/first_start.hpp"

namespace dealog::commands {

Result<int> run(const Check& arguments) {
  const auto parsed = rules::parse_regulation(TRY(read_text_file(arguments.regulation)));
  for (const auto& issue : parsed.issues) {
    std::fprintf(stderr, "%s\n", rules::format_issue(arguments.regulation.string(), issue).c_str());
  }
  if (!parsed.sound()) return kFailed;
  std::printf("%s is sound: %zu stages\n", arguments.regulation.c_str(),
              parsed.regulation.stages.size());
  return kDone;
}

}  // namespace dealog::commands
