#include "libs/connectors/typeform/typeform.hpp"

#include "libs/base/text.hpp"
#include "libs/connectors/lead/lead_builder.hpp"
#include "libs/connectors/parse/amounts.hpp"
#include "libs/connectors/parse/body.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/shared_secret.hpp"

namespace dealog::connectors::typeform {
namespace {

std::string joined(const Node* list) {
  std::string out;
  if (!list || list->is_scalar()) return out;
  for (const auto& [key, item] : list->entries) {
    if (!item.is_scalar() || item.text.empty()) continue;
    out += (out.empty() ? "" : ", ") + item.text;
  }
  return out;
}

std::string with_other(std::string text, const Node& choice) {
  const std::string other = first_text(choice, {"other"});
  if (other.empty()) return text;
  return text.empty() ? other : text + ", " + other;
}

// An answer's value stands under a key of its own for each type: {"type": "email", "email": …}.
std::string value_of(const Node& answer) {
  const std::string type = first_text(answer, {"type"});
  const Node* value = answer.find(type);
  if (!value) return {};
  if (value->is_scalar()) return value->text;
  if (type == "choice") return with_other(first_text(*value, {"label"}), *value);
  if (type == "choices") return with_other(joined(value->find("labels")), *value);
  if (type == "payment") return first_text(*value, {"amount"});
  return joined(value);
}

// The question as it was asked; answers name it by the id of its field.
const Node* question(const Node& response, const std::string& id) {
  const Node* fields = response.find({"definition", "fields"});
  if (!fields || fields->is_scalar() || id.empty()) return nullptr;
  for (const auto& [key, field] : fields->entries) {
    if (field.text_of("id") == id) return &field;
    // Questions of a group (an address, a contact) stand inside it.
    const Node* inner = field.find({"properties", "fields"});
    if (!inner || inner->is_scalar()) continue;
    for (const auto& [inner_key, child] : inner->entries) {
      if (child.text_of("id") == id) return &child;
    }
  }
  return nullptr;
}

void put_answer(LeadBuilder& lead, const Node& response, const Node& answer) {
  const std::string value(trim(value_of(answer)));
  if (value.empty()) return;
  const Node none;
  const Node* own = answer.find("field");
  const Node& field = own ? *own : none;
  const Node* asked = question(response, field.text_of("id").value_or(""));
  const std::string ref = first_text(field, {"ref"});
  std::string title = asked ? first_text(*asked, {"title"}) : "";
  if (title.empty()) title = ref.empty() ? first_text(field, {"id", "type"}) : ref;
  const std::string type = first_text(answer, {"type"});
  // What Typeform itself checked for being an address or a number comes before what names say.
  if (type == "email") return lead.put_recognised("email", value);
  if (type == "phone_number") return lead.put_recognised("phone", value);
  if (type == "text" && role_of(title) == FieldRole::kNone && role_of(ref) != FieldRole::kNone) {
    return lead.put_recognised(ref, value);
  }
  if (type == "text" || type == "number") return lead.put_recognised(title, value);
  lead.put_answer(title, value);
}

// Hidden fields come with the address of the form: campaign marks, a name, a number of a lead.
void put_hidden(LeadBuilder& lead, const Node& response) {
  const Node* hidden = response.find("hidden");
  if (!hidden) return;
  for (const auto& leaf : leaves(*hidden)) lead.put_recognised(leaf.name, leaf.node->text);
}

// The form knows in which currency its question is paid.
Result<void> put_payment(LeadBuilder& lead, const Node& response, const Node& answer) {
  if (answer.text_of("type") != "payment") return {};
  const std::string amount = answer.text_of({"payment", "amount"}).value_or("");
  if (amount.empty()) return {};
  const Node* asked = question(response, answer.text_of({"field", "id"}).value_or(""));
  const auto told = asked ? asked->text_of({"properties", "currency"}) : std::nullopt;
  const std::string currency = told && Currency::parse(*told) ? *told : lead.currency();
  lead.put_amount(TRY(amount_field(amount, currency, "answers.payment.amount")));
  return {};
}

Result<Fact> read(const Node& response, const SourceSettings& settings) {
  const std::string token = TRY(required_text(response, "token", "form_response.token"));
  const std::string time =
      TRY(required_text(response, "submitted_at", "form_response.submitted_at"));
  const Timestamp at = TRY(time_field(time, "UTC", "form_response.submitted_at"));
  LeadBuilder lead(settings);
  lead.put(FieldRole::kFormId, first_text(response, {"form_id"}));
  lead.put(FieldRole::kTitle, response.text_of({"definition", "title"}).value_or(""));
  if (const Node* answers = response.find("answers"); answers && !answers->is_scalar()) {
    for (const auto& [key, answer] : answers->entries) {
      put_answer(lead, response, answer);
      TRY(put_payment(lead, response, answer));
    }
  }
  put_hidden(lead, response);
  return Fact{"lead:" + delivery_key("typeform", token), token, at, {}, TRY(lead.finish())};
}

class Typeform final : public Provider {
 public:
  std::string_view name() const override { return "typeform"; }
  std::uint32_t decoder_version() const override { return 2; }

  Reception receive(const Delivery& delivery, const SourceSettings&) const override {
    if (delivery.method == "GET") return {Reception::Kind::kPing, {}};
    const auto body = parse_body(delivery);
    if (!body) return {Reception::Kind::kStore, body_key("typeform", delivery), {}, body.error()};
    // event_id differs for each webhook of one form; the response does not.
    const std::string token = body->tree.text_of({"form_response", "token"}).value_or("");
    if (token.empty()) return {Reception::Kind::kStore, body_key("typeform", delivery)};
    return {Reception::Kind::kStore, delivery_key("typeform", token)};
  }

  Answer answer(const Delivery&, const SourceSettings&, Outcome) const override {
    return {200, {}, {}};
  }

  Result<std::vector<Fact>> decode(const Delivery& delivery,
                                   const SourceSettings& settings) const override {
    if (delivery.method == "GET") return ignored("connection_check");
    const Body body = TRY(parse_body(delivery));
    const std::string type = first_text(body.tree, {"event_type"});
    if (!type.empty() && type != "form_response") return ignored("event_not_used");
    const Node* response = body.tree.find("form_response");
    if (!response || response->kind != Node::Kind::kMap) return field_missing("form_response");
    return std::vector{TRY(read(*response, settings))};
  }

  std::vector<FieldError> complete_settings(SourceSettings& settings) const override {
    if (settings.secret() && !settings.signature) {
      settings.signature = BodySignature{BodySignature::Scheme::kBody, "Typeform-Signature",
                                         BodySignature::Encoding::kBase64, "sha256=", ""};
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
  static const Typeform kTypeform;
  return kTypeform;
}

}  // namespace dealog::connectors::typeform
