// What a command tells whoever runs it.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace dealog::commands {

// A line to the standard output, there at once: what takes long is followed step by step.
inline void say(std::string_view line) {
  std::printf("%.*s\n", static_cast<int>(line.size()), line.data());
  std::fflush(stdout);
}

// "1 subject", "2 subjects".
inline std::string counted(std::uint64_t number, std::string_view noun) {
  return std::to_string(number) + " " + std::string(noun) + (number == 1 ? "" : "s");
}

}  // namespace dealog::commands
