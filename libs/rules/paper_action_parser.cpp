#include "libs/rules/paper_action_parser.hpp"

#include <algorithm>

#include "libs/base/limits.hpp"
#include "libs/rules/time_parser.hpp"

namespace dealog::rules {
namespace {

constexpr std::size_t kQuoteLines = 50;
constexpr std::int64_t kLargestQuantity = 1'000'000'000;  // thousandths

// "1.5" as thousandths; reports what is no such number above zero.
std::int64_t read_quantity(const YamlPlace& place) {
  constexpr std::string_view kForm = "a number above zero with at most three decimals, such as 1.5";
  const auto text = place.text(kForm, limits::kCodeBytes);
  if (!text) return 1000;
  std::int64_t thousandths = 0;
  int decimals = -1;  // none yet
  bool good = true;
  for (const char c : *text) {
    if (c == '.' && decimals < 0) {
      decimals = 0;
      continue;
    }
    good = good && c >= '0' && c <= '9' && decimals < 3 && thousandths < kLargestQuantity;
    if (!good) break;
    thousandths = thousandths * 10 + (c - '0');
    if (decimals >= 0) ++decimals;
  }
  for (int i = std::max(decimals, 0); i < 3; ++i) thousandths *= 10;
  if (good && decimals != 0 && thousandths > 0) return thousandths;
  place.expected(kForm);
  return 1000;
}

QuoteLine read_line(const YamlPlace& place) {
  QuoteLine line;
  YamlMap map(place, "a line: a map with product or title, and perhaps price and quantity");
  if (const auto product = map.optional("product")) line.product = product->code().value_or("");
  if (const auto title = map.optional("title")) {
    line.title = title->local_text(limits::kTitleBytes).value_or(LocalText{});
  } else if (map.is_map() && line.product.empty()) {
    place.error("expected the line's product, or its title");
  }
  if (const auto quantity = map.optional("quantity")) {
    line.quantity_thousandths = read_quantity(*quantity);
  }
  if (const auto price = map.optional("price")) line.price = price->money();
  if (const auto discount = map.optional("discount")) {
    line.discount_basis_points = discount->percent().value_or(0);
  }
  map.finish();
  return line;
}

}  // namespace

void read_draft_quote(const YamlPlace& place, const Regulation& regulation, RuleAction& action) {
  YamlMap map(place, "a map with lines, and perhaps valid_for and prepayment");
  if (const auto lines =
          map.required("lines", "what is offered, each line with product or title")) {
    for (const YamlPlace& line : lines->list(kQuoteLines)) action.lines.push_back(read_line(line));
    if (action.lines.empty() && lines->is_list()) lines->error("expected at least one line");
  }
  if (const auto valid = map.optional("valid_for")) {
    action.wait = parse_time_limit(*valid, regulation.calendar).value_or(TimeLimit{});
  }
  if (const auto share = map.optional("prepayment")) {
    action.share_basis_points = share->percent().value_or(-1);
  }
  map.finish();
}

void read_issue_invoice(const YamlPlace& place, const Regulation& regulation, RuleAction& action) {
  if (place.is_scalar()) {
    action.code = place.code().value_or("");
    return;
  }
  YamlMap map(place, "a kind of invoice, or a map with kind, share and due");
  if (const auto kind = map.required("kind", "prepayment, interim or final")) {
    action.code = kind->code().value_or("");
  }
  if (const auto share = map.optional("share")) {
    action.share_basis_points = share->percent().value_or(-1);
  }
  if (const auto due = map.optional("due")) {
    action.wait = parse_time_limit(*due, regulation.calendar).value_or(TimeLimit{});
  }
  map.finish();
}

}  // namespace dealog::rules
