// The board: open deals of a pipeline by stage.
#pragma once

#include "libs/projection/view_context.hpp"
#include "projections/deals/deal.hpp"

namespace dealog::views {

struct BoardQuery {
  std::string pipeline;  // "": all
  std::string owner, source;
  // Columns that are shown even when they are empty, in their order (the regulation's stages).
  // Stages beyond these follow, by code.
  std::vector<std::string> stages;
  std::size_t cards = limits::kDefaultPageItems;  // first page of each column
};

struct BoardColumn {
  std::string stage;
  std::size_t count = 0;
  std::vector<Money> amounts;  // agreed, one per currency
  std::vector<Deal> cards;     // those longest in the stage first
  std::optional<std::string> next_cursor;
};

// Thread: one.
class BoardView {
 public:
  explicit BoardView(const ViewContext& context) : context_(context) {}

  // Counts, sums and cards of all columns from one scan.
  Result<std::vector<BoardColumn>> board(const BoardQuery& query) const;
  // The next page of one column; `stages` of the query is not looked at.
  Result<BoardColumn> column(const BoardQuery& query, std::string_view stage,
                             const PageRequest& page) const;

 private:
  const ViewContext& context_;
};

}  // namespace dealog::views
