// Sources and deliveries as JSON.
#pragma once

#include "libs/base/language.hpp"
#include "libs/connectors/provider.hpp"
#include "projections/intake/fetch_view.hpp"
#include "projections/intake/intake_view.hpp"
#include "services/api/render/json.hpp"

namespace dealog::api {

// `with_address`: the hook's address is a secret of administrators.
json::object render(const views::Source& source, bool with_address, Language language);
json::object render(const views::DeliverySummary& delivery);
json::object render(const views::Delivery& delivery);

// "/hooks/src_…/<token>"
std::string hook_url(std::string_view source, std::string_view token);

}  // namespace dealog::api
