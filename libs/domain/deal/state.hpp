// A deal as its events tell it: what decisions and gates need, and no more, because many thousands
// of these are kept in memory. Texts that nothing asks about (notes, lines, reasons) are not kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/id.hpp"
#include "libs/base/money.hpp"
#include "libs/base/timestamp.hpp"
#include "libs/event/event.hpp"
#include "libs/event/position.hpp"

namespace dealog::rules {
struct Regulation;
}

namespace dealog::deal {

struct Context;

enum class Outcome : std::uint8_t { kOpen, kWon, kLost };
std::string_view outcome_name(Outcome outcome);  // open, won, lost

// One stay in a stage; the number of a visit is its place in State::visits, from 1.
struct Visit {
  std::string stage;
  Timestamp entered_at;

  bool operator==(const Visit&) const = default;
};

struct Participant {
  PersonId person;
  std::string role;

  bool operator==(const Participant&) const = default;
};

struct CustomValue {
  std::string code;
  std::string value;  // text of the field's type: "true", "42", "2026-03-01"

  bool operator==(const CustomValue&) const = default;
};

// All touches that look alike to a gate are one of these. Words are kept as their place in the
// lists of libs/rules/vocabulary.hpp.
struct TouchSeen {
  std::uint8_t kind = 0;
  std::uint8_t direction = 0;
  std::uint8_t outcome = 0;
  bool answers_customer = false;
  std::uint32_t last_visit = 0;
  Timestamp last_occurred;

  bool operator==(const TouchSeen&) const = default;
};

// Members of a task that a gate may ask for (rules::TaskQuery::with).
enum TaskMember : std::uint8_t {
  kHasAssignee = 1,
  kHasParticipants = 2,
  kHasPlace = 4,
  kHasDue = 8,
  kHasNote = 16,
};

struct OpenTask {
  TaskId id;
  std::string kind;
  UserId assignee;   // nil: nobody
  Timestamp due_at;  // zero when only a day is given, or nothing
  std::optional<Date> due_date;
  Timestamp today_from;  // start of its day where the assignee is; zero without a due
  Timestamp overdue_at;  // the first instant at which it is overdue; zero without a due
  std::uint32_t visit = 0;
  std::uint8_t members = 0;  // TaskMember bits
  bool automatic = false;    // made by the regulation, not by a person

  bool operator==(const OpenTask&) const = default;
};

// Done tasks that look alike to a gate.
struct DoneTasks {
  std::string kind;
  std::uint8_t members = 0;
  std::uint32_t visit = 0;
  Timestamp last_overdue_at;

  bool operator==(const DoneTasks&) const = default;
};

struct ClosedTask {
  TaskId id;
  bool cancelled = false;

  bool operator==(const ClosedTask&) const = default;
};

enum class QuoteState : std::uint8_t {
  kDraft,
  kSubmitted,
  kApproved,
  kSent,
  kAccepted,
  kRejected,
  kReplaced,  // another quote was accepted after it
};
std::string_view quote_state_name(QuoteState state);

// Somebody who has to decide about a quote's discount.
struct QuoteStep {
  std::string role;
  std::uint32_t within_minutes = 0;  // 0: no deadline
  bool business = false;
  bool given = false;
  bool escalated = false;
  Timestamp due_at;  // zero: none, or it has not begun

  bool operator==(const QuoteStep&) const = default;
};

struct Quote {
  QuoteId id;
  std::uint32_t revision = 0;
  std::uint32_t submitted_revision = 0;  // 0: none
  std::uint32_t approved_revision = 0;   // 0: none
  QuoteState state = QuoteState::kDraft;
  Money total;
  std::int32_t prepayment_basis_points = -1;  // -1: the regulation's
  std::int32_t highest_discount_basis_points = 0;
  Actor author;  // of this revision; nobody approves his own
  // What the author might grant by himself, and as what; -1: the regulation's bound for everybody.
  std::int32_t allowed_basis_points = -1;
  std::string author_role;
  bool below_floor = false;             // a line is below its product's floor price
  std::uint32_t declined_revision = 0;  // 0: none
  std::vector<QuoteStep> steps;         // of the approval that was asked for; may be none

  bool in_force() const { return state != QuoteState::kRejected && state != QuoteState::kReplaced; }
  bool submitted() const { return submitted_revision == revision; }
  bool approved() const { return approved_revision == revision; }
  bool declined() const { return declined_revision == revision; }
  // The place in `steps` of the one that has to decide now; nothing: none has.
  std::optional<std::size_t> waiting_step() const;
  bool operator==(const Quote&) const = default;
};

struct Document {
  DocumentId id;
  std::uint8_t kind = 0;  // place in rules::document_kinds()
  bool is_signed = false;

  bool operator==(const Document&) const = default;
};

enum class InvoiceState : std::uint8_t { kIssued, kSent, kVoid };

struct Invoice {
  InvoiceId id;
  std::string number;
  std::uint8_t kind = 0;  // place in rules::invoice_kinds()
  InvoiceState state = InvoiceState::kIssued;
  Money amount;
  std::int64_t allocated_minor = 0;  // allocations − refunds
  std::optional<Date> due_date;
  Timestamp overdue_at;  // zero: no due date

