#include "projections/deals/deal_reader.hpp"

#include <algorithm>

#include "dealog/v1/commerce_events.pb.h"
#include "dealog/v1/deal_events.pb.h"
#include "libs/projection/row_reading.hpp"
#include "projections/deals/card.hpp"

namespace dealog::views {
namespace {

TaskDue read_due(const v1::Due& due) {
  return {.at = instant(due.due_at()),
          .date = due.due_date(),
          .time_zone = due.time_zone(),
          .today_from = instant(due.today_at()),
          .overdue_at = instant(due.overdue_at())};
}

SealedText masked_if(bool there, const OpenedFields& fields) {
  return there && fields.state() != TextState::kAbsent ? SealedText{fields.state(), {}}
                                                       : SealedText{};
}

SealedLines read_lines(const v1::SealedFields& sealed, const BoxOpener& opener) {
  const auto opened = opener.open(sealed);
  SealedLines out{opened.state(), {}};
  const auto add = [&](const auto& lines) {
    for (const auto& line : lines) {
      out.items.push_back({line.title(), line.quantity_thousandths(), money_of(line.unit_price()),
                           line.discount_basis_points(), money_of(line.total())});
    }
  };
  if (out.state != TextState::kShown) return out;
  if (const auto* drafted = opened.as<v1::QuoteDrafted>()) add(drafted->lines());
  if (const auto* revised = opened.as<v1::QuoteRevised>()) add(revised->lines());
  if (const auto* issued = opened.as<v1::InvoiceIssued>()) add(issued->lines());
  return out;
}

Quote read_quote(const v1::QuoteRow& row, const BoxOpener& opener) {
  Quote quote{.id = row.quote(),
              .revision = row.revision(),
              .state = row.state(),
              .total = money_of(row.total()),
              .prepayment_basis_points = std::nullopt,
              .highest_discount_basis_points = row.highest_discount_basis_points(),
              .valid_until = row.valid_until(),
              .sent_at = instant(row.sent_us()),
              .lines = read_lines(row.lines(), opener),
              .approved = row.approved(),
              .approval_asked = row.submitted_us() != 0};
  if (row.prepayment_basis_points() >= 0) {
    quote.prepayment_basis_points = row.prepayment_basis_points();
  }
  return quote;
}

Invoice read_invoice(const v1::InvoiceRow& row, const BoxOpener& opener, Timestamp at) {
  const bool paid = row.state() != "voided" && outstanding_of(row) <= 0;
  return {.id = row.invoice(),
          .number = row.number(),
          .kind = row.kind(),
          .state = paid ? "paid" : row.state(),
          .amount = money_of(row.amount()),
          .paid = money_of(row.paid()),
          .due_date = row.due_date(),
          .overdue_at = instant(row.overdue_us()),
          .overdue = outstanding_of(row) > 0 && is_reached(row.overdue_us(), at),
          .issued_at = {row.issued_us()},
          .lines = read_lines(row.lines(), opener)};
}

Document read_document(const v1::DocumentRow& row, const BoxOpener& opener) {
  const auto opened = opener.open(row.title());
  Document document{row.document(), row.kind(), {opened.state(), {}}, instant(row.signed_us())};
  if (const auto* added = opened.as<v1::DocumentAdded>()) {
    document.title = opened.text(added->title());
  }
  return document;
}

// Title and custom fields, read from their boxes in the order of the events.
struct Texts {
  SealedText title;
  std::map<std::string, SealedText> custom;
};

void read_opening(const v1::DealRow& row, const OpenedFields& opened, Texts& texts) {
  texts.title = {opened.state(), {}};
  const auto* m = opened.as<v1::DealOpened>();
  if (!m || opened.state() != TextState::kShown) return;
  texts.title = opened.text(m->title());
  for (const auto& field : m->custom()) {
    const auto& gone = row.overridden_custom();
    if (std::ranges::find(gone, field.code()) != gone.end()) continue;
    texts.custom[field.code()] = opened.text(field.value());
  }
}

void read_change(const v1::DealTexts& entry, const OpenedFields& opened, Texts& texts) {
  const auto* m = opened.as<v1::DealDetailsChanged>();
  const bool shown = m && opened.state() == TextState::kShown;
  if (shown && m->has_title() && entry.holds_title()) texts.title = opened.text(m->title());
  for (const auto& code : entry.custom_codes()) {
    texts.custom[code] = shown ? SealedText{} : SealedText{opened.state(), {}};
  }
  if (!shown) return;
  for (const auto& field : m->custom()) {
    const auto known = texts.custom.find(field.code());
    if (known != texts.custom.end()) known->second = opened.text(field.value());
  }
}

Texts read_texts(const v1::DealRow& row, const BoxOpener& opener) {
  Texts texts;
  for (const auto& entry : row.texts()) {
    const auto opened = opener.open(entry.fields());
    if (entry.opening()) {
      read_opening(row, opened, texts);
    } else {
      read_change(entry, opened, texts);
    }
  }
  std::erase_if(texts.custom,
                [](const auto& field) { return field.second.state == TextState::kAbsent; });
  return texts;
}

DealMoney read_money(const v1::DealRow& row) {
  DealMoney money;
  money.agreed = money_of(agreed_of(row));
  Currency currency = money.agreed.currency;
  for (const auto& invoice : row.invoices()) {
    if (invoice.state() == "voided") continue;
    if (currency.empty()) currency = money_of(invoice.amount()).currency;
    money.invoiced.minor += invoice.amount().minor();
  }
  if (currency.empty()) currency = money_of(row.paid()).currency;
  money.agreed.currency = money.invoiced.currency = currency;
  money.paid = {row.paid().minor(), currency};
  money.balance = {money.agreed.minor - money.paid.minor, currency};
  return money;
}

void read_lists(const v1::DealRow& row, const BoxOpener& opener, Timestamp at, Deal& deal) {
  for (const auto& pair : row.campaign()) deal.campaign.emplace_back(pair.name(), pair.value());
  for (const auto& p : row.participants()) deal.participants.push_back({p.person(), p.role()});
  const auto contact = std::ranges::find(row.participants(), "contact", &v1::ParticipantRow::role);
  if (contact != row.participants().end()) {
    deal.person = contact->person();
  } else if (!row.participants().empty()) {
    deal.person = row.participants(0).person();
  }
  for (const auto& task : row.tasks()) deal.tasks.push_back(read_task(task, deal.id, opener));
  for (int i = row.recent_tasks_size() - 1; i >= 0; --i) {
    deal.recent_tasks.push_back(read_task(row.recent_tasks(i), deal.id, opener));
  }
  for (const auto& quote : row.quotes()) deal.quotes.push_back(read_quote(quote, opener));
  for (const auto& invoice : row.invoices()) {
    deal.invoices.push_back(read_invoice(invoice, opener, at));
  }
  for (const auto& document : row.documents()) {
    deal.documents.push_back(read_document(document, opener));
  }
  for (const auto& given : row.acknowledgements()) {
    deal.acknowledgements.push_back({given.kind(), {given.at_us()}});
  }
}

void read_fields(const v1::DealRow& row, Timestamp at, Deal& deal) {
  deal.id = row.deal();
  deal.version = row.version();
  deal.form_version = row.form_version();
  deal.pipeline = row.pipeline();
  deal.regulation_version = row.regulation_version();
  deal.outcome = row.outcome();
  deal.loss_reason = row.loss_reason();
  deal.stage = row.stage();
  deal.stage_visit = row.visit();
  deal.stage_entered_at = {row.stage_entered_us()};
  deal.stage_reported = row.stage_reported();
  deal.stuck_at = instant(row.stuck_us());
  deal.stuck = row.outcome() == "open" && is_reached(row.stuck_us(), at);
  deal.episode = row.episode();
  deal.owner = row.owner();
  deal.source = row.source();
  deal.company = row.company();
  deal.work_type = row.work_type();
  if (row.has_amount()) deal.amount = money_of(row.amount());
  deal.expected_close_date = row.expected_close_date();
  deal.money = read_money(row);
  deal.answer_by = instant(row.answer_by_us());
  deal.answered_at = instant(row.answered_us());
  deal.touches = row.touches();
  deal.created_at = {row.opened_us()};
  deal.updated_at = {row.updated_us()};
  deal.closed_at = instant(row.closed_us());
  if (row.has_last_touch()) {
    const auto& last = row.last_touch();
    deal.last_touch = {last.touch(), last.kind(), last.direction(), last.outcome(), {last.at_us()}};
  }
}

}  // namespace

Task read_task(const v1::TaskRow& row, const std::string& deal, const BoxOpener& opener) {
  const auto texts = opener.open(row.texts());
  const auto ending = opener.open(row.ending());
  Task task{.id = row.task(),
            .deal = deal,
            .kind = row.kind(),
            .title = {texts.state(), {}},
            .assignee = row.assignee(),
            .due = read_due(row.due()),
            .status = row.status(),
            .place = masked_if(row.has_place(), texts),
            .participants = {row.participants().begin(), row.participants().end()},
            .note = masked_if(row.has_note(), texts),
            .result = {ending.state(), {}},
            .automatic = row.automatic(),
            .visit = row.visit(),
            .created_at = {row.created_us()},
            .closed_at = instant(row.closed_us())};
  if (texts.state() == TextState::kShown) {
    const auto* created = texts.as<v1::TaskCreated>();
    task.title = texts.text(created->title());
    task.place = texts.text(created->place());
    task.note = texts.text(created->note());
  }
  if (const auto* done = ending.as<v1::TaskCompleted>()) task.result = ending.text(done->result());
  if (const auto* cancelled = ending.as<v1::TaskCancelled>()) {
    task.result = ending.text(cancelled->reason());
  }
  return task;
}

SealedText read_title(const v1::DealRow& row, const BoxOpener& opener) {
  return read_texts(row, opener).title;
}

Deal read_deal(const v1::DealRow& row, const BoxOpener& opener, Timestamp at) {
  Deal deal;
  read_fields(row, at, deal);
  read_lists(row, opener, at, deal);
  auto texts = read_texts(row, opener);
  deal.title = std::move(texts.title);
  for (auto& [code, value] : texts.custom) deal.custom.push_back({code, std::move(value)});
  const auto note = opener.open(row.closing_note());
  deal.loss_note = {note.state(), {}};
  if (const auto* lost = note.as<v1::DealLost>()) deal.loss_note = note.text(lost->note());
  if (!row.tasks().empty()) {
    const auto& due = row.tasks(0).due();
    deal.next_step = {state_of(due.today_at(), due.overdue_at(), at), row.tasks(0).task()};
  }
  return deal;
}

Result<std::optional<v1::DealRow>> find_deal_row(const ViewReader& rows, std::string_view deal) {
  return find_row<v1::DealRow>(rows, row_keys::key(row_keys::kDeal, deal));
}

Result<std::vector<Deal>> read_deals(const ViewContext& context, const BoxOpener& opener,
                                     const std::vector<std::string>& ids) {
  std::vector<Deal> out;
  out.reserve(ids.size());
  for (const auto& id : ids) {
    if (const auto row = TRY(find_deal_row(context.rows, id))) {
      out.push_back(read_deal(*row, opener, context.at));
    }
  }
  return out;
}

std::string_view code_of(NextStepState state) {
  switch (state) {
    case NextStepState::kNone:
      return "none";
    case NextStepState::kOverdue:
      return "overdue";
    case NextStepState::kToday:
      return "today";
    case NextStepState::kPlanned:
      return "planned";
  }
  return "";
}

std::optional<NextStepState> next_step_state(std::string_view code) {
  for (const auto state : {NextStepState::kNone, NextStepState::kOverdue, NextStepState::kToday,
                           NextStepState::kPlanned}) {
    if (code_of(state) == code) return state;
  }
  return std::nullopt;
}

}  // namespace dealog::views
