// What a delivery only announced: asked for away from the receiving path.
#include "libs/domain/fetch/fetch.hpp"
#include "services/webhooks/fact_parts.hpp"

namespace dealog::webhooks {

FactCommand fetch_command(const FactAt& at, const connectors::FetchPlan& plan) {
  const FetchId id(Uuid::derived(at.source.id.uuid(), "fetch:" + at.fact.key));
  fetch::RequestFetch request{
      .source = at.source.id.text(), .delivery = at.delivery, .what = plan.what, .id = plan.id};
  return {"request_fetch", id.text(),
          [id, request = std::move(request)](Unit& unit) -> Result<void> {
            const auto* state = TRY(unit.load<fetch::State>(id.text()));
            unit.emit(id.text(), TRY(fetch::decide(*state, request, unit.language())));
            return {};
          }};
}

}  // namespace dealog::webhooks
