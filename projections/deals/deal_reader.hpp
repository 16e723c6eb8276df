// From a row to the deal that is shown. Inside projections/deals only.
#pragma once

#include "dealog/v1/views.pb.h"
#include "libs/projection/view_context.hpp"
#include "projections/deals/deal.hpp"

namespace dealog::views {

Deal read_deal(const v1::DealRow& row, const BoxOpener& opener, Timestamp at);
Task read_task(const v1::TaskRow& row, const std::string& deal, const BoxOpener& opener);
// The deal's title alone: for search.
SealedText read_title(const v1::DealRow& row, const BoxOpener& opener);

// The row of a deal; nothing when there is none.
Result<std::optional<v1::DealRow>> find_deal_row(const ViewReader& rows, std::string_view deal);
// The deals of these ids, in their order; those that are not there are left out.
Result<std::vector<Deal>> read_deals(const ViewContext& context, const BoxOpener& opener,
                                     const std::vector<std::string>& ids);

}  // namespace dealog::views
