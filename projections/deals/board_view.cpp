#include "projections/deals/board_view.hpp"

#include <algorithm>

#include "libs/base/encoding.hpp"
#include "libs/projection/row_keys.hpp"
#include "projections/deals/card.hpp"
#include "projections/deals/deal_reader.hpp"

namespace dealog::views {
namespace {

// Place of a card within its column: longest in the stage first. The position is that of the
// deal's opening and tells apart those that came in at the same instant.
struct Place {
  std::int64_t entered_us = 0;
  std::uint64_t position = 0;
  std::string deal;

  auto order() const { return std::tie(entered_us, position); }
  bool operator<(const Place& other) const { return order() < other.order(); }
};

struct Column {
  std::vector<Place> places;
  MoneySums sums;
};

bool is_wanted(const BoardQuery& query, const v1::CardRow& card) {
  const auto matches = [](const std::string& wanted, const std::string& value) {
    return wanted.empty() || wanted == value;
  };
  return card.outcome() == "open" && matches(query.pipeline, card.pipeline()) &&
         matches(query.owner, card.owner()) && matches(query.source, card.source());
}

// Columns by stage; only `stage` unless it is empty.
Result<std::map<std::string, Column>> scan_columns(const ViewReader& rows, const BoardQuery& query,
                                                   std::string_view stage) {
  std::map<std::string, Column> columns;
  const auto visit = [&](std::string_view key, const v1::CardRow& card) {
    if (!is_wanted(query, card) || (!stage.empty() && card.stage() != stage)) return true;
    Column& column = columns[card.stage()];
    column.places.push_back(
        {card.stage_entered_us(), get_u64(key.substr(row_keys::kActiveCard.size())), card.deal()});
    if (card.has_value()) column.sums.add(money_of(card.value()));
    return true;
  };
  auto scanned = visit_cards(rows, row_keys::kActiveCard, ScanOrder::kForward, visit);
  if (!scanned) return fail(std::move(scanned).error());
  return columns;
}

std::string cursor_of(const Place& place) {
  std::string key;
  put_u64(key, static_cast<std::uint64_t>(place.entered_us));
  put_u64(key, place.position);
  return make_cursor(key);
}

Result<Place> read_place(const std::string& cursor) {
  if (cursor.empty()) return Place{INT64_MIN, 0, {}};
  const std::string key = TRY(read_cursor(cursor));
  if (key.size() != 16) {
    return fail(ErrorKind::kInvalid, "invalid_cursor", "not a cursor of a board's column");
  }
  return Place{
      static_cast<std::int64_t>(get_u64(key)), get_u64(std::string_view(key).substr(8)), {}};
}

Result<BoardColumn> page_of(const ViewContext& context, std::string stage, Column& column,
                            const Place& after, std::size_t limit) {
  BoardColumn out{.stage = std::move(stage),
                  .count = column.places.size(),
                  .amounts = column.sums.list(),
                  .cards = {},
                  .next_cursor = std::nullopt};
  auto& places = column.places;
  std::erase_if(places, [&](const Place& place) { return !(after < place); });
  const bool more = places.size() > limit;
  const auto shown = std::min(places.size(), limit);
  std::partial_sort(places.begin(), places.begin() + static_cast<std::ptrdiff_t>(shown),
                    places.end());
  places.resize(shown);
  if (more && shown > 0) out.next_cursor = cursor_of(places.back());
  std::vector<std::string> ids;
  for (const auto& place : places) ids.push_back(place.deal);
  out.cards = TRY(read_deals(context, BoxOpener(context.keys, context.personal), ids));
  return out;
}

}  // namespace

Result<std::vector<BoardColumn>> BoardView::board(const BoardQuery& query) const {
  auto columns = TRY(scan_columns(context_.rows, query, ""));
  std::vector<std::string> order = query.stages;
  for (const auto& [stage, column] : columns) {
    if (std::ranges::find(order, stage) == order.end()) order.push_back(stage);
  }
  std::vector<BoardColumn> out;
  const Place start = TRY(read_place(""));
  for (const auto& stage : order) {
    out.push_back(TRY(page_of(context_, stage, columns[stage], start, query.cards)));
  }
  return out;
}

Result<BoardColumn> BoardView::column(const BoardQuery& query, std::string_view stage,
                                      const PageRequest& page) const {
  const Place after = TRY(read_place(page.cursor));
  auto columns = TRY(scan_columns(context_.rows, query, stage));
  const std::string code(stage);
  return page_of(context_, code, columns[code], after, page.limit);
}

}  // namespace dealog::views
