// The rules of a deal: from its state and a command to the events that it makes, or a refusal.
// Pure; events of one answer belong into one append, in order. Thread: any.
//
// Errors common to all: kNotFound "deal_not_found"; kInvalid "invalid_input" with fields, and
// "occurred_in_future" | "occurred_too_early" at /occurred_at; kConflict "deal_closed" for what
// only an open deal allows; kTooLarge "too_many_…" over a limit of limits.hpp. An empty list means
// that everything is so already: nothing is to be appended.
//
// Decisions can be chained into one append (open a deal, then record its first touch): evolve the
// state over the first answer and decide the next on it; `caused_by` counts within one answer.
#pragma once

#include <vector>

#include "libs/base/result.hpp"
#include "libs/domain/deal/commands.hpp"
#include "libs/domain/deal/context.hpp"
#include "libs/domain/deal/state.hpp"
#include "libs/event/event.hpp"

namespace dealog::deal {

using Events = std::vector<NewEvent>;

// By this tag the deals of a person are found: on what opens, closes and reopens a deal he takes
// part in, and on his coming and going. Not on touches, of which there are many.
inline Tag deals_of(const PersonId& person) { return open_tag("deals:" + person.text()); }

// kConflict "deal_exists"; kForbidden "right_missing" (a stage other than the first).
Result<Events> decide(const State&, const OpenDeal&, const Context&);
// kConflict "same_stage"; kUnprocessable "move_not_allowed" | "gate_not_met" with
// {"unmet":[{"criterion","kind","message"}]} in Error::data; kForbidden "right_missing" (override);
// kInvalid when a reason is missing.
Result<Events> decide(const State&, const ChangeDealStage&, const Context&);
Result<Events> decide(const State&, const LoseDeal&, const Context&);
// kConflict "deal_open".
Result<Events> decide(const State&, const ReopenDeal&, const Context&);
Result<Events> decide(const State&, const AssignDealOwner&, const Context&);
Result<Events> decide(const State&, const SetParticipant&, const Context&);
// kNotFound "participant_not_found".
Result<Events> decide(const State&, const RemoveParticipant&, const Context&);
Result<Events> decide(const State&, const LinkCompany&, const Context&);
// An amount in another currency than the deal's quotes, invoices and payments is a wrong field
// (currency_mismatch).
Result<Events> decide(const State&, const ChangeDealDetails&, const Context&);
// kForbidden "right_missing"; kConflict "same_stage".
Result<Events> decide(const State&, const ReportDealStage&, const Context&);
// kForbidden "right_missing". Nothing when the deal is closed with that outcome.
Result<Events> decide(const State&, const ReportDealOutcome&, const Context&);

// One event, no other effect; also on a closed deal.
Result<Events> decide(const State&, const RecordTouch&, const Context&);
Result<Events> decide(const State&, const AmendTouch&, const Context&);

// Tasks: kNotFound "task_not_found"; kConflict "task_closed".
Result<Events> decide(const State&, const CreateTask&, const Context&);
Result<Events> decide(const State&, const CompleteTask&, const Context&);
Result<Events> decide(const State&, const RescheduleTask&, const Context&);
Result<Events> decide(const State&, const ReassignTask&, const Context&);
Result<Events> decide(const State&, const CancelTask&, const Context&);

// Quotes: kNotFound "quote_not_found"; kConflict "quote_<state>" when its state does not allow it
// ("quote_not_sent" for an acceptance); kForbidden "own_quote"; kUnprocessable
// "amount_out_of_range". A price in another currency is a wrong field (currency_mismatch).
Result<Events> decide(const State&, const DraftQuote&, const Context&);
Result<Events> decide(const State&, const ReviseQuote&, const Context&);
Result<Events> decide(const State&, const SubmitQuote&, const Context&);
// kForbidden "role_missing" | "right_missing": whoever approves or declines is the step's role, or
// has the right `override` where the regulation names no steps. kConflict "quote_declined",
// "quote_not_submitted".
Result<Events> decide(const State&, const ApproveQuote&, const Context&);
Result<Events> decide(const State&, const DeclineQuote&, const Context&);
Result<Events> decide(const State&, const EscalateApproval&, const Context&);
Result<Events> decide(const State&, const SendQuote&, const Context&);
Result<Events> decide(const State&, const AcceptQuote&, const Context&);
Result<Events> decide(const State&, const RejectQuote&, const Context&);

// kNotFound "document_not_found"; kConflict "document_signed".
Result<Events> decide(const State&, const AddDocument&, const Context&);
Result<Events> decide(const State&, const SignDocument&, const Context&);
Result<Events> decide(const State&, const GiveAcknowledgement&, const Context&);

// kNotFound "invoice_not_found"; kConflict "invoice_void" | "invoice_paid"; kUnprocessable
// "currency_mismatch" | "refund_exceeds_allocated" | "amount_out_of_range". Allocations and refunds
// are recorded on a closed deal as well, and move nothing there.
Result<Events> decide(const State&, const IssueInvoice&, const Context&);
Result<Events> decide(const State&, const SendInvoice&, const Context&);
Result<Events> decide(const State&, const VoidInvoice&, const Context&);
Result<Events> decide(const State&, const AllocatePayment&, const Context&);
Result<Events> decide(const State&, const AllocateRefund&, const Context&);

Result<Events> decide(const State&, const Command&, const Context&);

// One stage of the regulation as a target of a move.
struct StageOption {
  enum class Move : std::uint8_t { kSame, kForward, kBack };

  std::string stage;
  Move move = Move::kSame;
  bool allowed = false;
  bool needs_reason = false;  // a move back
  // Why not: "", same_stage, deal_closed, move_not_allowed, gate_not_met.
  std::string refusal;
  // Every criterion that was judged for it, met or not; none for a move back.
  std::vector<rules::Verdict> verdicts;

  std::vector<rules::Verdict> unmet() const;
};

// Every stage in the regulation's order: what `decide` would say to a move there without fields,
// reasons or override. The state must exist.
std::vector<StageOption> options(const State&, const Context&);
// One of them. Errors: kInvalid "invalid_input" for an unknown stage.
Result<StageOption> option(const State&, std::string_view to, const Context&);

}  // namespace dealog::deal
