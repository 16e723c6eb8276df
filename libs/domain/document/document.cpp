#include "libs/domain/document/document.hpp"

#include <charconv>

#include <fmt/format.h>

#include "dealog/v1/document_events.pb.h"
#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/documents/template.hpp"
#include "libs/domain/common/refusal.hpp"

namespace dealog::document {
namespace {

using Events = std::vector<NewEvent>;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return c >= 'A' && c <= 'Z'; }

}  // namespace

void evolve(TemplateState& state, const RecordedEvent& event) {
  state.version = event.version;
  const auto* published = event.as<v1::DocumentTemplatePublished>();
  if (published == nullptr) return;
  state.published = published->version();
  state.yaml = published->yaml();
  state.sha256 = published->sha256();
}

StreamName stream_of(documents::TemplateCode code) { return "tpl_" + code.text(); }

TemplateInForce in_force(const TemplateState& state, documents::TemplateCode code) {
  if (state.own()) return {state.yaml, state.published, state.sha256};
  const std::string_view yaml = documents::default_template(code);
  return {std::string(yaml), 0, to_hex(sha256(yaml))};
}

Result<documents::Template> sound_template(std::string_view yaml, Language language) {
  if (yaml.size() > documents::kTemplateBytes) {
    return refuse(language, ErrorKind::kTooLarge, "template_too_large",
                  fmt::format("шаблон не длиннее {} байт", documents::kTemplateBytes),
                  fmt::format("a template has at most {} bytes", documents::kTemplateBytes));
  }
  auto parsed = documents::parse_template(yaml);
  if (parsed) return *std::move(parsed);
  Error error{ErrorKind::kInvalid, "template_unsound",
              std::string(in(language, "в шаблоне есть ошибки; исправьте строки ниже",
                             "this template has mistakes; correct the lines below"))};
  for (const auto& issue : parsed.error()) {
    error.fields.push_back({"", "template_mistake",
                            fmt::format("{} {}:{}: {}", in(language, "строка", "line"), issue.line,
                                        issue.column, issue.message)});
  }
  return fail(std::move(error));
}

Result<Events> decide(const TemplateState& state, const PublishTemplate& command,
                      Language language) {
  if (!command.yaml.empty()) TRY(sound_template(command.yaml, language));
  if (command.yaml == state.yaml) return Events{};
  v1::DocumentTemplatePublished event;
  event.set_code(command.code.text());
  event.set_version(state.published + 1);
  event.set_yaml(command.yaml);
  event.set_sha256(to_hex(sha256(command.yaml)));
  return Events{make_event(std::move(event))};
}

Tag numbers_tag(documents::DocumentKind kind, std::string_view entity, int year) {
  return open_tag(fmt::format("numbers:{}:{}:{:04}", documents::kind_name(kind), entity, year));
}

std::string number_text(int year, std::string_view series, std::uint32_t number) {
  return fmt::format("{:04}-{}{}", year, series, number);
}

NumberParts number_parts(std::string_view text) {
  NumberParts parts;
  if (text.size() < 6 || text[4] != '-') return {};
  std::from_chars(text.data(), text.data() + 4, parts.year);
  std::size_t at = 5;
  while (at < text.size() && is_letter(text[at])) parts.series += text[at++];
  if (at == text.size() || !is_digit(text[at])) return {};
  const auto [end, failed] =
      std::from_chars(text.data() + at, text.data() + text.size(), parts.number);
  return failed == std::errc() && end == text.data() + text.size() ? parts : NumberParts{};
}

Tag link_tag(std::string_view token_sha256) {
  return open_tag("document-link:" + std::string(token_sha256));
}

Tag revoked_tag(std::string_view document) {
  return open_tag("links-revoked:" + std::string(document));
}

Tag views_tag(std::string_view link) { return open_tag("views-of:" + std::string(link)); }

}  // namespace dealog::document
