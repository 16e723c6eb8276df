// Payments as JSON.
#pragma once

#include "projections/payments/payments_view.hpp"
#include "services/api/render/json.hpp"

namespace dealog::api {

json::object render(const views::Payment& payment);

}  // namespace dealog::api
