// The templates that Dealog brings along, in Russian and English.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "libs/documents/document_data.hpp"
#include "libs/documents/template.hpp"

namespace dealog::documents {

// A template's code is its kind and language: "invoice-ru". There are eight.
struct TemplateCode {
  DocumentKind kind = DocumentKind::kQuote;
  Language language = Language::kRu;

  std::string text() const;
  bool operator==(const TemplateCode&) const = default;
};
inline constexpr std::size_t kTemplateCodes = 8;
const std::array<TemplateCode, kTemplateCodes>& all_template_codes();
std::optional<TemplateCode> template_code_of(std::string_view text);

// Its YAML; sound.
std::string_view default_template(TemplateCode code);

// Believable data to look at a template with: nobody's.
DocumentData sample_document(TemplateCode code);

}  // namespace dealog::documents
