#include "services/api/render/deal.hpp"

namespace dealog::api {
namespace {

json::object custom_of(const views::Deal& deal) {
  json::object custom;
  for (const auto& field : deal.custom) custom[field.code] = render(field.value);
  return custom;
}

json::value vat_of(const std::optional<std::int32_t>& basis_points) {
  if (!basis_points) return nullptr;
  if (*basis_points < 0) return "none";
  return json::value(json::string(decimal_text(*basis_points, 2)));
}

void add_price(json::object& line, const views::ListedPrice& price) {
  line["vat_percent"] = vat_of(price.vat_basis_points);
  if (price.product.empty()) return;
  line["product"] = price.product;
  line["price"] = price.price;
  line["list_price"] = render(price.list);
  line["list_discount_percent"] = decimal_text(price.discount_basis_points, 2);
}

json::value lines_of(const views::SealedLines& lines,
                     const std::vector<views::ListedPrice>& prices) {
  if (lines.state != TextState::kShown) return veil(lines.state);
  json::array out;
  for (const auto& line : lines.items) {
    json::object shown{{"title", line.title},
                       {"quantity", decimal_text(line.quantity_thousandths, 3)},
                       {"unit_price", render(line.unit_price)},
                       {"discount_percent", decimal_text(line.discount_basis_points, 2)},
                       {"total", render(line.total)}};
    if (out.size() < prices.size()) add_price(shown, prices[out.size()]);
    out.push_back(std::move(shown));
  }
  return out;
}

json::object approval_of(const views::Quote& quote) {
  json::array steps;
  bool declined = false;
  for (const auto& step : quote.steps) {
    declined |= step.state == "declined";
    steps.push_back({{"role", step.role},
                     {"state", or_null(step.state)},
                     {"due_at", render(step.due_at)},
                     {"escalated", step.escalated},
                     {"decided_at", render(step.decided_at)},
                     {"decided_by", or_null(step.decided_by)}});
  }
  const std::string_view state = quote.approved         ? "approved"
                                 : quote.approval_asked ? "waiting"
                                 : declined             ? "declined"
                                                        : "none";
  return {{"state", state}, {"steps", std::move(steps)}};
}

json::array participants_of(const views::Deal& deal) {
  json::array out;
  for (const auto& participant : deal.participants) {
    out.push_back({{"person", participant.person}, {"role", participant.role}});
  }
  return out;
}

template <class Items>
json::array each(const Items& items, const std::string& deal) {
  json::array out;
  for (const auto& item : items) out.push_back(render(item, deal));
  return out;
}

json::object next_step_of(const views::Deal& deal) {
  json::object step{{"state", views::code_of(deal.next_step.state)}};
  if (!deal.next_step.task.empty()) step["task"] = deal.next_step.task;
  return step;
}

json::value last_touch_of(const views::Deal& deal) {
  if (!deal.last_touch) return nullptr;
  return json::object{{"id", deal.last_touch->id},
                      {"kind", deal.last_touch->kind},
                      {"direction", deal.last_touch->direction},
                      {"outcome", deal.last_touch->outcome},
                      {"at", render(deal.last_touch->at)}};
}

}  // namespace

json::object render(const views::Deal& deal) {
  json::array tasks, acknowledgements;
  for (const auto& task : deal.tasks) tasks.push_back(render(task));
  for (const auto& given : deal.acknowledgements) {
    acknowledgements.push_back({{"kind", given.kind}, {"at", render(given.at)}});
  }
  json::object campaign;
  for (const auto& [name, value] : deal.campaign) campaign[name] = value;
  return {{"id", deal.id},
          {"version", deal.form_version},
          {"title", render(deal.title)},
          {"pipeline", deal.pipeline},
          {"stage", deal.stage},
          {"stage_visit", deal.stage_visit},
          {"stage_entered_at", render(deal.stage_entered_at)},
          {"stage_reported", deal.stage_reported},
          {"stuck", deal.stuck},
          {"stuck_at", render(deal.stuck_at)},
          {"outcome", deal.outcome},
          {"episode", deal.episode},
          {"loss_reason", or_null(deal.loss_reason)},
          {"loss_note", render(deal.loss_note)},
          {"amount", render(deal.amount)},
          {"money",
           {{"agreed", render(deal.money.agreed)},
            {"invoiced", render(deal.money.invoiced)},
            {"paid", render(deal.money.paid)},
            {"balance", render(deal.money.balance)}}},
          {"work_type", or_null(deal.work_type)},
          {"owner", or_null(deal.owner)},
          {"source", or_null(deal.source)},
          {"campaign", std::move(campaign)},
          {"person", or_null(deal.person)},
          {"company", or_null(deal.company)},
          {"participants", participants_of(deal)},
          {"expected_close_date", or_null(deal.expected_close_date)},
          {"custom", custom_of(deal)},
          {"next_step", next_step_of(deal)},
          {"tasks", std::move(tasks)},
          {"quotes", each(deal.quotes, deal.id)},
          {"invoices", each(deal.invoices, deal.id)},
          {"documents", each(deal.documents, deal.id)},
          {"acknowledgements", std::move(acknowledgements)},
          {"answer_by", render(deal.answer_by)},
          {"answered_at", render(deal.answered_at)},
          {"touches", deal.touches},
          {"last_touch", last_touch_of(deal)},
          {"created_at", render(deal.created_at)},
          {"updated_at", render(deal.updated_at)},
          {"closed_at", render(deal.closed_at)}};
}

json::object render(const views::Task& task) {
  json::array participants;
  for (const auto& participant : task.participants)
    participants.push_back(json::string(participant));
  json::object out{{"id", task.id},
                   {"deal", task.deal},
                   {"kind", task.kind},
                   {"title", render(task.title)},
                   {"assignee", or_null(task.assignee)},
                   {"status", task.status},
                   {"place", render(task.place)},
                   {"participants", std::move(participants)},
                   {"note", render(task.note)},
                   {"result", render(task.result)},
                   {"automatic", task.automatic},
                   {"created_at", render(task.created_at)},
                   {"closed_at", render(task.closed_at)}};
  if (task.due.at) out["due_at"] = render(*task.due.at);
  if (!task.due.date.empty()) out["due_date"] = task.due.date;
  return out;
}

json::object render(const views::Quote& quote, const std::string& deal) {
  return {{"id", quote.id},
          {"deal", deal},
          {"revision", quote.revision},
          {"state", quote.state},
          {"lines", lines_of(quote.lines, quote.prices)},
          {"total", render(quote.total)},
          {"prepayment_percent",
           quote.prepayment_basis_points
               ? json::value(json::string(decimal_text(*quote.prepayment_basis_points, 2)))
               : json::value(nullptr)},
          {"valid_until", or_null(quote.valid_until)},
          {"sent_at", render(quote.sent_at)},
          {"below_floor", quote.below_floor},
          {"approval", approval_of(quote)}};
}

json::object render(const views::Invoice& invoice, const std::string& deal) {
  return {{"id", invoice.id},
          {"deal", deal},
          {"number", invoice.number},
          {"kind", invoice.kind},
          {"state", invoice.state},
          {"amount", render(invoice.amount)},
          {"paid", render(invoice.paid)},
          {"due_date", or_null(invoice.due_date)},
          {"overdue", invoice.overdue},
          {"lines", lines_of(invoice.lines, invoice.prices)},
          {"issued_at", render(invoice.issued_at)}};
}

json::object render(const views::Document& document, const std::string& deal) {
  return {{"id", document.id},
          {"deal", deal},
          {"kind", document.kind},
          {"title", render(document.title)},
          {"signed", document.signed_at.has_value()},
          {"signed_at", render(document.signed_at)}};
}

json::array render(const std::vector<rules::Verdict>& unmet, Language language) {
  json::array out;
  for (const auto& verdict : unmet) {
    out.push_back({{"criterion", verdict.code},
                   {"kind", verdict.kind},
                   {"message", verdict.message.in(language)}});
  }
  return out;
}

json::object render(const deal::StageOption& option, Language language) {
  using Move = deal::StageOption::Move;
  const std::string_view direction = option.move == Move::kSame      ? "same"
                                     : option.move == Move::kForward ? "forward"
                                                                     : "back";
  return {{"stage", option.stage},           {"allowed", option.allowed},
          {"direction", direction},          {"needs_reason", option.needs_reason},
          {"code", or_null(option.refusal)}, {"unmet", render(option.unmet(), language)}};
}

}  // namespace dealog::api
