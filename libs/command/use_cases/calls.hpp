// Reports of calls, joined into one touch a call.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "libs/base/id.hpp"
#include "libs/command/unit.hpp"
#include "libs/command/use_cases/conversations.hpp"
#include "libs/command/use_cases/file_fetches.hpp"
#include "libs/domain/call/call.hpp"

namespace dealog::use_cases {

struct CallInput {
  CallId call;
  call::ReportCall report;
  // Whom it is with, and the deal that a call from somebody without an open one opens; the touch
  // is made here. `open.on_open_deal` is for calls that came in: the others open nothing.
  OpenDealInput open;
  std::vector<std::string> threads = {};
  // Recordings that this report tells of and that can be fetched: they become files of the touch as
  // soon as there is one.
  std::vector<KeptBody> recordings = {};
  // A call that was missed leaves the task to call back within this; nothing: none.
  std::optional<std::chrono::minutes> call_back_within = {};
};

struct JoinedCall {
  DealId deal;  // nil: no touch yet, or nobody's
  std::optional<PersonId> person;
  bool opened = false;
};

// Appends the report, and the touch of the call as soon as there is one, or what is new about it.
// Errors: those of place_touch and call::decide.
Result<JoinedCall> report_call(Unit& unit, const CallInput& input);

}  // namespace dealog::use_cases
