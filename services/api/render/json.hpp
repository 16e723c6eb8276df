// Small pieces of answers that every endpoint renders the same way.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "libs/base/money.hpp"
#include "libs/projection/view_context.hpp"

namespace dealog::api {

namespace json = boost::json;

// {"amount":"130000.00","currency":"RUB"}; null for an amount that nobody has named.
json::value render(const Money& money);
json::value render(const std::optional<Money>& money);
json::array render(const std::vector<Money>& amounts);

// RFC 3339, null when absent.
json::value render(Timestamp time);
json::value render(const std::optional<Timestamp>& time);

// The text; null when it was never filled in; {"masked":true}, {"erased":true}, {"key_lost":true}.
json::value render(const SealedText& text);
// What stands for something sealed that is not shown; null when it is absent or shown.
json::value veil(TextState state);

// null for an empty text: ids and codes that are not set.
json::value or_null(const std::string& text);

// 1500 → "1.5": units of 10^-digits as a decimal text without trailing zeros.
std::string decimal_text(std::int64_t units, int digits);

// {"items":[…],"next_cursor":…}
template <class Item, class Render>
json::object render_page(const Page<Item>& page, Render render_item) {
  json::array items;
  for (const Item& item : page.items) items.push_back(render_item(item));
  return {{"items", std::move(items)},
          {"next_cursor",
           page.next_cursor ? json::value(json::string(*page.next_cursor)) : json::value(nullptr)}};
}

}  // namespace dealog::api
