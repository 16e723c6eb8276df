// Asserts that stay on in release: a broken invariant stops the process before it spreads.
#pragma once

namespace dealog {
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);
}

#define DEALOG_ASSERT(condition)                                  \
  do {                                                            \
    if (!(condition)) [[unlikely]]                                \
      ::dealog::assertion_failed(#condition, __FILE__, __LINE__); \
  } while (false)
