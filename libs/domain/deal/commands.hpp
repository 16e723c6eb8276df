// What may be asked of a deal: imperative, plain data, not yet checked. Ids that are left nil are
// made by `decide`. `occurred` says when it happened, when that is not now: at most five minutes
// ahead; moves, outcome and owner changes not before the last such event of the deal.
#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "libs/base/id.hpp"
#include "libs/base/money.hpp"
#include "libs/base/timestamp.hpp"
#include "libs/event/event.hpp"
#include "libs/rules/facts.hpp"

namespace dealog::deal {

using Occurred = std::optional<OccurredAt>;

// A change of one field: untouched, emptied, or set.
template <class T>
struct Change {
  enum class Kind : std::uint8_t { kKeep, kClear, kSet } kind = Kind::kKeep;
  T value = {};

  Change() = default;
  // Implicit, so that a change reads `fields.source = "phone"`.
  template <class U>
    requires std::convertible_to<U, T>
  Change(U&& new_value) : kind(Kind::kSet), value(std::forward<U>(new_value)) {}
  static Change cleared() {
    Change change;
    change.kind = Kind::kClear;
    return change;
  }
  bool is_set() const { return kind == Kind::kSet; }
  bool is_cleared() const { return kind == Kind::kClear; }
  bool touched() const { return kind != Kind::kKeep; }
};

// Values by the code of a custom field. A text is read as the field's type asks; nothing clears.
using CustomChanges = std::vector<std::pair<std::string, std::optional<rules::FieldValue>>>;

// The editable fields of a deal (PATCH). The title cannot be cleared.
struct DetailsChange {
  Change<std::string> title;
  Change<Money> amount;
  Change<std::string> work_type;
  Change<std::string> source;
  Change<Date> expected_close;
  CustomChanges custom;
  // Of the company's facts in Context::party when one is brought along.
  Change<CompanyId> company;
  Change<UserId> owner;

