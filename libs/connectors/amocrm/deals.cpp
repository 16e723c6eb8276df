// Deals and people of amoCRM, as its hooks and its API write them.
#include <algorithm>

#include "libs/base/text.hpp"
#include "libs/connectors/amocrm/rows.hpp"
#include "libs/connectors/crm/crm_fields.hpp"
#include "libs/connectors/lead/contact.hpp"
#include "libs/connectors/lead/field_roles.hpp"
#include "libs/connectors/payment/payment_fields.hpp"

namespace dealog::connectors::amocrm {
namespace {

constexpr std::size_t kFields = 200;                     // custom fields that are kept
constexpr std::string_view kWon = "142", kLost = "143";  // of every pipeline

std::string cut(std::string_view text) { return std::string(utf8_prefix(text, kShortTextBytes)); }

// Custom fields of hooks ("custom_fields") and of the API ("custom_fields_values"). Indexes have
// gaps, values are objects but for dates, which are scalars.
struct CustomField {
  std::string name;
  std::string code;
  std::string value;  // several joined by a comma
  std::string first;
};

std::vector<CustomField> custom_fields(const Node& row) {
  std::vector<CustomField> out;
  for (const auto key : {"custom_fields", "custom_fields_values"}) {
    const Node* fields = row.find(key);
    if (!fields || fields->is_scalar()) continue;
    for (const auto& [index, field] : fields->entries) {
      if (out.size() == kFields) return out;
      CustomField one{first_text(field, {"name", "field_name"}),
                      to_lower_ascii(first_text(field, {"code", "field_code"})),
                      {},
                      {}};
      const Node* values = field.find("values");
      if (!values || values->is_scalar()) continue;
      for (const auto& [at, value] : values->entries) {
        const std::string text(
            trim(value.is_scalar() ? value.text : value.text_of("value").value_or("")));
        if (text.empty()) continue;
        if (one.first.empty()) one.first = text;
        one.value += (one.value.empty() ? "" : ", ") + text;
      }
      if (!one.value.empty()) out.push_back(std::move(one));
    }
  }
  return out;
}

std::string field_of(const std::vector<CustomField>& fields, FieldRole role) {
  const std::string_view code = role == FieldRole::kPhone ? "phone" : "email";
  for (const auto& field : fields) {
    if (field.code == code) return field.first;
  }
  for (const auto& field : fields) {
    if (field.code.empty() && role_of(field.name) == role) return field.first;
  }
  return {};
}

std::vector<std::string> tags_of(const Node& row) {
  std::vector<std::string> out;
  const Node* tags = row.find("tags");
  if (!tags) tags = row.find({"_embedded", "tags"});
  if (!tags || tags->is_scalar()) return out;
  for (const auto& [index, tag] : tags->entries) {
    const std::string name = tag.is_scalar() ? tag.text : first_text(tag, {"name"});
    if (!name.empty() && out.size() < kFields) out.push_back(cut(name));
  }
  return out;
}

StagePlace stage_of(const Row& row) {
  StagePlace stage;
  stage.pipeline = crm::id_of(*row.node, "pipeline_id");
  stage.from = crm::id_of(*row.node, "old_status_id");
  stage.to = crm::id_of(*row.node, "status_id");
  if (stage.to == kWon) stage.outcome = "won";
  if (stage.to == kLost) stage.outcome = "lost";
  return stage;
}

std::optional<Sequence> sequence_of(const Row& row) {
  const auto time = crm::first_time(*row.node, {"last_modified", "updated_at"});
  if (!time) return std::nullopt;
  return Sequence{lead_scope(row.id()), time->us / 1'000'000};
}

// The contact of a deal that the API answers: the main one, else the first.
std::string main_contact(const Node& row) {
  const Node* contacts = row.find({"_embedded", "contacts"});
  if (!contacts || contacts->is_scalar()) return crm::id_of(row, "main_contact_id");
  std::string first;
  for (const auto& [index, contact] : contacts->entries) {
    const std::string id = crm::id_of(contact, "id");
    if (contact.text_of("is_main") == "true") return id;
    if (first.empty()) first = id;
  }
  return first;
}

// Of a company: a field that is called so, or the one that amoCRM has for legal data.
std::string tax_id_of(const Row& row, const std::vector<CustomField>& fields) {
  for (const auto& field : fields) {
    const auto name = words(field.name);
    const bool named = std::ranges::any_of(
        name, [](const auto& word) { return word == "инн" || word == "inn" || word == "vat"; });
    if (named) return cut(field.first);
  }
  for (const auto* key : {"custom_fields", "custom_fields_values"}) {
    const Node* list = row.node->find(key);
    if (!list || list->is_scalar()) continue;
    for (const auto& [index, field] : list->entries) {
      const auto told = field.text_of({"values", "0", "value", "vat_id"});
      if (told && !trim(*told).empty()) return cut(trim(*told));
    }
  }
  return {};
}

}  // namespace

Fact lead_fact(const Row& row, const SourceSettings& settings) {
  LeadFact lead;
  lead.title = cut(row.text("name"));
  lead.amount = crm::amount_of(row.text("price"), settings.currency);
  lead.currency_assumed = true;
  lead.stage = stage_of(row);
  lead.account = row.account;
  lead.owner = crm::id_of(*row.node, "responsible_user_id");
  lead.tags = tags_of(*row.node);
  lead.person = crm::person_of_id(main_contact(*row.node));
  for (auto& field : custom_fields(*row.node)) {
    lead.answers.emplace_back(cut(field.name), cut(field.value));
  }
  Fact fact{"lead:" + lead_scope(row.id()),
            row.id(),
            crm::first_time(*row.node, {"created_at", "date_create", "last_modified"}),
            {},
            {}};
  if (lead.person.empty()) {
    fact.fetch = FetchPlan{"new-deal", row.id(),
                           "GET /api/v4/leads/{id}?with=contacts: the hook names no contact"};
  }
  fact.content = std::move(lead);
  return fact;
}

Fact stage_fact(const Row& row, const SourceSettings& settings) {
  StageFact stage;
  stage.stage = stage_of(row);
  stage.account = row.account;
  stage.title = cut(row.text("name"));
  stage.amount = crm::amount_of(row.text("price"), settings.currency);
  stage.currency_assumed = true;
  stage.owner = crm::id_of(*row.node, "responsible_user_id");
  stage.actor = crm::id_of(*row.node, "modified_user_id");
  if (stage.actor.empty()) stage.actor = crm::id_of(*row.node, "updated_by");
  stage.tags = tags_of(*row.node);
  stage.person = crm::person_of_id(main_contact(*row.node));
  if (stage.stage.outcome == "lost") {
    stage.lost_reason =
        cut(row.node->text_of({"loss_reason", "0", "name"})
                .value_or(row.node->text_of({"_embedded", "loss_reason", "0", "name"})
                              .value_or(first_text(*row.node, {"loss_reason_name"}))));
  }
  const auto at = crm::first_time(*row.node, {"last_modified", "updated_at"});
  // A move is told as "status" and, to whoever asks for both, as "update": one key of the two.
  Row told = row;
  if (!stage.stage.from.empty()) told.action = "status";
  return Fact{"stage:" + told.key(), row.id(), at, sequence_of(row), std::move(stage)};
}

Fact contact_fact(const Row& row, const SourceSettings& settings) {
  const auto fields = custom_fields(*row.node);
  const bool company = row.entity == "companies" || row.text("type") == "company";
  std::string name = row.text("name");
  if (name.empty()) name = row.text("first_name") + " " + row.text("last_name");
  ContactFact contact;
  contact.person = make_contact(company ? "" : name, field_of(fields, FieldRole::kPhone),
                                field_of(fields, FieldRole::kEmail), settings.country);
  contact.company = cut(company ? name : row.text("company_name"));
  contact.is_company = company;
  if (const std::string inn = company ? tax_id_of(row, fields) : ""; !inn.empty()) {
    contact.person.ids.emplace_back("inn", inn);
  }
  contact.account = row.account;
  contact.owner = crm::id_of(*row.node, "responsible_user_id");
  const auto at =
      crm::first_time(*row.node, {"last_modified", "updated_at", "created_at", "date_create"});
  std::optional<Sequence> sequence;
  if (at) {
    sequence = Sequence{delivery_key("amocrm:contact", row.id()), at->us / 1'000'000};
  }
  return Fact{(company ? "company:" : "contact:") + row.key(), row.id(), at, sequence,
              std::move(contact)};
}

}  // namespace dealog::connectors::amocrm
