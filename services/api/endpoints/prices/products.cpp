// /v1/products
#include "dealog/v1/price_events.pb.h"
#include "libs/command/use_cases/prices.hpp"
#include "libs/domain/common/not_found.hpp"
#include "libs/http/conditional.hpp"
#include "libs/http/json_reader.hpp"
#include "projections/prices/prices_view.hpp"
#include "services/api/endpoints/prices.hpp"
#include "services/api/render/json.hpp"
#include "services/api/support/lines_input.hpp"
#include "services/api/support/part_answer.hpp"
#include "services/api/support/query.hpp"

namespace dealog::api {
namespace {

using product::State;

// A text that stays when it is not named and goes with null.
void read_text(http::ObjectReader& in, std::string_view key, std::string& value) {
  if (in.presence(key) == http::Presence::kNull) {
    in.raw(key);  // asked for
    value.clear();
  } else if (auto text = in.optional_string(key, limits::kTitleBytes)) {
    value = *std::move(text);
  }
}

void read_description(http::ObjectReader& in, product::Description& description) {
  read_text(in, "title", description.title);
  read_text(in, "unit", description.unit);
  read_text(in, "group", description.group);
  read_text(in, "work_type", description.work_type);
}

// With null the floor goes, and VAT becomes the seller's.
void read_price(http::ObjectReader& in, product::Price& price) {
  using http::MoneyRange;
  if (const auto list = in.optional_money("list_price", MoneyRange::kNotNegative)) {
    price.list = *list;
  }
  if (in.presence("floor_price") == http::Presence::kNull) {
    in.raw("floor_price");
    price.floor.reset();
  } else if (const auto floor = in.optional_money("floor_price", MoneyRange::kNotNegative)) {
    price.floor = floor;
  }
  if (in.presence("vat_percent") == http::Presence::kNull) {
    in.raw("vat_percent");
    price.vat_basis_points.reset();
  } else if (const auto vat = read_vat(in)) {
    price.vat_basis_points = vat;
  }
}

Result<product::AddProduct> read_new(const http::Request& request) {
  http::JsonDocument document = TRY(http::read_json(request));
  http::ObjectReader& in = document.object();
  product::AddProduct command;
  command.code = in.required_string("code", limits::kCodeBytes);
  read_description(in, command.description);
  read_price(in, command.price);
  TRY(document.finish());
  return command;
}

Result<product::ChangeProduct> read_change(const http::Request& request, const State& state) {
  http::JsonDocument document = TRY(http::read_json(request));
  http::ObjectReader& in = document.object();
  product::ChangeProduct change{.description = state.description, .price = state.price};
  read_description(in, *change.description);
  read_price(in, *change.price);
  change.active = in.optional_bool("active");
  TRY(document.finish());
  return change;
}

json::value render_vat(const std::optional<std::int32_t>& basis_points) {
  if (!basis_points) return nullptr;
  if (*basis_points == product::kWithoutVat) return "none";
  return json::value(json::string(decimal_text(*basis_points, 2)));
}

json::object render_state(const std::string& id, const State& state) {
  return {{"id", id},
          {"code", state.code},
          {"title", state.description.title},
          {"unit", or_null(state.description.unit)},
          {"group", or_null(state.description.group)},
          {"work_type", or_null(state.description.work_type)},
          {"list_price", render(state.price.list)},
          {"floor_price", render(state.price.floor)},
          {"vat_percent", render_vat(state.price.vat_basis_points)},
          {"price", state.price_number},
          {"active", state.active},
          {"version", state.version.value}};
}

json::object render_product(const views::Product& product) {
  const views::ProductPrice& now = product.prices.back();
  return {{"id", product.id},
          {"code", product.code},
          {"title", product.title},
          {"unit", or_null(product.unit)},
          {"group", or_null(product.group)},
          {"work_type", or_null(product.work_type)},
          {"list_price", render(now.list)},
          {"floor_price", render(now.floor)},
          {"vat_percent", render_vat(now.vat_basis_points)},
          {"price", now.number},
          {"active", product.active},
          {"version", product.version}};
}

json::array render_prices(const views::Product& product) {
  json::array out;
  for (const auto& price : product.prices) {
    out.push_back({{"price", price.number},
                   {"list_price", render(price.list)},
                   {"floor_price", render(price.floor)},
                   {"vat_percent", render_vat(price.vat_basis_points)},
                   {"since", render(price.since)}});
  }
  return out;
}

// As the command left it.
Answer show_after(const Api& api, std::string id, Outcome outcome, int status) {
  co_return co_await on_pool(api.reads, [&]() -> Result<http::Response> {
    const auto state = TRY(api.bus.folds().as_of<State>(id, outcome.last));
    return written(status, json::value(render_state(id, *state)), outcome, state->version.value);
  });
}

Result<void> change(Unit& unit, const http::Request& request, const http::IfMatch& if_match,
                    const std::string& id) {
  TRY(use_cases::require_price_editor(unit));
  const State* state = TRY(unit.load<State>(id));
  if (!state->exists()) return not_found(unit.language(), "product", id);
  TRY(if_match.check(unit.version_of(id).value));
  const auto asked = TRY(read_change(request, *state));
  unit.emit(id, TRY(product::decide(*state, asked, unit.language())));
  return {};
}

Result<views::ProductFilter> read_filter(http::QueryReader& in) {
  constexpr std::string_view kYesOrNo[] = {"true", "false"};
  views::ProductFilter filter;
  filter.group = text_of(in, "group");
  filter.work_type = text_of(in, "work_type");
  filter.q = in.optional_string("q", limits::kTitleBytes).value_or("");
  if (const auto active = in.optional_one_of("active", kYesOrNo)) filter.active = *active == "true";
  return filter;
}

}  // namespace

Answer add_product(const Api& api, Session session, http::Request request) {
  const auto command = CO_TRY(read_new(request));
  auto asked = command_of(session, request, "add_product", "");
  if (asked) asked->also = {StreamName(use_cases::kPricesLane)};
  const auto done = CO_TRY(co_await execute(api, std::move(asked), [&command](Unit& unit) {
    return use_cases::add_product(unit, command);
  }));
  const auto event = CO_TRY(appended<v1::ProductAdded>(api, done.outcome));
  co_return co_await show_after(api, event.stream, done.outcome, 201);
}

Answer list_products(const Api& api, Session session, http::Request request) {
  http::QueryReader in(request);
  const PageRequest page = page_of(in);
  const auto filter = CO_TRY(read_filter(in));
  finish_waiting(in);
  CO_TRY(in.finish());
  co_return co_await reading(api, session, [&](const Reading& rows) -> Result<http::Response> {
    const auto found = TRY(views::PricesView(rows.context()).list(filter, page));
    return http::Response::json(
        200, json::value(render_page(
                 found, [](const views::Product& product) { return render_product(product); })));
  });
}

Answer get_product(const Api& api, Session session, http::Request request) {
  CO_TRY(no_parameters(request));
  const std::string named(request.param("id"));
  co_return co_await reading(api, session, [&](const Reading& rows) -> Result<http::Response> {
    const auto id = TRY(use_cases::find_product(api.bus.folds(), named));
    if (!id) return not_found(session.language, "product", named);
    const auto product = TRY(views::PricesView(rows.context()).get(id->text()));
    if (!product) return not_found(session.language, "product", named);
    json::object out = render_product(*product);
    out["created_at"] = render(product->created_at);
    out["prices"] = render_prices(*product);
    return http::Response::json(200, json::value(std::move(out)))
        .with("ETag", http::etag_of(product->version));
  });
}

Answer change_product(const Api& api, Session session, http::Request request) {
  const auto id = CO_TRY(part_of_path<ProductId>(request, "product"));
  const auto if_match = CO_TRY(http::IfMatch::parse(request));
  auto asked = command_of(session, request, "change_product", id.text());
  const auto outcome = CO_TRY(co_await execute_plain(api, std::move(asked), [&](Unit& unit) {
    return change(unit, request, if_match, id.text());
  }));
  co_return co_await show_after(api, id.text(), outcome, 200);
}

}  // namespace dealog::api
