// Providers that are asked back: hooks, answers of their API, and the requests that plans become.
#pragma once

#include "tests/fuzz/delivery.hpp"

namespace dealog::connectors::fuzzing {

inline void check_plan(const Provider& provider, const SourceSettings& settings, const Fact& fact) {
  if (!fact.fetch) return;
  DEALOG_ASSERT(!fact.fetch->id.empty() && !fact.fetch->what.empty());
  const auto request = provider.ask(*fact.fetch, settings);
  // An id never leaves its place in the path.
  if (request) DEALOG_ASSERT(request->url.find_first_of(" \r\n#") == std::string::npos);
}

inline void check_crm(const Provider& provider, const SourceSettings& settings,
                      std::string_view input) {
  constexpr std::string_view kFetched = "FETCHED ";
  if (!input.starts_with(kFetched)) check(provider, settings, input);
  Delivery delivery = delivery_of(input);
  if (input.starts_with(kFetched)) {
    const auto end = std::min(input.find('\n'), input.size());
    delivery.suffix =
        "/fetched/" + std::string(input.substr(kFetched.size(), end - kFetched.size()));
    delivery.headers = {{"Content-Type", "application/json"}};
    DEALOG_ASSERT(!provider.verify(delivery, settings).ok());
  }
  const auto facts = provider.decode(delivery, settings);
  if (!facts) return;
  DEALOG_ASSERT(!facts->empty());
  for (const auto& fact : *facts) {
    check_fact(fact);
    check_plan(provider, settings, fact);
  }
}

}  // namespace dealog::connectors::fuzzing
