#include "projections/all_projectors.hpp"

#include <algorithm>

#include "libs/base/assert.hpp"
#include "projections/accounts/accounts_projector.hpp"
#include "projections/automation/effects_projector.hpp"
#include "projections/automation/rules_projector.hpp"
#include "projections/automation/triggers_projector.hpp"
#include "projections/contacts/contacts_projector.hpp"
#include "projections/deals/deals_projector.hpp"
#include "projections/files/files_projector.hpp"
#include "projections/intake/intake_projector.hpp"
#include "projections/payments/payments_projector.hpp"
#include "projections/pipelines/pipelines_projector.hpp"
#include "projections/prices/prices_projector.hpp"

namespace dealog {

std::vector<std::unique_ptr<Projector>> all_projectors(const KeyRing& keys) {
  std::vector<std::unique_ptr<Projector>> all;
  all.push_back(std::make_unique<views::DealsProjector>());
  all.push_back(std::make_unique<views::ContactsProjector>(keys));
  all.push_back(std::make_unique<views::PaymentsProjector>());
  all.push_back(std::make_unique<views::FilesProjector>());
  all.push_back(std::make_unique<views::IntakeProjector>());
  all.push_back(std::make_unique<views::TriggersProjector>());
  all.push_back(std::make_unique<views::RulesProjector>());
  all.push_back(std::make_unique<views::EffectsProjector>());
  all.push_back(std::make_unique<views::AccountsProjector>());
  all.push_back(std::make_unique<views::PipelinesProjector>());
  all.push_back(std::make_unique<views::PricesProjector>());
  return all;
}

std::vector<std::unique_ptr<Projector>> projectors_named(
    const KeyRing& keys, std::initializer_list<std::string_view> names) {
  auto chosen = all_projectors(keys);
  std::erase_if(chosen, [&](const auto& projector) {
    return std::ranges::find(names, projector->name()) == names.end();
  });
  DEALOG_ASSERT(chosen.size() == names.size());
  return chosen;
}

}  // namespace dealog
