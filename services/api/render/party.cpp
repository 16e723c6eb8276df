#include "services/api/render/party.hpp"

namespace dealog::api {
namespace {

json::array texts(const std::vector<std::string>& items) {
  json::array out;
  for (const auto& item : items) out.push_back(json::string(item));
  return out;
}

json::value contacts_of(const views::Person& person) {
  if (person.contacts_state != TextState::kShown && person.contacts_state != TextState::kAbsent) {
    return veil(person.contacts_state);
  }
  json::array out;
  for (const auto& contact : person.contacts) {
    out.push_back({{"kind", contact.kind},
                   {"value", contact.value},
                   {"typed", contact.typed},
                   {"shared", contact.shared},
                   {"identifies", contact.identifies}});
  }
  return out;
}

// The first contact of a kind, as clients that know one phone and one e-mail expect it.
json::value first_contact(const views::Person& person, std::string_view kind) {
  for (const auto& contact : person.contacts) {
    if (contact.kind == kind) return json::string(contact.value);
  }
  return veil(person.contacts_state);
}

}  // namespace

json::object render(const views::Person& person) {
  return {{"id", person.id},
          {"version", person.version},
          {"name", render(person.name)},
          {"phone", first_contact(person, "phone")},
          {"email", first_contact(person, "email")},
          {"contacts", contacts_of(person)},
          {"company", or_null(person.company)},
          {"position", render(person.position)},
          {"source", or_null(person.source)},
          {"merged_into", or_null(person.merged_into)},
          {"merge_suggested", texts(person.merge_suggested)},
          {"erased", person.erased},
          {"created_at", render(person.created_at)},
          {"updated_at", render(person.updated_at)}};
}

json::object render(const views::Company& company) {
  json::array decision_map;
  for (const auto& place : company.decision_map) {
    decision_map.push_back(
        {{"person", place.person}, {"role", place.role}, {"order", place.order}});
  }
  const bool shown = company.bank_accounts_state == TextState::kShown ||
                     company.bank_accounts_state == TextState::kAbsent;
  return {{"id", company.id},
          {"version", company.version},
          {"name", render(company.name)},
          {"tax_id", render(company.tax_id)},
          {"bank_accounts",
           shown ? json::value(texts(company.bank_accounts)) : veil(company.bank_accounts_state)},
          {"decision_map", std::move(decision_map)},
          {"merged_into", or_null(company.merged_into)},
          {"created_at", render(company.created_at)},
          {"updated_at", render(company.updated_at)}};
}

json::object render(const views::User& user) {
  return {{"id", user.id},
          {"version", user.version},
          {"name", render(user.name)},
          {"email", render(user.email)},
          {"telegram", render(user.telegram)},
          {"role", or_null(user.role)},
          {"time_zone", or_null(user.time_zone)},
          {"team", or_null(user.team)},
          {"calendar", or_null(user.calendar)},
          {"skills", texts(user.skills)},
          {"rights", texts(user.rights)},
          {"active", user.active},
          {"created_at", render(user.created_at)}};
}

json::object render(const views::UsersAbsence& absence) {
  return {{"id", absence.id},
          {"from", absence.first_day},
          {"to", absence.last_day},
          {"time_zone", absence.time_zone},
          {"begins_at", render(absence.begins_at)},
          {"ends_at", render(absence.ends_at)},
          {"kind", render(absence.kind)}};
}

json::object render(const views::AccessToken& token) {
  return {{"id", token.id},
          {"user", token.user},
          {"rights", texts(token.rights)},
          {"label", render(token.label)},
          {"issued_at", render(token.issued_at)},
          {"expires_at", render(token.expires_at)},
          {"revoked_at", render(token.revoked_at)}};
}

}  // namespace dealog::api
