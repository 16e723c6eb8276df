#include "services/api/support/part_answer.hpp"

namespace dealog::api {
namespace {

template <class Item, class Id>
json::object render_item(const std::vector<Item>& items, const Id& id, const std::string& deal) {
  const auto item = find_part(items, id.text());
  return item ? render(*item, deal) : json::object{{"id", id.text()}, {"deal", deal}};
}

}  // namespace

boost::asio::awaitable<Result<Outcome>> change_part(const Api& api, const Session& session,
                                                    const http::Request& request,
                                                    std::string_view name, std::string thing,
                                                    deal::Command command, std::string& deal) {
  const DealId id = CO_TRY(co_await on_pool(
      api.reads, [&] { return use_cases::deal_of(api.bus.folds(), thing, session.language); }));
  deal = id.text();
  const auto if_match = CO_TRY(http::IfMatch::parse(request));
  auto asked = deal_command(session, request, name, id, command);
  co_return co_await execute_plain(
      api, std::move(asked),
      [id, if_match, command = std::move(command), language = session.language](Unit& unit) {
        return change_matching(unit, if_match, id, command, language);
      });
}

json::object render_part(const views::Deal& deal, const TaskId& id) {
  for (const auto* tasks : {&deal.tasks, &deal.recent_tasks}) {
    if (const auto task = find_part(*tasks, id.text())) return render(*task);
  }
  return {{"id", id.text()}, {"deal", deal.id}};
}

json::object render_part(const views::Deal& deal, const QuoteId& id) {
  return render_item(deal.quotes, id, deal.id);
}

json::object render_part(const views::Deal& deal, const DocumentId& id) {
  return render_item(deal.documents, id, deal.id);
}

json::object render_part(const views::Deal& deal, const InvoiceId& id) {
  return render_item(deal.invoices, id, deal.id);
}

}  // namespace dealog::api
