// What a command tells whoever runs it.
#pragma once

#include <cstdio>
#include <string_view>

namespace dealog::commands {

// A line to the standard output, there at once: what takes long is followed step by step.
inline void say(std::string_view line) {
  std::printf("%.*s\n", static_cast<int>(line.size()), line.data());
  std::fflush(stdout);
}

}  // namespace dealog::commands
