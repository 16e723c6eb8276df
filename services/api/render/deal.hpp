// Deals and what lies on them, as JSON.
#pragma once

#include "libs/base/language.hpp"
#include "libs/domain/deal/decide.hpp"
#include "projections/deals/deal.hpp"
#include "services/api/render/json.hpp"

namespace dealog::api {

json::object render(const views::Deal& deal);
json::object render(const views::Task& task);
json::object render(const views::Quote& quote, const std::string& deal);
json::object render(const views::Invoice& invoice, const std::string& deal);
json::object render(const views::Document& document, const std::string& deal);

// {"criterion","kind","message"}
json::array render(const std::vector<rules::Verdict>& unmet, Language language);
json::object render(const deal::StageOption& option, Language language);

}  // namespace dealog::api