  bool empty() const {
    return !title.touched() && !amount.touched() && !work_type.touched() && !source.touched() &&
           !expected_close.touched() && custom.empty() && !company.touched() && !owner.touched();
  }
};

// ---- the order ----

struct OpenDeal {
  std::string title;
  std::string stage =
      {};  // empty: the first; another needs the right `import`, and so does `reported`
  std::optional<Money> amount = {};
  std::string work_type = {};
  std::optional<UserId> owner = {};
  bool owner_stands_in = false;  // nobody was named: `owner` is whoever there was
  std::string source = {};       // src_… or a code such as "phone"
  std::optional<PersonId> person = {};
  std::optional<CompanyId> company = {};
  std::optional<Date> expected_close = {};
  CustomChanges custom = {};
  std::map<std::string, std::string> campaign = {};
  std::string origin = "import";  // of a deal that is opened at a later stage
  bool reported = false;          // it was opened elsewhere: nothing follows from it here
  Occurred occurred = {};
  std::vector<Tag> tags = {};  // by which it is found again
};

struct ChangeDealStage {
  std::string to;
  DetailsChange fields = {};  // judged as if set, and set when the move is allowed
  std::string reason = {};    // needed for a move back and for an override
  bool override_gates = false;
  Occurred occurred = {};
};

struct LoseDeal {
  std::string reason;  // a code of the regulation
  std::string note = {};
  Occurred occurred = {};
};

struct ReopenDeal {
  std::string reason = {};
  Occurred occurred = {};
};

struct AssignDealOwner {
  UserId owner;
  Occurred occurred = {};
};

struct SetParticipant {
  PersonId person;
  std::string role;
};

struct RemoveParticipant {
  PersonId person;
};

struct LinkCompany {
  std::optional<CompanyId> company;  // nothing unlinks
};

struct ChangeDealDetails {
  DetailsChange fields;
};

// What happened elsewhere: recorded with its unmet criteria, not judged. Needs the right `import`.
struct ReportDealStage {
  std::string to;
  std::string origin;  // provider or "import"
  Occurred occurred = {};
};

// The outcome that the deal has elsewhere. Needs the right `import`.
struct ReportDealOutcome {
  bool won = false;
  std::string reason = {};  // of a loss: a code of the regulation
  std::string origin;
  Occurred occurred = {};
};

// ---- touches ----

struct RecordTouch {
  std::string kind;
  std::string direction;
  std::string outcome;
  std::uint32_t duration_s = 0;
  std::string recording_url = {};
  std::string note = {};  // ours: the deal's
  std::string said = {};  // the other side's own words: goes when `person` is erased
  std::optional<PersonId> person = {};
  TouchId id = {};
  Occurred occurred = {};
  std::vector<Tag> tags = {};  // by which a thread is found again
  bool automatic = false;      // sent by a rule: nobody has answered the customer by it
};

// What is known of a touch now; `id` is that of the touch, `occurred` its own time.
struct AmendTouch {
  RecordTouch touch;
};

// ---- tasks ----

// An instant, or a day in the zone of the assignee. Not both.
struct DueInput {
  std::optional<Timestamp> at = {};
  std::optional<Date> date = {};
};

struct CreateTask {
  std::string kind;
  std::string title;
  std::optional<UserId> assignee = {};  // nobody: the deal's owner, else the acting user
  DueInput due = {};
  std::string place = {};
  std::vector<std::string> participants = {};  // per_… or usr_…
  std::string note = {};
  TaskId id = {};
  bool automatic = false;  // planned by a rule
};

struct CompleteTask {
  TaskId task;
  std::string result = {};
  Occurred occurred = {};
};

struct RescheduleTask {
  TaskId task;
  DueInput due;
  std::string reason = {};
};

struct ReassignTask {
  TaskId task;
  UserId assignee;
};

struct CancelTask {
  TaskId task;
  std::string reason = {};
};

// ---- quotes ----

// What the price list says of a line's product. Whoever hands the command to the deal looks it up.
struct ListedPrice {
  std::string product;      // prd_…
  std::uint32_t price = 0;  // its number
  Money list;
  std::optional<Money> floor = {};
};

struct LineInput {
  std::string title;
  std::int64_t quantity_thousandths = 1000;  // 1500 = 1.5
  Money unit_price;
  std::int32_t discount_basis_points = 0;  // 0 … 10000
  // prd_… or its code; empty: not of the price list. Title, price and VAT that are not named are
  // then the product's.
  std::string product = {};
  std::optional<std::int32_t> vat_basis_points = {};  // -1: without; nothing: the seller's
  std::optional<ListedPrice> listed = {};             // of `product`
};

struct QuoteContents {
  std::vector<LineInput> lines;
  std::optional<std::int32_t> prepayment_basis_points = {};  // nothing: the regulation's
  std::optional<Date> valid_until = {};
};

struct DraftQuote {
  QuoteContents contents;
  QuoteId id = {};
};

struct ReviseQuote {
  QuoteId quote;
  QuoteContents contents;
};

struct SubmitQuote {
  QuoteId quote;
};

struct ApproveQuote {
  QuoteId quote;
  std::string comment = {};
};

// Says no to the discount: of whoever might approve it.
struct DeclineQuote {
  QuoteId quote;
  std::string comment;
};

// The step's time is over. Nothing when it was decided, or escalated, meanwhile.
struct EscalateApproval {
  QuoteId quote;
  std::uint32_t revision = 0;
  std::uint32_t step = 0;  // from 1
};

struct SendQuote {
  QuoteId quote;
  Occurred occurred = {};
};

struct AcceptQuote {
  QuoteId quote;
  Occurred occurred = {};
};

struct RejectQuote {
  QuoteId quote;
  std::string reason = {};
  Occurred occurred = {};
};

// ---- documents ----

struct AddDocument {
  std::string kind;
  std::string title;
  DocumentId id = {};
  Occurred occurred = {};
};

struct SignDocument {
  DocumentId document;
  Occurred occurred = {};
};

struct GiveAcknowledgement {
  std::string kind;
  Occurred occurred = {};
};

// ---- money ----

struct IssueInvoice {
  std::string kind;
  Money amount;
  std::optional<Date> due_date = {};
  std::vector<LineInput> lines = {};  // shown on it; their total must be the amount
  InvoiceId id = {};
  // ent_… in whose series it is numbered; empty: the default one's. Read by whoever gives numbers.
  std::string legal_entity = {};
};

struct SendInvoice {
  InvoiceId invoice;
  Occurred occurred = {};
};

struct VoidInvoice {
  InvoiceId invoice;
  std::string reason = {};
};

// A part of a payment for this deal. That the parts of a payment stay within it is judged by the
// payment, whose event goes into the same append.
struct AllocatePayment {
  PaymentId payment;
  std::optional<InvoiceId> invoice = {};
  Money amount;
  Occurred occurred = {};
};

struct AllocateRefund {
  PaymentId payment;
  std::optional<InvoiceId> invoice = {};
  Money amount;
  Occurred occurred = {};
};

using Command =
    std::variant<OpenDeal, ChangeDealStage, LoseDeal, ReopenDeal, AssignDealOwner, SetParticipant,
                 RemoveParticipant, LinkCompany, ChangeDealDetails, ReportDealStage,
                 ReportDealOutcome, RecordTouch, AmendTouch, CreateTask, CompleteTask,
                 RescheduleTask, ReassignTask, CancelTask, DraftQuote, ReviseQuote, SubmitQuote,
                 ApproveQuote, DeclineQuote, EscalateApproval, SendQuote, AcceptQuote, RejectQuote,
                 AddDocument, SignDocument, GiveAcknowledgement, IssueInvoice, SendInvoice,
                 VoidInvoice, AllocatePayment, AllocateRefund>;

}  // namespace dealog::deal
