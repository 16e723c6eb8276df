#include "libs/connectors/hubspot/event.hpp"

#include <algorithm>
#include <array>

#include "libs/base/text.hpp"
#include "libs/connectors/crm/crm_fields.hpp"
#include "libs/connectors/lead/contact.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/provider.hpp"

namespace dealog::connectors::hubspot {
namespace {

constexpr std::size_t kEvents = 1000;  // HubSpot itself stops at 100

std::string cut(std::string_view text) { return std::string(utf8_prefix(text, kShortTextBytes)); }

// Of the generic subscriptions, object.creation and so on.
std::string object_of_type(const std::string& number) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kTypes{
      {{"0-1", "contact"},
       {"0-2", "company"},
       {"0-3", "deal"},
       {"0-5", "ticket"},
       {"0-7", "product"},
       {"0-8", "line_item"},
       {"0-136", "lead"}}};
  for (const auto& [type, name] : kTypes) {
    if (type == number) return std::string(name);
  }
  return number.empty() ? "object" : number;
}

bool is_first_stage(std::string_view stage) {
  constexpr std::array<std::string_view, 5> kOpen{"appointmentscheduled", "qualifiedtobuy",
                                                  "presentationscheduled", "decisionmakerboughtin",
                                                  "contractsent"};
  return std::find(kOpen.begin(), kOpen.end(), stage) != kOpen.end();
}

FetchPlan deal_plan(const Event& event, bool made) {
  return {made ? "new-deal" : "deal", event.id,
          "GET /crm/v3/objects/deals/{id}: an event names the id and at most one property"};
}

// One change, whichever subscriptions tell it.
Fact fact(const Event& event, std::string_view kind, const std::string& part) {
  const std::string scope = scope_of(event.object, event.id) + (part.empty() ? "" : ":" + part);
  const std::string when = event.at ? std::to_string(event.at->us / 1000) : event.key;
  Fact out{std::string(kind) + ":" + scope + ":" + when, event.id, event.at, {}, {}, {}};
  if (event.at) out.sequence = Sequence{scope, event.at->us / 1000};
  return out;
}

Fact ignored_event(const Event& event, const std::string& reason) {
  const std::string key = event.action + ":" + scope_of(event.object, event.id) + ":" + event.key;
  return crm::ignored_fact(key, event.id, event.at, reason);
}

Fact deal_property(const Event& event, const SourceSettings& settings) {
  const std::string name = event.text("propertyName"), value = event.text("propertyValue");
  StageFact stage;
  stage.account = event.portal;
  Fact out = fact(event, "stage", cut(name));
  if (name == "dealstage") {
    stage.stage.to = cut(value);
    stage.stage.outcome = outcome_of_stage(value);
    // A stage of one's own pipeline has a number, and whether it closes is known by asking.
    if (stage.stage.outcome.empty() && !is_first_stage(value)) out.fetch = deal_plan(event, false);
  } else if (name == "pipeline") {
    stage.stage.pipeline = cut(value);
    out.fetch = deal_plan(event, false);
  } else if (name == "amount") {
    stage.amount = crm::amount_of(value, settings.currency);
    stage.currency_assumed = true;
  } else if (name == "hubspot_owner_id") {
    stage.owner = cut(value);
  } else if (name == "dealname") {
    stage.title = cut(value);
  } else if (name == "closed_lost_reason") {
    stage.lost_reason = cut(value);
  } else {
    return ignored_event(event, "property_not_used");
  }
  stage.actor = cut(event.text("sourceId"));
  if (stage.actor.starts_with("userId:")) stage.actor.erase(0, 7);
  out.content = std::move(stage);
  return out;
}

FetchPlan card_plan(const Event& event) {
  const bool company = event.object == "company";
  return {event.object, event.id,
          std::string("GET /crm/v3/objects/") + (company ? "companies" : "contacts") +
              "/{id}: an event names the id and at most one property"};
}

Fact contact_property(const Event& event, const SourceSettings& settings) {
  const std::string name = event.text("propertyName"), value = event.text("propertyValue");
  ContactFact contact;
  contact.account = event.portal;
  contact.is_company = event.object == "company";
  Fact out = fact(event, event.object, cut(name));
  if (name == "email" && !contact.is_company) {
    contact.person = make_contact("", "", value, settings.country);
  } else if (name == "phone" || name == "mobilephone") {
    contact.person = make_contact("", value, "", settings.country);
  } else if (name == "hubspot_owner_id") {
    contact.owner = cut(value);
  } else if ((name == "name" && contact.is_company) || name == "company") {
    contact.company = cut(value);
  } else if (name == "firstname" || name == "lastname") {
    out.fetch = card_plan(event);  // the other half of the name
  } else {
    return ignored_event(event, "property_not_used");
  }
  out.content = std::move(contact);
  return out;
}

// Who belongs to a deal is told apart from the deal, and from either side.
Fact association(const Event& event) {
  std::string from = event.text("fromObjectTypeId"), to = event.text("toObjectTypeId");
  const std::string type = event.text("associationType");
  const bool from_deal = from == "0-3" || (from.empty() && type == "DEAL_TO_CONTACT");
  const bool from_contact = from == "0-1" || (from.empty() && type == "CONTACT_TO_DEAL");
  const bool to_deal = to == "0-3" || (to.empty() && type == "CONTACT_TO_DEAL");
  const bool to_contact = to == "0-1" || (to.empty() && type == "DEAL_TO_CONTACT");
  const bool both = (from_deal && to_contact) || (from_contact && to_deal);
  const std::string one = event.text("fromObjectId"), other = event.text("toObjectId");
  if (!both || one.empty() || other.empty()) return ignored_event(event, "association_not_used");
  if (event.text("associationRemoved") == "true") {
    return ignored_event(event, "association_removed");
  }
  const std::string deal = cut(from_deal ? one : other), contact = cut(from_deal ? other : one);
  StageFact stage;
  stage.account = event.portal;
  stage.person = crm::person_of_id(contact);
  const std::string when = event.at ? std::to_string(event.at->us / 1000) : event.key;
  Fact fact{"stage:" + scope_of("deal", deal) + ":contact:" + contact + ":" + when,
            deal,
            event.at,
            {},
            std::move(stage)};
  fact.fetch = FetchPlan{"contact-of-" + deal, contact,
                         "GET /crm/v3/objects/contacts/{id}: an association names ids only"};
  return fact;
}

Fact deal_event(const Event& event, const SourceSettings& settings) {
  if (event.action == "creation") {
    LeadFact lead;
    lead.account = event.portal;
    Fact out{"lead:" + scope_of("deal", event.id), event.id, event.at, {}, std::move(lead)};
    out.fetch = deal_plan(event, true);
    return out;
  }
  if (event.action == "restore") {
    StageFact stage;
    stage.account = event.portal;
    Fact out = fact(event, "stage", "restore");
    out.content = std::move(stage);
    out.fetch = deal_plan(event, false);
    return out;
  }
  return deal_property(event, settings);
}

Fact card_event(const Event& event, const SourceSettings& settings) {
  if (event.action == "propertyChange") return contact_property(event, settings);
  ContactFact contact;
  contact.account = event.portal;
  contact.is_company = event.object == "company";
  Fact out = fact(event, event.object, event.action);
  out.content = std::move(contact);
  out.fetch = card_plan(event);
  return out;
}

Result<Event> read_event(const Node& node) {
  if (node.kind != Node::Kind::kMap) {
    return fail(ErrorKind::kInvalid, "not_a_batch", "an element of the batch is no event");
  }
  Event event;
  event.node = &node;
  std::string type = first_text(node, {"subscriptionType", "eventType"});
  if (type.empty()) return field_missing("subscriptionType");
  type = cut(type);
  const auto dot = type.find('.');
  event.object = type.substr(0, dot);
  if (dot != std::string::npos) event.action = type.substr(dot + 1);
  if (event.object == "object") event.object = object_of_type(cut(event.text("objectTypeId")));
  event.id = crm::id_of(node, "objectId");
  // What comes of a merge may have a number of its own; of an association both ends have theirs.
  if (event.id.empty()) event.id = crm::id_of(node, "fromObjectId");
  if (event.id.empty()) event.id = crm::id_of(node, "primaryObjectId");
  event.portal = cut(event.text("portalId"));
  const std::string number = event.text("eventId");
  const std::string subscription = event.text("subscriptionId");
  event.key = delivery_key("hubspot", event.portal + ":" + number +
                                          (subscription.empty() ? "" : ":" + subscription) +
                                          (number.empty() ? event.id + ":" + type : ""));
  event.at = crm::first_time(node, {"occurredAt"});
  return event;
}

}  // namespace

