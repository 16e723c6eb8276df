#include "projections/contacts/party_fold.hpp"

#include <algorithm>

namespace dealog::views {
namespace {

template <class M>
const M* as(const google::protobuf::Message& message) {
  return message.GetDescriptor() == M::descriptor() ? static_cast<const M*>(&message) : nullptr;
}

bool same(const v1::Contact& a, const v1::Contact& b) {
  return a.kind() == b.kind() && a.value() == b.value();
}

void add_contact(std::vector<v1::Contact>& contacts, const v1::Contact& contact) {
  for (auto& known : contacts) {
    if (!same(known, contact)) continue;
    known = contact;
    return;
  }
  contacts.push_back(contact);
}

}  // namespace

void PersonFold::apply(const google::protobuf::Message& message) {
  if (const auto* registered = as<v1::PersonRegistered>(message)) {
    name = registered->name();
    position = registered->position();
    for (const auto& contact : registered->contacts()) add_contact(contacts, contact);
  } else if (const auto* changed = as<v1::PersonDetailsChanged>(message)) {
    if (changed->has_name()) name = changed->name();
    if (changed->has_position()) position = changed->position();
  } else if (const auto* added = as<v1::PersonContactAdded>(message)) {
    if (added->has_contact()) add_contact(contacts, added->contact());
  } else if (const auto* removed = as<v1::PersonContactRemoved>(message)) {
    std::erase_if(contacts, [&](const auto& known) { return same(known, removed->contact()); });
  } else if (const auto* absorbed = as<v1::PersonAbsorbed>(message)) {
    for (const auto& contact : absorbed->contacts()) add_contact(contacts, contact);
  }
}

Tokens PersonFold::tokens() const {
  Tokens out;
  add_name_tokens(name, out);
  for (const auto& contact : contacts) add_contact_tokens(contact, out);
  return out;
}

void CompanyFold::apply(const google::protobuf::Message& message) {
  if (const auto* registered = as<v1::CompanyRegistered>(message)) {
    name = registered->name();
    tax_id = registered->tax_id();
    bank_accounts.assign(registered->bank_accounts().begin(), registered->bank_accounts().end());
  } else if (const auto* changed = as<v1::CompanyDetailsChanged>(message)) {
    if (changed->has_name()) name = changed->name();
    if (changed->has_tax_id()) tax_id = changed->tax_id();
    if (changed->bank_accounts_size() > 0 || changed->bank_accounts_changed()) {
      bank_accounts.assign(changed->bank_accounts().begin(), changed->bank_accounts().end());
    }
  }
}

Tokens CompanyFold::tokens() const {
  Tokens out;
  add_name_tokens(name, out);
  add_tax_id_token(tax_id, out);
  return out;
}

}  // namespace dealog::views
