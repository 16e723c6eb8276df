// What the actions of a rule put on paper: quotes, invoices, invitations.
#include <algorithm>

#include "libs/command/use_cases/deal_surroundings.hpp"
#include "libs/command/use_cases/rule_acts.hpp"
#include "libs/domain/common/refusal.hpp"
#include "libs/domain/deal/rule_run.hpp"

namespace dealog::use_cases {
namespace {

// The meeting that comes next; null: none is planned.
const deal::OpenTask* next_meeting(const deal::State& state, Timestamp now) {
  const deal::OpenTask* next = nullptr;
  for (const deal::OpenTask& task : state.open_tasks) {
    if (task.kind != "meeting" || task.due_at <= now) continue;
    if (next == nullptr || task.due_at < next->due_at) next = &task;
  }
  return next;
}

}  // namespace

// A person checks it before it is sent. One that the deal has is left alone.
Result<void> RuleActs::draft_quote(const rules::RuleAction& action) {
  const auto* state = TRY(unit_.load<deal::State>(stream_));
  const bool by_amount = std::ranges::any_of(action.lines, [](const rules::QuoteLine& line) {
    return line.product.empty() && !line.price;
  });
  if (by_amount && state->amount.minor <= 0 && state->quote_in_force() == nullptr) {
    return refuse(unit_.language(), ErrorKind::kUnprocessable, "nothing_to_offer",
                  "у сделки нет суммы, на которую готовить КП",
                  "the deal has no amount to draft a quote over");
  }
  return change(action);
}

Result<void> RuleActs::issue_invoice(const rules::RuleAction& action) {
  const auto* state = TRY(unit_.load<deal::State>(stream_));
  const Parties parties = parties_of(*state);
  const auto around =
      TRY(surroundings_of(unit_, state->pipeline, &parties, true, unit_.language()));
  if (deal::amount_to_invoice(action, *state, around.context).minor <= 0) {
    return refuse(unit_.language(), ErrorKind::kUnprocessable, "nothing_to_invoice",
                  "на эту часть суммы счета уже выставлены, или суммы нет",
                  "that part of the amount is invoiced already, or there is none");
  }
  return change(action);
}

Result<void> RuleActs::send_invitation(const rules::RuleAction& action, std::size_t place) {
  const auto* state = TRY(unit_.load<deal::State>(stream_));
  const deal::OpenTask* meeting = next_meeting(*state, unit_.now());
  if (meeting == nullptr) {
    return refuse(unit_.language(), ErrorKind::kUnprocessable, "nothing_to_send",
                  "у сделки нет будущей встречи со временем",
                  "the deal has no meeting to come that has a time");
  }
  MessageOfRule message = message_of(action, place);
  message.meeting = meeting->id.text();
  const Recipients recipients = TRY(recipients_of(action));
  return plan_messages(unit_, message, recipients, cause_);
}

}  // namespace dealog::use_cases