std::string Event::text(std::string_view name) const { return first_text(*node, {name}); }

std::string_view outcome_of_stage(std::string_view stage) {
  if (stage == "closedwon") return "won";
  return stage == "closedlost" ? "lost" : "";
}

std::string scope_of(std::string_view object, std::string_view id) {
  return delivery_key("hubspot:" + std::string(object), id);
}

Result<std::vector<Event>> read_events(const Node& body) {
  std::vector<Event> out;
  if (body.kind == Node::Kind::kMap) {
    out.push_back(TRY(read_event(body)));
    return out;
  }
  if (body.kind != Node::Kind::kList || body.entries.size() > kEvents) {
    return fail(ErrorKind::kInvalid, "not_a_batch",
                "the body is not a list of at most 1000 events");
  }
  for (const auto& [index, node] : body.entries) out.push_back(TRY(read_event(node)));
  return out;
}

Fact fact_of(const Event& event, const SourceSettings& settings) {
  if (event.id.empty()) return ignored_event(event, "event_not_used");
  if (event.action == "associationChange") return association(event);
  if (event.action == "merge") return ignored_event(event, event.object + "_merged");
  if (event.action == "deletion" || event.action == "privacyDeletion") {
    return ignored_event(event, event.object + "_deleted");
  }
  const bool known =
      event.action == "creation" || event.action == "restore" || event.action == "propertyChange";
  if (known && event.object == "deal") return deal_event(event, settings);
  if (known && (event.object == "contact" || event.object == "company")) {
    return card_event(event, settings);
  }
  return ignored_event(event, "event_not_used");
}

}  // namespace dealog::connectors::hubspot
