#include "libs/connectors/pipedrive/event.hpp"

#include <array>

#include "libs/base/text.hpp"
#include "libs/connectors/crm/api.hpp"
#include "libs/connectors/crm/crm_fields.hpp"
#include "libs/connectors/lead/contact.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/provider.hpp"

namespace dealog::connectors::pipedrive {
namespace {

std::string cut(std::string_view text) { return std::string(utf8_prefix(text, kShortTextBytes)); }

// Version 1 says it in the past tense.
std::string action_of(const std::string& given) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kOld{
      {{"added", "create"}, {"updated", "change"}, {"deleted", "delete"}, {"merged", "merge"}}};
  for (const auto& [old, now] : kOld) {
    if (given == old) return std::string(now);
  }
  return given;
}

const Node* map_or_null(const Node* node) {
  return node && node->kind == Node::Kind::kMap ? node : nullptr;
}

std::string scope_of(const Event& event) {
  return delivery_key("pipedrive:" + event.entity, event.id);
}

std::optional<Sequence> sequence_of(const Event& event) {
  if (!event.at) return std::nullopt;
  return Sequence{scope_of(event), event.at->us / 1000};
}

// One change of one thing, whichever webhooks tell it.
std::string change_key(const Event& event, std::string_view what) {
  const std::string when = event.at ? std::to_string(event.at->us) : event.delivery_key;
  return std::string(what) + ":" + scope_of(event) + ":" + when;
}

StagePlace stage_of(const Event& event, bool changed) {
  const Node& deal = *event.data;
  StagePlace stage;
  stage.pipeline = crm::id_of(deal, "pipeline_id");
  stage.to = crm::id_of(deal, "stage_id");
  stage.status_to = first_text(deal, {"status"});
  stage.outcome = crm::outcome_of(stage.status_to);
  if (!changed || !event.previous) return stage;
  // What did not change is not repeated in version 2.
  const auto before = [&](std::string_view key, const std::string& now) {
    const std::string old = event.previous ? crm::id_of(*event.previous, key) : "";
    return old.empty() ? now : old;
  };
  stage.from = before("stage_id", stage.to);
  stage.status_from = before("status", stage.status_to);
  return stage;
}

Contact person_of(const Node& deal, const SourceSettings& settings) {
  const Node* person = map_or_null(deal.find("person_id"));
  const Node none = Node::map();
  const Node& known = person ? *person : none;
  std::string name = first_text(deal, {"person_name"});
  if (name.empty()) name = first_text(known, {"name"});
  Contact contact = make_contact(name, crm::primary_value(known.find("phone")),
                                 crm::primary_value(known.find("email")), settings.country);
  const std::string id = crm::id_of(deal, "person_id");
  if (!id.empty()) contact.ids.emplace_back("external_contact", id);
  return contact;
}

std::string owner_of(const Node& thing) {
  const std::string owner = crm::id_of(thing, "owner_id");
  return owner.empty() ? crm::id_of(thing, "user_id") : owner;
}

struct Value {
  std::optional<Money> amount;
  bool assumed = false;
};

// 1000 with "currency" beside it; of a lead {"amount", "currency"}.
Value value_of(const Node& thing, const SourceSettings& settings) {
  const Node* nested = map_or_null(thing.find("value"));
  const Node& from = nested ? *nested : thing;
  const std::string currency = first_text(from, {"currency"});
  return {crm::amount_of(first_text(from, {nested ? "amount" : "value"}),
                         currency.empty() ? settings.currency : currency),
          currency.empty()};
}

Fact lead_fact(const Event& event, const SourceSettings& settings) {
  const Node& deal = *event.data;
  LeadFact lead;
  lead.person = person_of(deal, settings);
  lead.title = cut(first_text(deal, {"title"}));
  lead.company = cut(first_text(deal, {"org_name"}));
  const Value value = value_of(deal, settings);
  lead.amount = value.amount;
  lead.currency_assumed = value.assumed;
  if (event.entity == "deal") lead.stage = stage_of(event, false);
  lead.account = event.company;
  lead.owner = owner_of(deal);
  const bool named = !lead.person.phone.empty() || !lead.person.email.empty();
  const bool ask = event.entity == "deal" && !named && !lead.person.empty();
  Fact fact{"lead:" + scope_of(event), event.id, event.at, sequence_of(event), std::move(lead)};
  if (ask) {
    fact.fetch = FetchPlan{"new-deal", event.id,
                           "GET /api/v2/deals/{id} and its person, whom the event names by id"};
  }
  return fact;
}

Fact stage_fact(const Event& event, const SourceSettings& settings) {
  const Node& deal = *event.data;
  StageFact stage;
  stage.stage = stage_of(event, true);
  stage.person = person_of(deal, settings);
  stage.account = event.company;
  stage.title = cut(first_text(deal, {"title"}));
  const Value value = value_of(deal, settings);
  stage.amount = value.amount;
  stage.currency_assumed = value.assumed;
  stage.owner = owner_of(deal);
  stage.actor = event.actor;
  stage.lost_reason = cut(first_text(deal, {"lost_reason"}));
  const std::string key = change_key(event, "stage") + ":" + stage.stage.from + ">" +
                          stage.stage.to + ":" + cut(stage.stage.status_to);
  return Fact{key, event.id, event.at, sequence_of(event), std::move(stage)};
}

Fact contact_fact(const Event& event, const SourceSettings& settings) {
  const Node& thing = *event.data;
  ContactFact contact;
  contact.account = event.company;
  contact.owner = owner_of(thing);
  const bool person = event.entity == "person";
  if (person) {
    std::string name = first_text(thing, {"name"});
    if (name.empty()) {
      name = first_text(thing, {"first_name"}) + " " + first_text(thing, {"last_name"});
    }
    const Node* phones = thing.find("phones");
    const Node* emails = thing.find("emails");
    contact.person =
        make_contact(name, crm::primary_value(phones ? phones : thing.find("phone")),
                     crm::primary_value(emails ? emails : thing.find("email")), settings.country);
    contact.company = cut(first_text(thing, {"org_name"}));
    const std::string company = crm::id_of(thing, "org_id");
    if (!company.empty()) contact.person.ids.emplace_back("external_company", company);
  } else {
    contact.is_company = true;
    contact.company = cut(first_text(thing, {"name"}));
  }
  return Fact{change_key(event, person ? "contact" : "company"), event.id, event.at,
              sequence_of(event), std::move(contact)};
}

Fact not_used(const Event& event, std::string_view reason) {
  return crm::ignored_fact(change_key(event, event.action), event.id, event.at, reason);
}

// {"success": true, "data": {…}}, as an event that made or changed it.
Result<Event> answered(const Node& body, std::string_view entity, const SourceSettings& settings) {
  Event event;
  event.entity = entity;
  event.data = map_or_null(body.find("data"));
  if (!event.data) return field_missing("data");
  event.id = TRY(required_text(*event.data, "id", "data.id"));
  event.company = settings.crm_account;
  event.at = crm::first_time(*event.data, {"update_time", "add_time"});
  return event;
}

}  // namespace

