// The languages in which people are answered.
#pragma once

namespace dealog {

enum class Language { kRu, kEn };

}  // namespace dealog
