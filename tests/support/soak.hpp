// How long and from which seed a crash test goes: short and drawn by themselves, longer and
// repeated by the environment (`deploy/dev soak`).
#pragma once

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace dealog::testing {

// Standard error goes nowhere meanwhile: a log that stops says so each time, and here it stops a
// hundred times on purpose.
class QuietErrors {
 public:
  QuietErrors() : kept_(::dup(STDERR_FILENO)) {
    const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    ::dup2(null, STDERR_FILENO);
    ::close(null);
  }
  ~QuietErrors() {
    ::dup2(kept_, STDERR_FILENO);
    ::close(kept_);
  }
  QuietErrors(const QuietErrors&) = delete;
  QuietErrors& operator=(const QuietErrors&) = delete;

 private:
  int kept_;
};

inline std::uint64_t soak_number(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr || *text == '\0' ? otherwise : std::strtoull(text, nullptr, 10);
}

// $DEALOG_SEED, or one that is drawn.
inline std::uint64_t soak_seed() { return soak_number("DEALOG_SEED", std::random_device{}()); }

// Adds a line to the file $DEALOG_SOAK_TALLY, from which `deploy/dev soak` sums up: so many kills,
// power cuts or errors, and how much had been acknowledged before them and was there after them.
inline void tally(const char* what, std::uint64_t count, std::uint64_t acknowledged) {
  if (const char* file = std::getenv("DEALOG_SOAK_TALLY"); file != nullptr && *file != '\0') {
    std::ofstream(file, std::ios::app) << what << ' ' << count << ' ' << acknowledged << '\n';
  }
}

inline std::string joined(const std::vector<std::string>& lines) {
  std::string all;
  for (const auto& line : lines) all += "\n  " + line;
  return all;
}

}  // namespace dealog::testing
