// Incoming leads that nobody has taken yet: forms, chats, calls and mails of amoCRM's own channels.
#include "libs/base/text.hpp"
#include "libs/connectors/amocrm/rows.hpp"
#include "libs/connectors/crm/crm_fields.hpp"
#include "libs/connectors/lead/contact.hpp"
#include "libs/connectors/lead/lead_builder.hpp"
#include "libs/connectors/payment/payment_fields.hpp"

namespace dealog::connectors::amocrm {
namespace {

constexpr std::size_t kCommentBytes = 20'000;

std::string joined(const std::string& comment, const std::string& more) {
  return comment.empty() || more.empty() ? comment + more : comment + "\n" + more;
}

// Fields of a form: {"name", "value"} under any key, or plain values by their names. Messages of a
// chat: {"text"}. Returns the texts of messages.
std::string read_data(const Node* data, LeadBuilder& lead) {
  std::string messages;
  if (!data || data->is_scalar()) return messages;
  for (const auto& [key, one] : data->entries) {
    if (one.is_scalar()) {
      lead.put_recognised(key, one.text);
      continue;
    }
    const std::string name = first_text(one, {"name"});
    if (name.empty()) {
      messages = joined(messages, first_text(one, {"text"}));
      continue;
    }
    const Node* value = one.find("value");
    if (!value) continue;
    if (value->is_scalar()) {
      lead.put_recognised(name, value->text);
      continue;
    }
    for (const auto& leaf : leaves(*value)) lead.put_recognised(name, leaf.node->text);
  }
  return messages;
}

// Who it is, by what each kind of channel puts where.
void read_person(const Node& source, const std::string& category, LeadBuilder& lead) {
  const std::string from = first_text(source, {"from"});
  const std::string client = source.text_of({"client", "name"}).value_or("");
  if (category == "sip") {
    lead.put_recognised("phone", from);
    lead.put_recognised("name", client);
    return;
  }
  if (category == "mail") {
    lead.put_recognised("email", source.text_of({"from", "email"}).value_or(from));
    lead.put_recognised("name", source.text_of({"from", "name"}).value_or(""));
    lead.put(FieldRole::kTitle, first_text(source, {"subject"}));
    return;
  }
  if (category == "chats") {
    lead.put_recognised("name", client.empty() ? from : client);
    lead.put(FieldRole::kMessenger, first_text(source, {"service"}));
    return;
  }
  lead.put(FieldRole::kPage, from);
  lead.put_recognised("name", client);
}

std::string first_id(const Node* list) {
  if (!list) return {};
  if (list->is_scalar()) return list->text;
  for (const auto& [index, one] : list->entries) {
    const std::string id = one.is_scalar() ? one.text : first_text(one, {"id"});
    if (!id.empty()) return id;
  }
  return {};
}

std::string lead_of(const Row& row) {
  std::string id = row.text("lead_id");
  if (id.empty()) id = first_id(row.node->find({"accept_result", "leads"}));
  if (id.empty()) id = first_id(row.node->find({"data", "leads"}));
  return id;
}

}  // namespace

Fact incoming_fact(const Row& row, const SourceSettings& settings) {
  const std::string category = to_lower_ascii(row.text("category"));
  LeadBuilder builder(settings);
  const Node none = Node::map();
  const Node* given = row.node->find("source_data");
  const Node& source = given ? *given : none;
  std::string comment = read_data(source.find("data"), builder);
  comment = joined(comment, first_text(source, {"text", "content_summary", "message"}));
  read_person(source, category, builder);
  builder.put(FieldRole::kFormId, first_text(source, {"form_id"}));
  builder.put(FieldRole::kTitle, first_text(source, {"form_name"}));
  auto built = builder.finish();
  LeadFact lead = built ? std::move(*built) : LeadFact{};
  lead.comment = utf8_prefix(joined(lead.comment, comment), kCommentBytes);
  const std::string contact = first_id(row.node->find({"data", "contacts"}));
  if (!contact.empty()) lead.person.ids.emplace_back("external_contact", contact);
  lead.account = row.account;
  lead.stage = StagePlace{};
  lead.stage->pipeline = crm::id_of(*row.node, "pipeline_id");
  lead.stage->to = crm::id_of(*row.node, "status_id");
  const std::string deal = lead_of(row);
  Fact fact{"lead:" + (deal.empty() ? row.key() : lead_scope(deal)),
            deal.empty() ? row.id() : deal,
            crm::first_time(*row.node, {"created_at", "date_create"}),
            {},
            {}};
  if (lead.person.phone.empty() && lead.person.email.empty() && !deal.empty() && contact.empty()) {
    fact.fetch =
        FetchPlan{"new-deal", deal, "GET /api/v4/leads/{id}?with=contacts: nobody is named yet"};
  }
  fact.content = std::move(lead);
  return fact;
}

// "accept" makes a deal of it, or finds that it is one; anything else drops it.
Fact incoming_end_fact(const Row& row) {
  const auto at = crm::first_time(*row.node, {"modified_at", "updated_at", "created_at"});
  const std::string deal = lead_of(row);
  if (row.text("action") != "accept" || deal.empty()) {
    return crm::ignored_fact(row.key(), row.id(), at, "incoming_lead_declined");
  }
  StageFact stage;
  stage.account = row.account;
  stage.stage.pipeline = crm::id_of(*row.node, "pipeline_id");
  stage.actor = crm::id_of(*row.node, "modified_user_id");
  stage.person = crm::person_of_id(first_id(row.node->find({"accept_result", "contacts"})));
  Fact fact{"stage:" + row.key(), deal, at, {}, std::move(stage)};
  fact.fetch =
      FetchPlan{"deal", deal, "GET /api/v4/leads/{id}: where the deal was put is not told"};
  return fact;
}

}  // namespace dealog::connectors::amocrm
