// What one delivery may hold, so that a hostile body costs no more than an honest one.
#pragma once

#include <cstddef>

namespace dealog::connectors {

inline constexpr std::size_t kFormFields = 1000;          // fields of a form, PHP's own default
inline constexpr std::size_t kFieldNameBytes = 2048;      // a question used as a key, in UTF-8
inline constexpr std::size_t kNestingDepth = 32;          // brackets in a row: a[b][c]…
inline constexpr std::size_t kMultipartParts = 1000;      // fields and files together
inline constexpr std::size_t kPartHeaderBytes = 8 << 10;  // all headers of one part
inline constexpr std::size_t kPartHeaders = 32;
inline constexpr std::size_t kBoundaryBytes = 200;   // RFC 2046 says 70; some clients use more
inline constexpr std::size_t kJsonNodes = 50'000;    // values of one document
inline constexpr std::size_t kBodyBytes = 40 << 20;  // the largest route, mail with attachments

}  // namespace dealog::connectors
