#include "libs/connectors/signed_events/event_fact.hpp"

#include "libs/base/text.hpp"
#include "libs/connectors/generic/apply_mapping.hpp"
#include "libs/connectors/lead/contact.hpp"
#include "libs/connectors/payment/payment_fields.hpp"

namespace dealog::connectors {
namespace {

// Senders that follow no one's schema call these fields as they like; the usual names are known.
ContactFact contact_of(const Node& data, std::string_view country) {
  std::string name = first_text(data, {"fullName", "full_name", "name"});
  if (name.empty()) {
    name = first_text(data, {"firstName", "first_name"}) + " " +
           first_text(data, {"lastName", "last_name"});
  }
  ContactFact contact;
  contact.person =
      make_contact(name, first_text(data, {"phoneNumber", "phone_number", "phone"}),
                   first_text(data, {"email", "emailAddress", "email_address"}), country);
  contact.company =
      utf8_prefix(first_text(data, {"company", "companyName", "company_name"}), kShortTextBytes);
  return contact;
}

}  // namespace

Result<Fact> event_fact(EventHead head, const Node& data, const SourceSettings& settings) {
  if (!settings.fields.rules.empty()) {
    LeadBuilder lead(settings);
    const auto mapped = TRY(generic::apply_mapping(data, settings, lead));
    if (mapped.occurred_at) head.occurred_at = mapped.occurred_at;
    return Fact{"lead:" + head.key, head.id, head.occurred_at, {}, TRY(lead.finish())};
  }
  const bool contact = head.type == "contact.created" || head.type == "contact.updated";
  if (contact && !head.id.empty()) {
    return Fact{
        "contact:" + head.key, head.id, head.occurred_at, {}, contact_of(data, settings.country)};
  }
  IgnoreFact event{"event_without_mapping", "event", {}};
  if (!head.source.empty()) event.about.emplace_back("source", head.source);
  if (!head.type.empty()) event.about.emplace_back("type", head.type);
  return Fact{"event:" + head.key, head.id, head.occurred_at, {}, std::move(event)};
}

}  // namespace dealog::connectors
