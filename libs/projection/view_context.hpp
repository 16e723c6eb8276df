// What every read of a view is given.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "libs/base/limits.hpp"
#include "libs/base/money.hpp"
#include "libs/projection/sealed_text.hpp"
#include "libs/projection/view_store.hpp"

namespace dealog {

// Rows to read (a snapshot, or a store made for a moment of the past), whose keys open them, what
// the reader may see, and the instant asked about: overdue, today, stuck and every lamp are judged
// at `at`. The references must outlive the view made from it.
struct ViewContext {
  const ViewReader& rows;
  const KeyRing& keys;
  PersonalView personal = PersonalView::kMasked;
  Timestamp at;
};

struct PageRequest {
  std::size_t limit = limits::kDefaultPageItems;  // 1 … limits::kPageItems
  std::string cursor = {};                        // from the page before; "" is the first page
};

// Errors of every read that takes a cursor: kInvalid "invalid_cursor".
template <class Item>
struct Page {
  std::vector<Item> items;
  std::optional<std::string> next_cursor;
};

// Cursors are opaque to clients: the key to go on from, in base64url.
std::string make_cursor(std::string_view key);
Result<std::string> read_cursor(std::string_view cursor);

// An instant of a row: 0 is "never".
inline bool is_reached(std::int64_t instant_us, Timestamp at) {
  return instant_us != 0 && instant_us <= at.us;
}
inline std::optional<Timestamp> instant(std::int64_t us) {
  return us == 0 ? std::nullopt : std::optional(Timestamp{us});
}

// Sums per currency, in the order of currency codes. Different currencies are never added.
class MoneySums {
 public:
  void add(const Money& money);
  std::vector<Money> list() const;

 private:
  std::map<Currency, std::int64_t> sums_;
};

Money money_of(const v1::Money& row);
v1::Money money_row(const Money& money);

}  // namespace dealog
