// The table of providers: a new one is a line in each of the two lists.
#include <array>

#include "libs/connectors/cloudpayments/cloudpayments.hpp"
#include "libs/connectors/generic/generic.hpp"
#include "libs/connectors/provider.hpp"
#include "libs/connectors/robokassa/robokassa.hpp"
#include "libs/connectors/tbank/tbank.hpp"
#include "libs/connectors/tilda/tilda.hpp"
#include "libs/connectors/yookassa/yookassa.hpp"

namespace dealog::connectors {
namespace {

const std::array kProviders{
    &generic::provider(), &cloudpayments::provider(), &robokassa::provider(),
    &tbank::provider(),   &tilda::provider(),         &yookassa::provider(),
};

constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kAliases{{
    {"generic-form", "generic"},
    {"html-form", "generic"},
}};

}  // namespace

const Provider* find_provider(std::string_view name) {
  for (const auto& [alias, canonical] : kAliases) {
    if (alias == name) name = canonical;
  }
  for (const Provider* provider : kProviders) {
    if (provider->name() == name) return provider;
  }
  return nullptr;
}

std::span<const Provider* const> all_providers() { return kProviders; }

}  // namespace dealog::connectors
