// POST /v1/products:import: a price list as a table
#include "dealog/v1/price_events.pb.h"
#include "libs/async/on_pool.hpp"
#include "libs/command/use_cases/prices.hpp"
#include "services/api/endpoints/prices.hpp"
#include "services/api/support/product_table.hpp"
#include "services/api/support/query.hpp"
#include "services/api/support/writing.hpp"

namespace dealog::api {
namespace {

namespace json = boost::json;
using use_cases::ImportedProduct;

// What a repeated request is answered with: the products of the first one's append.
Result<std::vector<ImportedProduct>> imported_before(const Api& api, const Outcome& outcome) {
  std::vector<ImportedProduct> out;
  for (const AppendedEvent& event : outcome.events) {
    if (!out.empty() && out.back().id.text() == event.stream) continue;
    const auto id = TRY(ProductId::parse(event.stream));
    const auto state = TRY(api.bus.folds().as_of<product::State>(event.stream, outcome.last));
    out.push_back({id, state->code, event.version.value == 1 ? "added" : "changed"});
  }
  return out;
}

json::object render_import(const std::vector<ImportedProduct>& products, bool dry_run) {
  json::object counts{{"added", 0}, {"changed", 0}, {"unchanged", 0}};
  json::array items;
  for (const auto& product : products) {
    counts[product.action] = counts[product.action].as_int64() + 1;
    items.push_back(
        json::object{{"code", product.code},
                     // What a dry run would add has no id yet.
                     {"id", dry_run && product.action == "added" ? json::value(nullptr)
                                                                 : json::value(product.id.text())},
                     {"action", product.action}});
  }
  counts["dry_run"] = dry_run;
  counts["items"] = std::move(items);
  return counts;
}

}  // namespace

Answer import_products(const Api& api, Session session, http::Request request) {
  http::QueryReader in(request);
  const bool dry_run = in.flag("dry_run");
  CO_TRY(in.finish());
  const auto rows = CO_TRY(read_product_table(request.body, session.language));
  auto asked = command_of(session, request, "import_products", "");
  if (asked) asked->also = {StreamName(use_cases::kPricesLane)};
  const auto done = CO_TRY(co_await execute(api, std::move(asked), [&](Unit& unit) {
    return use_cases::import_products(unit, rows, dry_run);
  }));
  if (done.value) {
    co_return written(200, json::value(render_import(*done.value, dry_run)), done.outcome);
  }
  const auto before =
      CO_TRY(co_await on_pool(api.reads, [&] { return imported_before(api, done.outcome); }));
  co_return written(200, json::value(render_import(before, dry_run)), done.outcome);
}

}  // namespace dealog::api