  bool live() const { return state != InvoiceState::kVoid; }
  bool paid() const { return live() && allocated_minor >= amount.minor; }
  bool operator==(const Invoice&) const = default;
};

// What one payment gave to one invoice of this deal (nil: to the deal), and what went back of it.
struct Allocation {
  PaymentId payment;
  InvoiceId invoice;
  std::int64_t allocated_minor = 0;
  std::int64_t refunded_minor = 0;

  bool operator==(const Allocation&) const = default;
};

// When a rule last acted on the deal (or, simulated, would have).
struct RuleRun {
  std::string rule;
  bool simulated = false;
  std::uint32_t visit = 0;
  Timestamp at;

  bool operator==(const RuleRun&) const = default;
};

// The next step of an open deal at an instant.
enum class NextStep : std::uint8_t { kNone, kOverdue, kToday, kPlanned };
std::string_view next_step_name(NextStep step);

// Thread: any may read one that nobody changes.
struct State {
  StreamVersion version;  // 0: there is no such deal
  // The version of what can be edited (ETag): fields, stage, outcome, owner, participants.
  StreamVersion details_version;
  std::string pipeline;
  std::uint64_t regulation_version = 0;  // that judged the last move
  Outcome outcome = Outcome::kOpen;
  std::uint32_t episode = 0;
  std::vector<Visit> visits;
  Timestamp opened_at;
  Timestamp closed_at;           // zero while open
  Timestamp last_move_at;        // occurred time of the last move, outcome or owner change
  Timestamp stuck_at;            // zero: the stage has no limit
  Timestamp answer_by;           // zero: none
  UserId owner;                  // nil: nobody
  bool owner_stands_in = false;  // nobody has chosen the owner yet
  CompanyId company;             // nil: none
  std::string title;             // empty when erased
  Money amount;                  // no currency: not named yet
  std::string work_type;
  std::string source;
  std::optional<Date> expected_close;
  // Set by the first quote, invoice or payment; from then on the deal's money is in it.
  Currency fixed_currency;
  std::int64_t paid_minor = 0;
  std::vector<Participant> participants;
  std::vector<CustomValue> custom;  // by code
  std::vector<TouchSeen> touches;
  std::vector<OpenTask> open_tasks;
  std::vector<DoneTasks> done_tasks;
  std::vector<ClosedTask> closed_tasks;
  std::vector<Quote> quotes;  // as they were drafted
  std::vector<Document> documents;
  std::vector<std::uint8_t> acknowledgements;  // places in rules::acknowledgement_kinds()
  std::vector<Invoice> invoices;
  std::vector<Allocation> allocations;
  std::vector<RuleRun> rule_runs;

  bool operator==(const State&) const = default;

  bool exists() const { return !visits.empty(); }
  bool is_open() const { return exists() && outcome == Outcome::kOpen; }
  // Empty of a deal that does not exist.
  const std::string& stage() const;
  std::uint32_t visit() const { return static_cast<std::uint32_t>(visits.size()); }
  Timestamp entered_at() const;
  // The number of the visit that was running at an instant: 1 before the first.
  std::uint32_t visit_at(Timestamp instant) const;

  // The person to talk to: the first participant in the role "contact", else the first.
  const Participant* contact() const;
  const OpenTask* open_task(const TaskId& id) const;
  const Quote* quote(const QuoteId& id) const;
  const Quote* accepted_quote() const;
  // The accepted one, else the latest that is not rejected or replaced; null: none.
  const Quote* quote_in_force() const;
  const Invoice* invoice(const InvoiceId& id) const;
  const Document* document(const DocumentId& id) const;
  const std::string* custom_value(std::string_view code) const;

  // agreed = the accepted quote's total, else the amount (no currency: nobody has named any).
  Money agreed() const;
  Money invoiced() const;  // live invoices
  Money paid() const;      // allocations − refunds
  Money balance() const;   // agreed − paid; below zero is credit
  // Of the quote in force, else the regulation's.
  std::int32_t prepayment_basis_points(const rules::Regulation& regulation) const;
  Money required_prepayment(const rules::Regulation& regulation) const;
  // What the deal's money is counted in: fixed, else the amount's, else the regulation's.
  Currency currency(const rules::Regulation& regulation) const;

  // Judged at `now` over the open tasks; `task` (may be null) is set to the task that it is about.
  // A task without a due counts as planned.
  NextStep next_step(Timestamp now, TaskId* task = nullptr) const;
};

// One more event. Events of other streams or unknown types only count the version. Sealed fields
// that are missing (erased, not opened) read as absent. Thread: the state's.
void evolve(State& state, const RecordedEvent& event);
// The same for an event that is only decided yet, with the context it was decided in.
void evolve(State& state, const NewEvent& event, const Context& context);

}  // namespace dealog::deal
