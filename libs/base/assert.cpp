#include "libs/base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace dealog {

void assertion_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "dealog: broken invariant: %s (%s:%d)\n", expression, file, line);
  std::abort();
}

}  // namespace dealog
