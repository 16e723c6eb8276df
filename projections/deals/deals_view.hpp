// Reads of deals: one, lists, those of a person or a company.
#pragma once

#include <map>

#include "libs/projection/view_context.hpp"
#include "projections/deals/deal.hpp"

namespace dealog::views {

// Empty members do not filter.
struct DealFilter {
  std::string pipeline, stage, outcome, owner, source, person, company;
  std::optional<NextStepState> next_step;
  std::optional<Timestamp> updated_after;
  // Every word must begin a word of the title, or the deal must belong to one of `q_contacts`
  // (persons and companies that ContactsView finds for the same words).
  std::string q;
  std::vector<std::string> q_contacts;
};

// Thread: one. The context must outlive it.
class DealsView {
 public:
  explicit DealsView(const ViewContext& context)
      : context_(context), opener_(context.keys, context.personal) {}

  Result<std::optional<Deal>> get(std::string_view deal) const;
  // Newest first, by id.
  Result<Page<Deal>> list(const DealFilter& filter, const PageRequest& page) const;

  // How many open deals each owner has; those of nobody under "".
  Result<std::map<std::string, std::uint32_t>> open_by_owner() const;

  // Ids, newest first.
  Result<std::vector<std::string>> of_person(std::string_view person) const;
  Result<std::vector<std::string>> of_company(std::string_view company) const;

 private:
  const ViewContext& context_;
  BoxOpener opener_;
};

}  // namespace dealog::views