Result<Event> read_event(const Node& body) {
  const Node* meta = map_or_null(body.find("meta"));
  if (!meta) return field_missing("meta");
  Event event;
  event.action = action_of(first_text(*meta, {"action"}));
  event.entity = first_text(*meta, {"entity", "object"});
  event.id = first_text(*meta, {"entity_id"});
  event.company = first_text(*meta, {"company_id"});
  event.host = first_text(*meta, {"host"});
  event.actor = crm::id_of(*meta, "user_id");
  event.merged_to = first_text(*meta, {"merged_to_id"});
  const bool second = meta->find("entity") != nullptr;
  event.data = map_or_null(body.find(second ? "data" : "current"));
  event.previous = map_or_null(body.find("previous"));
  event.at = crm::first_time(*meta, {"timestamp"});
  if (second) {
    const std::string id = first_text(*meta, {"id"});
    if (!id.empty()) event.delivery_key = delivery_key("pipedrive:" + event.company, id);
    return event;
  }
  event.id = first_text(*meta, {"id"});
  const std::string micro = first_text(*meta, {"timestamp_micro"});
  if (!micro.empty()) {
    event.delivery_key =
        delivery_key("pipedrive:" + event.company, first_text(*meta, {"webhook_id"}) + ":" +
                                                       event.entity + ":" + event.id + ":" + micro);
    // Seconds alone would make one of two changes of the same second.
    const auto milliseconds = micro.size() > 3 ? micro.substr(0, micro.size() - 3) : micro;
    if (const auto exact = crm::time_of(milliseconds)) event.at = exact;
  }
  return event;
}

Result<std::vector<Fact>> facts_of(const Event& event, const SourceSettings& settings) {
  if (event.entity.empty()) return field_missing("meta.entity");
  if (event.id.empty()) return field_missing("meta.entity_id");
  if (event.action == "merge" || !event.merged_to.empty()) {
    return std::vector{not_used(event, event.entity + "_merged")};
  }
  if (event.action == "delete") return std::vector{not_used(event, event.entity + "_deleted")};
  const bool made = event.action == "create";
  if (!event.data || (!made && event.action != "change")) {
    return std::vector{not_used(event, "event_not_used")};
  }
  if (event.entity == "deal") {
    return std::vector{made ? lead_fact(event, settings) : stage_fact(event, settings)};
  }
  if (event.entity == "lead" && made) return std::vector{lead_fact(event, settings)};
  if (event.entity == "person" || event.entity == "organization") {
    return std::vector{contact_fact(event, settings)};
  }
  return std::vector{not_used(event, event.entity + "_not_used")};
}

Result<std::vector<Fact>> read_answer(std::string_view what, const Node& body,
                                      const SourceSettings& settings) {
  const std::string deal = crm::deal_of(what, "person-of-");
  if (!deal.empty()) {
    const Event person = TRY(answered(body, "person", settings));
    return crm::with_deal(contact_fact(person, settings), deal);
  }
  if (what == "person" || what == "organization") {
    return std::vector{contact_fact(TRY(answered(body, what, settings)), settings)};
  }
  if (what != "deal" && what != "new-deal") return ignored("answer_not_used");
  Event event = TRY(answered(body, "deal", settings));
  if (what == "deal") return std::vector{stage_fact(event, settings)};
  event.at = crm::first_time(*event.data, {"add_time"});
  std::vector<Fact> facts{lead_fact(event, settings)};
  const bool ask = facts.front().fetch.has_value();
  facts.front().fetch.reset();
  if (!ask) return facts;
  const std::string id = crm::id_of(*event.data, "person_id");
  facts.push_back(crm::ask_for_contact(facts.front(), id, event.company, "person",
                                       "GET /api/v2/persons/{id}: a deal names its person by id"));
  return facts;
}

}  // namespace dealog::connectors::pipedrive
