// Documents as PDF: A4, page n of m, table heads repeated on every page. Thread: any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "libs/base/result.hpp"
#include "libs/documents/document_data.hpp"
#include "libs/documents/template.hpp"

namespace dealog::documents {

inline constexpr std::size_t kDocumentPages = 200;
inline constexpr std::size_t kDocumentBytes = 4 << 20;

// Raised whenever the same data and template come out as other bytes, as far as that is ours to
// know; new fonts or libraries change them too.
inline constexpr std::uint32_t kLayoutVersion = 1;

struct RenderedPdf {
  std::string bytes;
  std::uint32_t pages = 0;
};

// The same data and template give the same bytes on one machine: the date inside is that of the
// data. Takes about 20 ms a page; blocks. Errors: kInternal "fonts_missing" (the packages
// fonts-liberation2 and fonts-dejavu-core), "pdf_failed"; kTooLarge "document_too_large".
Result<RenderedPdf> render_pdf(const Template& how, const DocumentData& data);

}  // namespace dealog::documents
