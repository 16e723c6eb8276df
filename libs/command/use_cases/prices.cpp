#include "libs/command/use_cases/prices.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <set>

#include <fmt/format.h>

#include "dealog/v1/price_events.pb.h"
#include "libs/domain/common/refusal.hpp"
#include "libs/domain/user/user.hpp"

namespace dealog::use_cases {
namespace {

constexpr std::array<std::string_view, 2> kEditors = {"owner", "supervisor"};

// How many products there are, without opening their events.
Result<std::size_t> count_products(const Folds& folds) {
  std::size_t count = 0;
  TRY(folds.log().read_tag(false, product::kProductsTag,
                           Position{std::numeric_limits<std::uint64_t>::max()},
                           Direction::kBackward, product::kProducts, [&](const StoredEvent&) {
                             ++count;
                             return true;
                           }));
  return count;
}

Result<void> require_room(const Unit& unit, std::size_t more) {
  if (TRY(count_products(unit.folds())) + more <= product::kProducts) return {};
  return refuse(unit.language(), ErrorKind::kTooLarge, "too_many_products",
                fmt::format("в прайсе не больше {} товаров", product::kProducts),
                fmt::format("a price list has at most {} products", product::kProducts));
}

// The product that claimed a code, held.
Result<std::optional<ProductId>> hold_code(Unit& unit, std::string_view code) {
  const Tag tag = product::code_tag(code);
  if (const auto own = unit.emitted_with_tag(tag)) return TRY(ProductId::parse(*own));
  const auto last = TRY(unit.hold_tag(tag));
  if (!last) return std::nullopt;
  return TRY(ProductId::parse(last->stream));
}

std::vector<deal::LineInput>* lines_of(deal::Command& command) {
  if (auto* draft = std::get_if<deal::DraftQuote>(&command)) return &draft->contents.lines;
  if (auto* revise = std::get_if<deal::ReviseQuote>(&command)) return &revise->contents.lines;
  if (auto* invoice = std::get_if<deal::IssueInvoice>(&command)) return &invoice->lines;
  return nullptr;
}

bool names_products(const deal::Command& command) {
  const auto any = [](const std::vector<deal::LineInput>& lines) {
    return std::ranges::any_of(lines, [](const auto& line) { return !line.product.empty(); });
  };
  if (const auto* draft = std::get_if<deal::DraftQuote>(&command)) {
    return any(draft->contents.lines);
  }
  if (const auto* revise = std::get_if<deal::ReviseQuote>(&command)) {
    return any(revise->contents.lines);
  }
  const auto* invoice = std::get_if<deal::IssueInvoice>(&command);
  return invoice != nullptr && any(invoice->lines);
}

void price_line(deal::LineInput& line, const ProductId& id, const product::State& state) {
  line.listed = deal::ListedPrice{.product = id.text(),
                                  .price = state.price_number,
                                  .list = state.price.list,
                                  .floor = state.price.floor};
  if (line.title.empty()) line.title = state.description.title;
  if (line.unit_price.currency.empty()) line.unit_price = state.price.list;
  if (!line.vat_basis_points) line.vat_basis_points = state.price.vat_basis_points;
}

product::ChangeProduct as_change(const ProductRow& row) {
  return {.description = row.product.description, .price = row.product.price, .active = row.active};
}

// Events of one row; the id is the known product's, else a new one's.
Result<std::vector<NewEvent>> decide_row(Unit& unit, const ProductRow& row, bool known,
                                         const ProductId& id) {
  const auto* state = TRY(unit.load<product::State>(id.text()));
  if (known) return product::decide(*state, as_change(row), unit.language());
  auto events = TRY(product::decide(*state, row.product, unit.language()));
  if (!row.active) events.push_back(make_event(v1::ProductWithdrawn{}));
  return events;
}

}  // namespace

Result<void> require_price_editor(Unit& unit) {
  if (unit.rights().has(user::Right::kAdmin)) return {};
  if (unit.actor().kind == "user") {
    const auto* state = TRY(unit.glance<user::State>(unit.actor().id));
    if (std::ranges::find(kEditors, state->role) != kEditors.end()) return {};
  }
  return refuse(unit.language(), ErrorKind::kForbidden, "role_missing",
                "прайс меняет владелец или руководитель (owner, supervisor)",
                "prices are changed by an owner or a supervisor");
}

Result<ProductId> add_product(Unit& unit, const product::AddProduct& command) {
  TRY(require_price_editor(unit));
  if (const auto known = TRY(hold_code(unit, command.code))) {
    return fail(Error{.kind = ErrorKind::kConflict,
                      .code = "product_exists",
                      .message = std::string(in(unit.language(), "этот код — у товара ",
                                                "this code is that of ")) +
                                 known->text(),
                      .data = fmt::format(R"({{"product":"{}"}})", known->text())});
  }
  TRY(require_room(unit, 1));
  const auto id = unit.new_id<ProductId>("product");
  const auto* state = TRY(unit.load<product::State>(id.text()));
  unit.emit(id.text(), TRY(product::decide(*state, command, unit.language())));
  return id;
}

Result<std::optional<ProductId>> find_product(const Folds& folds, std::string_view product) {
  if (const auto id = ProductId::parse(product)) {
    const auto state = TRY(folds.current<product::State>(id->text()));
    if (state->exists()) return *id;
    return std::nullopt;
  }
  const auto last = TRY(folds.last_with_tag(product::code_tag(product)));
  if (!last) return std::nullopt;
  return TRY(ProductId::parse(last->stream));
}

Result<std::vector<ImportedProduct>> import_products(Unit& unit,
                                                     const std::vector<ProductRow>& rows,
                                                     bool dry_run) {
  TRY(require_price_editor(unit));
  InputCheck check(unit.language());
  std::set<std::string_view> codes;
  std::vector<ImportedProduct> out;
  std::size_t added = 0;
  for (const ProductRow& row : rows) {
    const std::string at = fmt::format("/rows/{}", row.row);
    if (!codes.insert(row.product.code).second) {
      check.add(at + "/code", "doubled", "этот код в таблице дважды",
                "this code stands in the table twice");
      continue;
    }
    const auto known = TRY(hold_code(unit, row.product.code));
    const auto id = known ? *known : unit.new_id<ProductId>("product/" + row.product.code);
    auto events = decide_row(unit, row, known.has_value(), id);
    if (!events && events.error().fields.empty()) return fail(std::move(events).error());
    if (!events) {
      add_error(check, at, events.error());
      continue;
    }
    added += known ? 0 : 1;
    out.push_back({id, row.product.code,
                   !known            ? "added"
                   : events->empty() ? "unchanged"
                                     : "changed"});
    if (!dry_run) unit.emit(id.text(), std::move(*events));
  }
  TRY(check.result());
  TRY(require_room(unit, added));
  return out;
}

Result<std::optional<deal::Command>> with_list_prices(Unit& unit, const deal::Command& command) {
  if (!names_products(command)) return std::nullopt;
  deal::Command priced = command;
  InputCheck check(unit.language());
  auto& lines = *lines_of(priced);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].product.empty()) continue;
    const std::string at = fmt::format("/lines/{}/product", i);
    const auto id = TRY(find_product(unit.folds(), lines[i].product));
    if (!id) {
      check.add(at, "product_not_found", "в прайсе нет такого товара",
                "the price list has no such product");
      continue;
    }
    const auto* state = TRY(unit.load<product::State>(id->text()));
    if (!state->active) {
      check.add(at, "product_withdrawn", "этот товар больше не продаётся",
                "this product is not sold any more");
      continue;
    }
    price_line(lines[i], *id, *state);
  }
  if (check.ok()) return priced;
  Error error = check.result().error();
  error.kind = ErrorKind::kUnprocessable;
  return fail(std::move(error));
}

}  // namespace dealog::use_cases
