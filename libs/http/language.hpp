// The languages in which people are answered.
#pragma once

#include <string_view>

#include "libs/base/language.hpp"

namespace dealog::http {

using dealog::Language;

// The better liked of ru and en in an Accept-Language value (RFC 9110, 12.5.4); English when
// neither is named. Thread: any.
Language preferred_language(std::string_view accept_language);

}  // namespace dealog::http
