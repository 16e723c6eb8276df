// The rows of a folder of keys. Inside libs/keys only.
#pragma once

#include <string_view>

namespace dealog {

inline constexpr std::string_view kKeysFamily = "keys";
// Of family `default`.
inline constexpr std::string_view kKeysFormatKey = "format";
// Keys up to this id may be missing, somebody has accepted it.
inline constexpr std::string_view kLostUntilKey = "lost_until";
// The first byte of a row.
inline constexpr char kPresentRow = '\x01';  // followed by the 32 bytes of the key
inline constexpr char kErasedRow = '\x02';

}  // namespace dealog
