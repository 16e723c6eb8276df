// GET /v1/board
#include "projections/deals/board_view.hpp"
#include "services/api/endpoints/reports.hpp"
#include "services/api/render/deal.hpp"
#include "services/api/support/filters.hpp"
#include "services/api/support/query.hpp"
#include "services/api/support/reading.hpp"

namespace dealog::api {
namespace {

struct Asked {
  views::BoardQuery board;
  std::string stage;  // of the one column to go on with
  PageRequest page;
};

Result<Asked> read_query(const http::Request& request) {
  http::QueryReader in(request);
  Asked asked;
  asked.board.pipeline = text_of(in, "pipeline");
  asked.board.owner = text_of(in, "owner");
  asked.board.source = text_of(in, "source");
  asked.stage = text_of(in, "stage");
  asked.page = page_of(in);
  asked.board.cards = asked.page.limit;
  if (!asked.page.cursor.empty() && asked.stage.empty()) {
    in.error("cursor", "stage_missing", "cursor продолжает одну колонку: укажите stage",
             "a cursor goes on with one column: name its stage");
  }
  in.optional_string("as_of", limits::kCodeBytes);
  finish_waiting(in);
  TRY(in.finish());
  if (asked.board.pipeline.empty()) asked.board.pipeline = "web-studio";
  return asked;
}

json::object render_column(const views::BoardColumn& column, const rules::Regulation& regulation,
                           Language language) {
  json::array cards;
  for (const auto& card : column.cards) cards.push_back(render(card));
  const rules::Stage* stage = regulation.stage(column.stage);
  return {{"stage", column.stage},
          {"title", stage == nullptr ? column.stage : stage->title.in(language)},
          {"count", column.count},
          {"amounts", render(column.amounts)},
          {"cards", std::move(cards)},
          {"next_cursor", column.next_cursor ? json::value(json::string(*column.next_cursor))
                                             : json::value(nullptr)}};
}

Result<http::Response> read_board(const Api& api, const Session& session, Asked asked,
                                  const Moment& moment) {
  TRY(FilterCheck(api, session)
          .pipeline(asked.board.pipeline)
          .stage(asked.board.pipeline, asked.stage)
          .user("owner", asked.board.owner)
          .result());
  const auto regulation = moment.past
                              ? TRY(api.regulations.as_of(asked.board.pipeline, moment.position))
                              : TRY(api.regulations.current(asked.board.pipeline));
  for (const auto& stage : regulation->stages) asked.board.stages.push_back(stage.code);
  const auto rows = TRY(read_moment(api, session, moment, {"deals"}));
  const views::BoardView view(rows->context());
  std::vector<views::BoardColumn> columns;
  if (asked.stage.empty()) {
    columns = TRY(view.board(asked.board));
  } else {
    columns.push_back(TRY(view.column(asked.board, asked.stage, asked.page)));
  }
  json::array rendered;
  for (const auto& column : columns) {
    rendered.push_back(render_column(column, *regulation, session.language));
  }
  return http::Response::json(200, json::object{{"position", rows->position().value},
                                                {"as_of", moment.at.rfc3339()},
                                                {"columns", std::move(rendered)}});
}

}  // namespace

Answer get_board(const Api& api, Session session, http::Request request) {
  const Asked asked = CO_TRY(read_query(request));
  co_return co_await on_pool(api.reads, [&]() -> Result<http::Response> {
    const Moment moment = TRY(moment_of(api, request));
    return read_board(api, session, asked, moment);
  });
}

}  // namespace dealog::api
