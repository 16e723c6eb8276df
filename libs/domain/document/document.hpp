// Papers of a deal: the templates that a company changed, and the streams and tags by which issued
// documents, their numbers and their links are found. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/language.hpp"
#include "libs/base/result.hpp"
#include "libs/documents/default_templates.hpp"
#include "libs/event/event.hpp"

namespace dealog::document {

// ---- templates: one stream each, "tpl_invoice-ru" ----

struct TemplateState {
  StreamVersion version;
  std::uint64_t published = 0;  // how many versions there were; 0: the built-in one alone
  std::string yaml;             // of the last; empty: back to the built-in one
  std::string sha256;           // hex, of it

  bool own() const { return !yaml.empty(); }
};

void evolve(TemplateState& state, const RecordedEvent& event);

StreamName stream_of(documents::TemplateCode code);

// What is in force: the company's own, else the built-in one, which is version 0.
struct TemplateInForce {
  std::string yaml;
  std::uint64_t version = 0;
  std::string sha256;
};
TemplateInForce in_force(const TemplateState& state, documents::TemplateCode code);

struct PublishTemplate {
  documents::TemplateCode code;
  std::string yaml;  // empty: back to the built-in one
};

// The same text as the one in force makes no event. Errors: kInvalid "template_unsound" with a
// field for each mistake (its message has line and column); kTooLarge "template_too_large".
Result<std::vector<NewEvent>> decide(const TemplateState& state, const PublishTemplate& command,
                                     Language language = Language::kEn);

// A template that has no mistakes. Errors: as above.
Result<documents::Template> sound_template(std::string_view yaml, Language language);

// ---- numbers ----

// Every document of a kind, legal entity and year that took a number carries it: its last event is
// the last number, and an append that takes the next one is conditional on that.
Tag numbers_tag(documents::DocumentKind kind, std::string_view entity, int year);

// "2026-17", "2026-B17": year, letters of the series, number.
std::string number_text(int year, std::string_view series, std::uint32_t number);
struct NumberParts {
  int year = 0;
  std::string series;
  std::uint32_t number = 0;
};
// Zeros for what is no such number.
NumberParts number_parts(std::string_view text);

// ---- links ----

inline constexpr std::size_t kLinkTokenBytes = 32;
// By the hash of its token, in hex.
Tag link_tag(std::string_view token_sha256);
// On what revokes the links of a document.
Tag revoked_tag(std::string_view document);
// On the views of a link.
Tag views_tag(std::string_view link);

}  // namespace dealog::document
