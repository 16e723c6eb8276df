// Commands on a deal with all that they read: the regulation in force, the contact person, the
// company, the zones of users, the next invoice number. The versions of what was judged become
// conditions of the append.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "libs/base/id.hpp"
#include "libs/command/unit.hpp"
#include "libs/command/use_cases/companies.hpp"
#include "libs/command/use_cases/people.hpp"
#include "libs/domain/deal/commands.hpp"
#include "libs/domain/deal/decide.hpp"
#include "libs/domain/deal/state.hpp"

namespace dealog::use_cases {

// What a new lead of a person with an open deal in the pipeline becomes.
enum class OnOpenDeal {
  kOpenAnother,  // somebody opens a deal on purpose
  kTouch,        // a web lead: a touch on the open deal, the latest if there are several
  kTouchOnly,    // the same, and where there is no open deal nothing is done
};

struct OpenDealInput {
  deal::OpenDeal deal;  // `person` and `company` are those below
  std::string pipeline = "web-studio";
  std::variant<std::monostate, PersonId, PersonInput> person = {};
  std::variant<std::monostate, CompanyId, CompanyInput> company = {};
  OnOpenDeal on_open_deal = OnOpenDeal::kOpenAnother;
  // Recorded on the deal, new or not: the form or call by which it came.
  std::optional<deal::RecordTouch> touch = {};
  rules::Language language = rules::Language::kEn;
};

struct OpenedDeal {
  DealId deal;  // nil: OnOpenDeal::kTouchOnly and there is none
  std::optional<PersonId> person;
  bool opened = false;  // else it was open already and got the touch
};

// `cause`: the unit's event that the new deal follows from.
// Errors: those of deal, person and company; kNotFound "pipeline_not_found".
Result<OpenedDeal> open_deal(Unit& unit, const OpenDealInput& input,
                             std::optional<std::size_t> cause = std::nullopt);

// Any command on a deal that exists: moves, touches, tasks, quotes, documents, invoices. A touch
// only glances at what it reads and is appended without a condition (Access::kShared is enough for
// it); everything else needs Access::kExclusive on the deal's stream, and `lanes_of` names what
// else to queue on (CommandRequest::also). `cause`: the unit's event that its events follow from.
// Errors: those of `deal::decide`.
Result<void> change_deal(Unit& unit, const DealId& id, const deal::Command& command,
                         rules::Language language = rules::Language::kEn,
                         std::optional<std::size_t> cause = std::nullopt);

// Invoices are numbered without holes, so whoever issues them queues here.
inline constexpr std::string_view kInvoicesLane = "invoices";
std::vector<StreamName> lanes_of(const deal::Command& command);

// The deal of a thing that stands in its stream (a task, quote, document, invoice): by its id as
// an open tag. Errors: kNotFound "task_not_found", … by the id's prefix.
Result<DealId> deal_of(const Folds& folds, std::string_view thing,
                       Language language = Language::kEn);

// What each stage says to a move there now: GET …/transitions. Errors: kNotFound.
Result<std::vector<deal::StageOption>> deal_options(const Folds& folds, const DealId& id,
                                                    const user::Rights& rights, const Actor& actor,
                                                    Timestamp now, rules::Language language);

}  // namespace dealog::use_cases
