#include "libs/domain/product/product.hpp"

#include "dealog/v1/price_events.pb.h"
#include "libs/base/limits.hpp"
#include "libs/domain/common/refusal.hpp"

namespace dealog::product {
namespace {

using Events = std::vector<NewEvent>;

constexpr std::int32_t kLargestVat = 10'000;

void check_money(InputCheck& check, const Money& money, const char* pointer) {
  if (money.currency.empty()) {
    check.add(pointer, "required", "Это поле обязательно", "This field is required");
  } else if (money.minor < 0 || money.minor > kMaxMoneyMinor) {
    check.add(pointer, "out_of_range", "цена не меньше нуля", "a price of zero or more");
  }
}

void check_price(InputCheck& check, const Price& price) {
  check_money(check, price.list, "/list_price");
  if (price.floor) {
    check_money(check, *price.floor, "/floor_price");
    if (price.floor->currency != price.list.currency) {
      check.add("/floor_price", "currency_mismatch", "в той же валюте, что и цена",
                "in the same currency as the list price");
    } else if (price.floor->minor > price.list.minor) {
      check.add("/floor_price", "out_of_range", "не выше цены по прайсу",
                "not above the list price");
    }
  }
  const auto& vat = price.vat_basis_points;
  if (vat && (*vat < kWithoutVat || *vat > kLargestVat)) {
    check.add("/vat_percent", "out_of_range", "ставка НДС от 0 до 100 процентов",
              "a VAT rate from 0 to 100 percent");
  }
}

void check_description(InputCheck& check, const Description& description) {
  check.text(description.title, "/title", limits::kTitleBytes, Presence::kRequired);
  check.text(description.unit, "/unit", kUnitBytes, Presence::kOptional);
  if (!description.group.empty()) check.code(description.group, "/group");
  if (!description.work_type.empty()) check.code(description.work_type, "/work_type");
}

// The codes of price lists are whatever the company writes: letters of any alphabet, dots, dashes.
void check_code(InputCheck& check, std::string_view code) {
  check.text(code, "/code", limits::kCodeBytes, Presence::kRequired);
  if (code.find_first_of(" \t\r\n") != std::string_view::npos) {
    check.add("/code", "invalid_code", "код товара без пробелов", "a product's code has no spaces");
  }
}

void put_money(v1::Money* out, const Money& money) {
  out->set_minor(money.minor);
  out->set_currency(std::string(money.currency.code()));
}

Money money_of(const v1::Money& money) {
  return {money.minor(), Currency::parse(money.currency()).value_or(Currency())};
}

v1::ProductPriced priced(const Price& price, std::uint32_t number) {
  v1::ProductPriced event;
  event.set_price(number);
  put_money(event.mutable_list(), price.list);
  if (price.floor) put_money(event.mutable_floor(), *price.floor);
  event.set_vat_of_seller(!price.vat_basis_points.has_value());
  event.set_vat_basis_points(price.vat_basis_points.value_or(0));
  return event;
}

template <class Event>
void describe(Event& event, const Description& description) {
  event.set_title(description.title);
  event.set_unit(description.unit);
  event.set_group(description.group);
  event.set_work_type(description.work_type);
}

template <class Event>
Description description_of(const Event& event) {
  return {event.title(), event.unit(), event.group(), event.work_type()};
}

void apply(State& state, const v1::ProductPriced& event) {
  state.price_number = event.price();
  state.price.list = money_of(event.list());
  state.price.floor.reset();
  if (!event.floor().currency().empty()) state.price.floor = money_of(event.floor());
  state.price.vat_basis_points.reset();
  if (!event.vat_of_seller()) state.price.vat_basis_points = event.vat_basis_points();
}

}  // namespace

Tag code_tag(std::string_view code) { return open_tag("product-code:" + std::string(code)); }

void evolve(State& state, const RecordedEvent& event) {
  state.version = event.version;
  if (const auto* added = event.as<v1::ProductAdded>()) {
    state.code = added->code();
    state.description = description_of(*added);
    state.active = true;
  } else if (const auto* described = event.as<v1::ProductDescribed>()) {
    state.description = description_of(*described);
  } else if (const auto* price = event.as<v1::ProductPriced>()) {
    apply(state, *price);
  } else if (event.as<v1::ProductWithdrawn>() != nullptr) {
    state.active = false;
  } else if (event.as<v1::ProductOffered>() != nullptr) {
    state.active = true;
  }
}

Result<Events> decide(const State& state, const AddProduct& command, Language language) {
  if (state.exists()) {
    return refuse(language, ErrorKind::kConflict, "product_exists", "этот товар уже есть",
                  "this product is in the price list already");
  }
  InputCheck check(language);
  check_code(check, command.code);
  check_description(check, command.description);
  check_price(check, command.price);
  TRY(check.result());
  v1::ProductAdded added;
  added.set_code(command.code);
  describe(added, command.description);
  Events events{
      make_event(std::move(added), {open_tag(std::string(kProductsTag)), code_tag(command.code)})};
  events.push_back(make_event(priced(command.price, 1)));
  events.back().caused_by = 0;
  return events;
}

Result<Events> decide(const State& state, const ChangeProduct& command, Language language) {
  if (!state.exists()) {
    return refuse(language, ErrorKind::kNotFound, "product_not_found", "такого товара нет",
                  "there is no such product");
  }
  InputCheck check(language);
  if (command.description) check_description(check, *command.description);
  if (command.price) check_price(check, *command.price);
  TRY(check.result());
  Events events;
  if (command.description && *command.description != state.description) {
    v1::ProductDescribed event;
    describe(event, *command.description);
    events.push_back(make_event(std::move(event)));
  }
  if (command.price && *command.price != state.price) {
    events.push_back(make_event(priced(*command.price, state.price_number + 1)));
  }
  if (command.active && *command.active != state.active) {
    events.push_back(*command.active ? make_event(v1::ProductOffered{})
                                     : make_event(v1::ProductWithdrawn{}));
  }
  return events;
}

}  // namespace dealog::product
