// A deal as it is shown: everything of GET /v1/deals/{id}, opened for one reader, judged at one
// instant.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "libs/base/money.hpp"
#include "libs/base/timestamp.hpp"
#include "libs/projection/sealed_text.hpp"

namespace dealog::views {

enum class NextStepState { kNone, kOverdue, kToday, kPlanned };
std::string_view code_of(NextStepState state);  // none, overdue, today, planned
std::optional<NextStepState> next_step_state(std::string_view code);

struct NextStep {
  NextStepState state = NextStepState::kNone;
  std::string task;  // "" with kNone
};

// An instant, or a day in a zone.
struct TaskDue {
  std::optional<Timestamp> at;
  std::string date;  // YYYY-MM-DD, "" when an instant is given
  std::string time_zone;
  std::optional<Timestamp> today_from;
  std::optional<Timestamp> overdue_at;
};

struct Task {
  std::string id;
  std::string deal;
  std::string kind;
  SealedText title;
  std::string assignee;
  TaskDue due;
  std::string status;  // open, done, cancelled
  SealedText place;
  std::vector<std::string> participants;
  SealedText note;
  SealedText result;  // of a done one; of a cancelled one the reason
  bool automatic = false;
  std::uint32_t visit = 0;
  Timestamp created_at;
  std::optional<Timestamp> closed_at;
};

// Where the price of a line comes from.
struct ListedPrice {
  std::string product;      // prd_…; "": not of the price list
  std::uint32_t price = 0;  // which of its prices
  std::optional<Money> list, floor;
  std::int32_t discount_basis_points = 0;        // against the list price
  std::optional<std::int32_t> vat_basis_points;  // -1: without; nothing: the seller's
};

struct QuoteLine {
  std::string title;
  std::int64_t quantity_thousandths = 0;
  Money unit_price;
  std::int32_t discount_basis_points = 0;
  Money total;
};

// A step of the approval of a discount.
struct ApprovalStep {
  std::string role;
  std::string state;  // waiting, approved, declined; "": its turn has not come
  std::optional<Timestamp> due_at;
  bool escalated = false;
  std::optional<Timestamp> decided_at;
  std::string decided_by;  // usr_…
};

// Lines of a quote or an invoice: sealed as a whole. `items` is empty unless kShown.
struct SealedLines {
  TextState state = TextState::kAbsent;
  std::vector<QuoteLine> items;
};

struct Quote {
  std::string id;
  std::uint32_t revision = 0;
  std::string state;  // draft, submitted, approved, sent, accepted, rejected
  Money total;
  std::optional<std::int32_t> prepayment_basis_points;
  std::int32_t highest_discount_basis_points = 0;
  std::string valid_until;
  std::optional<Timestamp> sent_at;
  SealedLines lines;
  std::vector<ListedPrice> prices;  // one for each line, or none
  bool below_floor = false;
  bool approved = false;
  bool approval_asked = false;      // and not given yet
  std::vector<ApprovalStep> steps;  // where the regulation names them
};

struct Invoice {
  std::string id;
  std::string number;
  std::string kind;
  std::string state;  // issued, sent, voided, paid
  Money amount;
  Money paid;
  std::string due_date;
  std::optional<Timestamp> overdue_at;
  bool overdue = false;
  Timestamp issued_at;
  SealedLines lines;
  std::vector<ListedPrice> prices;  // one for each line, or none
};

struct Document {
  std::string id;
  std::string kind;
  SealedText title;
  std::optional<Timestamp> signed_at;
};

struct Participant {
  std::string person;
  std::string role;
};

struct Acknowledgement {
  std::string kind;
  Timestamp at;
};

struct LastTouch {
  std::string id, kind, direction, outcome;
  Timestamp at;
};

struct CustomValue {
  std::string code;
  SealedText value;
};

struct DealMoney {
  Money agreed, invoiced, paid, balance;
};

struct Deal {
  std::string id;
  std::uint64_t version = 0;       // of the stream
  std::uint64_t form_version = 0;  // of what can be edited: for ETag
  std::string pipeline;
  std::uint64_t regulation_version = 0;
  SealedText title;
  std::string outcome;  // open, won, lost
  std::string loss_reason;
  SealedText loss_note;
  std::string stage;
  std::uint32_t stage_visit = 0;
  Timestamp stage_entered_at;
  bool stage_reported = false;
  std::optional<Timestamp> stuck_at;
  bool stuck = false;
  std::uint32_t episode = 0;
  std::string owner, source, company, work_type;
  std::vector<std::pair<std::string, std::string>> campaign;
  std::optional<Money> amount;
  std::string expected_close_date;
  // Without the right to personal data only the codes known from open fields, masked.
  std::vector<CustomValue> custom;
  std::vector<Participant> participants;
  std::string person;  // the first participant, "" without any
  NextStep next_step;
  std::vector<Task> tasks;         // open, the earliest due first
  std::vector<Task> recent_tasks;  // closed, the latest first
  std::vector<Quote> quotes;
  std::vector<Invoice> invoices;
  std::vector<Document> documents;
  std::vector<Acknowledgement> acknowledgements;
  DealMoney money;
  std::optional<Timestamp> answer_by;
  std::optional<Timestamp> answered_at;
  std::uint32_t touches = 0;
  std::optional<LastTouch> last_touch;
  Timestamp created_at;
  Timestamp updated_at;
  std::optional<Timestamp> closed_at;
};

}  // namespace dealog::views
