#include "services/api/support/party_input.hpp"

#include "libs/base/limits.hpp"

namespace dealog::api {
namespace {

constexpr std::size_t kContactBytes = 320;  // the longest e-mail address is 254
constexpr std::size_t kBankAccounts = 20;

void read_contact(http::ObjectReader& in, std::string_view key, std::string_view kind,
                  use_cases::PersonInput& person) {
  if (auto text = in.optional_string(key, kContactBytes)) {
    person.contacts.push_back({.kind = std::string(kind), .text = *std::move(text)});
  }
}

}  // namespace

use_cases::PersonInput read_person(http::ObjectReader& in) {
  use_cases::PersonInput person;
  person.name = in.optional_string("name", limits::kTitleBytes).value_or("");
  read_contact(in, "phone", "phone", person);
  read_contact(in, "email", "email", person);
  in.each_object("contacts", limits::kContacts, [&](http::ObjectReader& contact) {
    person.contacts.push_back({.kind = contact.optional_code("kind").value_or(""),
                               .text = contact.required_string("value", kContactBytes),
                               .shared = contact.optional_bool("shared").value_or(false)});
  });
  if (const auto company = in.optional_id<CompanyId>("company")) person.company = company->text();
  person.position = in.optional_string("position", limits::kTitleBytes).value_or("");
  person.country = in.optional_string("country", 2).value_or(person.country);
  if (person.name.empty() && person.contacts.empty()) {
    in.error("", "person_empty", "у человека нужно имя или хотя бы один контакт",
             "a person needs a name or at least one contact");
  }
  return person;
}

use_cases::CompanyInput read_company(http::ObjectReader& in) {
  use_cases::CompanyInput company;
  company.name = in.required_string("name", limits::kTitleBytes);
  company.tax_id = in.optional_string("tax_id", limits::kCodeBytes).value_or("");
  company.bank_accounts = in.string_array("bank_accounts", kBankAccounts, limits::kCodeBytes);
  return company;
}

}  // namespace dealog::api
