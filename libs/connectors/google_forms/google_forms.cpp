#include "libs/connectors/google_forms/google_forms.hpp"

#include "libs/base/text.hpp"
#include "libs/connectors/lead/lead_builder.hpp"
#include "libs/connectors/parse/body.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/shared_secret.hpp"

namespace dealog::connectors::google_forms {
namespace {

// Columns that Google itself adds to a sheet of answers.
bool is_time_column(std::string_view question) {
  return question == "Timestamp" || question == "Отметка времени";
}

std::string text_of_values(const Node& values) {
  if (values.is_scalar()) return values.text;
  std::string out;
  for (const auto& [key, value] : values.entries) {
    if (!value.is_scalar() || trim(value.text).empty()) continue;
    out += (out.empty() ? "" : ", ") + std::string(trim(value.text));
  }
  return out;
}

// The sheet and its row, or the response of a form without a sheet.
std::string identity(const Node& body) {
  const std::string response = first_text(body, {"responseId"});
  const std::string sheet = first_text(body, {"sheetId", "spreadsheetId", "formId"});
  const std::string row = first_text(body, {"row", "rowNumber"});
  if (!sheet.empty() && !row.empty()) return sheet + ":" + row;
  return response;
}

Result<Fact> read(const Node& body, const SourceSettings& settings) {
  const std::string id = identity(body);
  if (id.empty()) return field_missing("sheetId and row");
  const Node* answers = body.find("namedValues");
  if (!answers || answers->kind != Node::Kind::kMap) return field_missing("namedValues");
  LeadBuilder lead(settings);
  lead.put(FieldRole::kFormId, first_text(body, {"formId", "sheetId", "spreadsheetId"}));
  lead.put(FieldRole::kTitle, first_text(body, {"formTitle", "title"}));
  for (const auto& [question, values] : answers->entries) {
    if (!is_time_column(question)) lead.put_recognised(question, text_of_values(values));
  }
  std::optional<Timestamp> at;
  if (const std::string time = first_text(body, {"submittedAt", "timestamp"}); !time.empty()) {
    at = TRY(time_field(time, settings.time_zone, "submittedAt"));
  }
  return Fact{"lead:" + delivery_key("google-forms", id), id, at, {}, TRY(lead.finish())};
}

class GoogleForms final : public Provider {
 public:
  std::string_view name() const override { return "google-forms"; }
  std::uint32_t decoder_version() const override { return 2; }

  Reception receive(const Delivery& delivery, const SourceSettings&) const override {
    if (delivery.method == "GET") return {Reception::Kind::kPing, {}};
    const auto body = parse_body(delivery);
    if (!body) {
      return {Reception::Kind::kStore, body_key("google-forms", delivery), {}, body.error()};
    }
    const std::string id = identity(body->tree);
    if (id.empty()) return {Reception::Kind::kStore, body_key("google-forms", delivery)};
    return {Reception::Kind::kStore, delivery_key("google-forms", id)};
  }

  Answer answer(const Delivery&, const SourceSettings&, Outcome) const override {
    return {200, "text/plain; charset=utf-8", "ok"};
  }

  Result<std::vector<Fact>> decode(const Delivery& delivery,
                                   const SourceSettings& settings) const override {
    if (delivery.method == "GET") return ignored("connection_check");
    const Body body = TRY(parse_body(delivery));
    return std::vector{TRY(read(body.tree, settings))};
  }

  std::vector<FieldError> complete_settings(SourceSettings& settings) const override {
    const bool chosen = settings.signature || settings.auth.in != KeyPlace::In::kNone;
    if (settings.secret() && !chosen) {
      settings.signature = BodySignature{BodySignature::Scheme::kBody, "X-Dealog-Signature",
                                         BodySignature::Encoding::kHex, "sha256=", ""};
    }
    return Provider::complete_settings(settings);
  }

 protected:
  Verdict authenticate(const Delivery& delivery, const SourceSettings& settings) const override {
    if (delivery.method == "GET") return Verdict::accepted();
    if (const Verdict key = check_key(delivery, settings); !key.ok()) return key;
    return check_signature(delivery, settings);
  }
};

}  // namespace

const Provider& provider() {
  static const GoogleForms kGoogleForms;
  return kGoogleForms;
}

}  // namespace dealog::connectors::google_forms
