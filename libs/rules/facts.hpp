// What a criterion may ask about a deal. The rules know no deal: whoever judges implements this.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "libs/base/money.hpp"
#include "libs/base/timestamp.hpp"

namespace dealog::rules {

using FieldValue = std::variant<std::string, std::int64_t, bool, Money, Date>;

// "A touch of this kind with one of these outcomes." Empty members match anything.
struct TouchQuery {
  std::vector<std::string> kinds;       // call, email, message, meeting, form, visit, note
  std::vector<std::string> directions;  // in, out, internal
  std::vector<std::string> outcomes;    // connected, no_answer, held, …
  bool answers_customer = false;        // the domain's meaning of answering a customer
  bool since_entering_stage = false;

  bool operator==(const TouchQuery&) const = default;
};

struct TaskQuery {
  std::vector<std::string> kinds;
  bool open = true;                   // false: a done one counts as well; a cancelled one never
  bool in_future = false;             // due after the instant asked about
  bool since_entering_stage = false;  // created during the present visit
  // Members that must be filled in: assignee, participants, place, due, note.
  std::vector<std::string> with;

  bool operator==(const TaskQuery&) const = default;
};

// Facts of one deal at one instant, in one (possibly hypothetical) state. Pure. Thread: any.
class Facts {
 public:
  virtual ~Facts() = default;

  // `path` is one of kKnownFields or "custom.<code>". Nothing when it is absent or erased.
  virtual std::optional<FieldValue> field(std::string_view path) const = 0;
  virtual bool has_touch(const TouchQuery& query) const = 0;
  virtual bool has_task(const TaskQuery& query) const = 0;
  // Of the quote in force (the latest that is not rejected or replaced). States in order:
  // draft, submitted, approved, sent, accepted; `at_least` is one of them. Also "rejected".
  virtual bool quote_reached(std::string_view at_least) const = 0;
  // An invoice of `kind` ("" any) that reached issued, sent, or paid.
  virtual bool invoice_reached(std::string_view kind, std::string_view at_least) const = 0;
  virtual bool has_document(std::string_view kind, bool signed_only) const = 0;
  virtual bool has_acknowledgement(std::string_view kind) const = 0;
  virtual bool has_participant(std::string_view role) const = 0;
  // Whether the highest line discount of the quote in force is within `basis_points`, or that
  // quote has been approved.
  virtual bool discount_within(std::int32_t basis_points) const = 0;
  // Money that nobody has named yet has an empty currency: then nothing is paid enough and no
  // balance is cleared.
  virtual Money agreed() const = 0;
  virtual Money paid() const = 0;
  // The share that must be paid before work starts, of `agreed`, in basis points: the quote's,
  // else the regulation's.
  virtual std::int32_t prepayment_basis_points() const = 0;
};

// Fields that a criterion may name besides "custom.<code>".
inline constexpr std::string_view kKnownFields[] = {"title",          "amount",
                                                    "work_type",      "source",
                                                    "owner",          "owner.chosen",
                                                    "person",         "person.name",
                                                    "person.phone",   "person.email",
                                                    "company",        "company.name",
                                                    "company.tax_id", "expected_close_date"};

}  // namespace dealog::rules
