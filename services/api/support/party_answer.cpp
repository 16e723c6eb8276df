#include "services/api/support/party_answer.hpp"

namespace dealog::api {
namespace {

template <class Id>
std::unexpected<Error> not_found(std::string_view what, const Id& id) {
  return fail(ErrorKind::kNotFound, std::string(what) + "_not_found",
              fmt::format("there is no {} {}", what, id.text()));
}

}  // namespace

Result<views::Person> find_party(const Reading& rows, const PersonId& id) {
  auto person = TRY(views::ContactsView(rows.context()).person(id.text()));
  if (!person) return not_found("person", id);
  return *std::move(person);
}

Result<views::Company> find_party(const Reading& rows, const CompanyId& id) {
  auto company = TRY(views::ContactsView(rows.context()).company(id.text()));
  if (!company) return not_found("company", id);
  return *std::move(company);
}

}  // namespace dealog::api
