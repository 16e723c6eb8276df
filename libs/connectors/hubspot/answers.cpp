// Objects of the CRM API: {"id", "properties": {…}, "createdAt", "updatedAt", "associations"}.
#include "libs/base/text.hpp"
#include "libs/connectors/crm/api.hpp"
#include "libs/connectors/crm/crm_fields.hpp"
#include "libs/connectors/hubspot/event.hpp"
#include "libs/connectors/lead/contact.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/provider.hpp"

namespace dealog::connectors::hubspot {
namespace {

std::string cut(std::string_view text) { return std::string(utf8_prefix(text, kShortTextBytes)); }

struct Thing {
  std::string id;
  const Node* properties = nullptr;
  std::optional<Timestamp> made_at;
  std::optional<Timestamp> changed_at;

  std::string text(std::string_view name) const { return first_text(*properties, {name}); }
  std::string version() const { return changed_at ? std::to_string(changed_at->us / 1000) : ""; }
};

StagePlace stage_of(const Thing& deal) {
  StagePlace stage;
  stage.pipeline = cut(deal.text("pipeline"));
  stage.to = cut(deal.text("dealstage"));
  stage.outcome = outcome_of_stage(stage.to);
  if (deal.text("hs_is_closed_won") == "true") {
    stage.outcome = "won";
  } else if (deal.text("hs_is_closed") == "true") {
    stage.outcome = "lost";
  }
  return stage;
}

std::optional<Money> amount_of(const Thing& deal, const SourceSettings& settings) {
  const std::string currency = deal.text("deal_currency_code");
  return crm::amount_of(deal.text("amount"), currency.empty() ? settings.currency : currency);
}

// Of "contacts" or "companies", that it is associated with; "" for none.
std::string first_of(const Node& body, std::string_view kind) {
  const Node* results = body.find({"associations", kind, "results"});
  if (!results || results->is_scalar()) return {};
  for (const auto& [index, one] : results->entries) {
    const std::string id = crm::id_of(one, "id");
    if (!id.empty()) return id;
  }
  return {};
}

std::vector<Fact> read_new(const Thing& deal, const Node& body, const SourceSettings& settings) {
  const std::string id = first_of(body, "contacts");
  LeadFact lead;
  lead.person = crm::person_of_id(id);
  lead.title = cut(deal.text("dealname"));
  lead.amount = amount_of(deal, settings);
  lead.currency_assumed = deal.text("deal_currency_code").empty();
  lead.stage = stage_of(deal);
  lead.account = settings.crm_account;
  lead.owner = cut(deal.text("hubspot_owner_id"));
  std::vector<Fact> facts{
      Fact{"lead:" + scope_of("deal", deal.id), deal.id, deal.made_at, {}, std::move(lead)}};
  if (!id.empty()) {
    facts.push_back(
        crm::ask_for_contact(facts.front(), id, settings.crm_account, "contact",
                             "GET /crm/v3/objects/contacts/{id}: a deal names its contact by id"));
  }
  if (const std::string company = first_of(body, "companies"); !company.empty()) {
    facts.push_back(
        crm::ask_for_company(facts.front(), company, settings.crm_account,
                             "GET /crm/v3/objects/companies/{id}: a deal names its company by id"));
  }
  return facts;
}

Fact read_stage(const Thing& deal, const Node& body, const SourceSettings& settings) {
  StageFact stage;
  stage.stage = stage_of(deal);
  stage.person = crm::person_of_id(first_of(body, "contacts"));
  stage.account = settings.crm_account;
  stage.title = cut(deal.text("dealname"));
  stage.amount = amount_of(deal, settings);
  stage.currency_assumed = deal.text("deal_currency_code").empty();
  stage.owner = cut(deal.text("hubspot_owner_id"));
  stage.lost_reason = cut(deal.text("closed_lost_reason"));
  std::optional<Sequence> sequence;
  if (deal.changed_at) {
    sequence = Sequence{scope_of("deal", deal.id) + ":dealstage", deal.changed_at->us / 1000};
  }
  return Fact{"stage:" + scope_of("deal", deal.id) + ":" + deal.version(), deal.id, deal.changed_at,
              sequence, std::move(stage)};
}

Fact read_card(const Thing& card, bool company, const SourceSettings& settings) {
  ContactFact contact;
  contact.is_company = company;
  contact.account = settings.crm_account;
  contact.owner = cut(card.text("hubspot_owner_id"));
  std::string phone = card.text("phone");
  if (phone.empty()) phone = card.text("mobilephone");
  const std::string name = company ? "" : card.text("firstname") + " " + card.text("lastname");
  contact.person = make_contact(name, phone, company ? "" : card.text("email"), settings.country);
  contact.company = cut(card.text(company ? "name" : "company"));
  const std::string scope = scope_of(company ? "company" : "contact", card.id);
  std::optional<Sequence> sequence;
  if (card.changed_at) sequence = Sequence{scope, card.changed_at->us / 1000};
  return Fact{(company ? "company:" : "contact:") + scope + ":" + card.version(), card.id,
              card.changed_at, sequence, std::move(contact)};
}

}  // namespace

Result<std::vector<Fact>> read_answer(std::string_view what, const Node& body,
                                      const SourceSettings& settings) {
  Thing thing;
  thing.id = TRY(required_text(body, "id", "id"));
  thing.properties = body.find("properties");
  if (!thing.properties || thing.properties->is_scalar()) return field_missing("properties");
  thing.made_at = crm::first_time(body, {"createdAt"});
  thing.changed_at = crm::first_time(body, {"updatedAt", "createdAt"});
  if (what == "new-deal") return read_new(thing, body, settings);
  if (what == "deal") return std::vector{read_stage(thing, body, settings)};
  const std::string deal = crm::deal_of(what, "contact-of-");
  if (!deal.empty()) return crm::with_deal(read_card(thing, false, settings), deal);
  const std::string whose = crm::deal_of(what, "company-of-");
  if (!whose.empty()) return crm::with_deal(read_card(thing, true, settings), whose);
  if (what == "contact" || what == "company") {
    return std::vector{read_card(thing, what == "company", settings)};
  }
  return ignored("answer_not_used");
}

}  // namespace dealog::connectors::hubspot
