// One line of a bank statement, whatever the format, and the facts that lines amount to.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/result.hpp"
#include "libs/connectors/fact.hpp"

namespace dealog::connectors::bank_statement {

// kReversed: money that had come in was taken back. kReturned: our own payment came back.
enum class Flow {
  kIn,
  kOut,
  kReversed,
  kReturned,
  kOwnTransfer,
  kNotBooked,
  kOtherAccount,
  kNothing
};

struct Row {
  Flow flow = Flow::kIn;
  Money amount;
  Date booked_on;
  std::optional<Timestamp> at;  // where the bank tells a time
  std::optional<Date> value_date;
  std::string account;  // ours
  Contact person;       // who paid, or was paid
  std::string purpose;
  std::string end_to_end_id;
  std::string bank_ref;
  NamedTexts details;  // what else the bank tells, by its own names
  std::string id;      // of the line
  std::string key;     // unique among all statements of its format; the id when empty
};

// Gives ids to lines that their bank has not numbered, of what they say. Two lines that say the
// same on one day are told apart by counting, so that overlapping statements repeat the ids.
class ContentIds {
 public:
  std::string next(const Row& row);

 private:
  std::map<std::string, int> seen_;
};

// Facts in order of the lines: a payment for what came in, a refund for a reversal whose payment
// stands in the same statement, an ignored fact with its reason for the rest. Refunds come last.
// A statement without lines is one ignored fact. `format` begins the keys: "mt940".
std::vector<Fact> facts_of(std::vector<Row> rows, std::string_view format);

// kInvalid "invalid_statement": `what` names the place and quotes nothing.
std::unexpected<Error> invalid_statement(std::string what);

// Contact with name, tax number and account; texts may be empty.
Contact party(std::string_view name, std::string_view tax_id, std::string_view iban);

}  // namespace dealog::connectors::bank_statement
