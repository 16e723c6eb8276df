#include "libs/base/json_pointer.hpp"

#include "libs/base/text.hpp"

namespace dealog {

std::string pointer_step(std::string_view name) {
  std::string step = "/";
  for (const char c : utf8_prefix(name, kPointerStepBytes)) {
    if (c == '~')
      step += "~0";
    else if (c == '/')
      step += "~1";
    else
      step += c;
  }
  return step;
}

}  // namespace dealog
