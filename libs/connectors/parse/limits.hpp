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

inline constexpr std::size_t kMailHeaderBytes = 256 << 10;  // of one header; servers take 64 KB
inline constexpr std::size_t kMailHeaders = 2000;           // fields
inline constexpr std::size_t kMailDepth = 20;               // parts within parts
inline constexpr std::size_t kMailParts = 1000;             // of one mail
inline constexpr std::size_t kMailDashLines = 50'000;       // lines that may end a part
inline constexpr std::size_t kMailFieldLines = 300'000;     // lines that may be header fields
inline constexpr std::size_t kMailAttachments = 200;        // of one mail
inline constexpr std::size_t kMailAddresses = 500;          // of one header
inline constexpr std::size_t kMailReferences = 100;         // earlier mails of a thread
inline constexpr std::size_t kMessageIdBytes = 900;         // a header line has at most 998
inline constexpr std::size_t kMailTextBytes = 256 << 10;    // longer texts are cut
inline constexpr std::size_t kMailNameBytes = 255;          // of an attachment, as in a file system

inline constexpr std::size_t kXmlDepth = 64;
inline constexpr std::size_t kXmlNodes = 600'000;  // elements of one document
inline constexpr std::size_t kXmlAttributes = 64;  // of one element
inline constexpr std::size_t kXmlNameBytes = 256;
inline constexpr std::size_t kStatementBytes = 20 << 20;  // one uploaded statement
inline constexpr std::size_t kStatementRows = 20'000;     // entries of one file
inline constexpr std::size_t kStatementFields = 200;      // keys of one document of 1C

}  // namespace dealog::connectors
