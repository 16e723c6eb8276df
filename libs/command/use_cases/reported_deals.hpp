// Deals of another CRM: where they stand there is recorded here and not judged.
#pragma once

#include <optional>
#include <string>

#include "libs/base/id.hpp"
#include "libs/command/unit.hpp"
#include "libs/command/use_cases/deals.hpp"

namespace dealog::use_cases {

struct ReportedDeal {
  std::string thread;  // names the deal there, with its source: see thread_tag
  // The same of its company, where the CRM knows it by its name alone; may be empty.
  std::string company_thread = {};
  // How it is opened when it is not known here. `open.deal.stage` and `origin` say where it stands
  // and who tells so; an empty stage is not told.
  OpenDealInput open;
  std::optional<deal::Outcome> outcome = {};  // nothing: not told
  std::string lost_reason = {};
  Timestamp occurred_at;
  // When a deal that is not known here was opened there: it begins at the first stage on that day,
  // and is reported at its stage on `occurred_at`. Nothing: it begins where it stands.
  std::optional<Timestamp> opened_at = {};
};

struct RecordedDeal {
  DealId deal;
  bool opened = false;
  bool stale = false;  // older than what is known here: nothing was recorded
};

// Stage, outcome and amount as they are there now. A deal that is closed here and open there is
// reopened. Errors: those of open_deal and deal::decide.
Result<RecordedDeal> report_deal(Unit& unit, const ReportedDeal& reported);

}  // namespace dealog::use_cases
