#include "services/api/support/party_answer.hpp"

namespace dealog::api {
Result<views::Person> find_party(const Reading& rows, const PersonId& id) {
  auto person = TRY(views::ContactsView(rows.context()).person(id.text()));
  if (!person) return not_found(rows.language(), "person", id.text());
  return *std::move(person);
}

Result<views::Company> find_party(const Reading& rows, const CompanyId& id) {
  auto company = TRY(views::ContactsView(rows.context()).company(id.text()));
  if (!company) return not_found(rows.language(), "company", id.text());
  return *std::move(company);
}

Result<views::User> find_party(const Reading& rows, const UserId& id) {
  auto user = TRY(views::AccountsView(rows.context()).user(id.text()));
  if (!user) return not_found(rows.language(), "user", id.text());
  return *std::move(user);
}

}  // namespace dealog::api
