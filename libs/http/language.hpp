// The languages in which people are answered.
#pragma once

#include <string_view>

namespace dealog::http {

enum class Language { kRu, kEn };

// The better liked of ru and en in an Accept-Language value (RFC 9110, 12.5.4); English when
// neither is named. Thread: any.
Language preferred_language(std::string_view accept_language);

}  // namespace dealog::http
