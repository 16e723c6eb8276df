// People, companies and users as JSON.
#pragma once

#include "projections/accounts/accounts_view.hpp"
#include "projections/contacts/contacts_view.hpp"
#include "services/api/render/json.hpp"

namespace dealog::api {

json::object render(const views::Person& person);
json::object render(const views::Company& company);
json::object render(const views::User& user);
json::object render(const views::UsersAbsence& absence);
json::object render(const views::AccessToken& token);

}  // namespace dealog::api
