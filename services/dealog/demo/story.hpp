// What will happen to a deal, planned ahead: steps in time.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "services/dealog/demo/deal_play.hpp"

namespace dealog::demo {

struct Step {
  Timestamp at;
  std::string what;  // for an error
  std::function<Result<void>(DealPlay&)> act;
};

struct Story {
  DealSketch sketch;
  std::vector<Step> steps;
  Timestamp end;           // by when all of it has happened, waiting included
  bool forgotten = false;  // nobody takes it over when its owner leaves
};

// What a deal of the cast is there to show at the end of the story.
enum class Scene {
  kOrdinary,           // the next step is planned
  kToday,              // the next step is today
  kNoNextStep,         // nobody planned one
  kOverdue,            // a promised call was not made
  kStuck,              // beyond the limit of its stage
  kUnanswered,         // a lead that nobody answered
  kQuoteForgotten,     // a quote without follow-up
  kApprovalWaiting,    // a discount that nobody approved yet
  kInvoiceOverdue,     // nobody paid
  kPartlyPaid,         // half of the prepayment came
  kTransferUnmatched,  // money came without the number of the invoice
  kOverridden,         // the head let it skip stages
  kReturned,           // went back a stage
  kReopened,           // lost, then found again
};

struct Wish {
  std::string stage;
  Scene scene = Scene::kOrdinary;
};

}  // namespace dealog::demo
