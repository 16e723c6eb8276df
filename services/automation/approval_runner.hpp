// Looks after approvals that nobody gives in time: the role above is told, once a step.
#pragma once

#include "libs/async/worker.hpp"
#include "libs/command/command_bus.hpp"
#include "libs/projection/projection_runner.hpp"
#include "projections/deals/approvals_view.hpp"

namespace dealog::automation {

// Steps looked at in one round.
inline constexpr std::size_t kApprovalsPerRound = 100;

// Thread: any.
class ApprovalRunner {
 public:
  // Everything must outlive the runner. Nothing runs until start().
  ApprovalRunner(CommandBus& bus, const ViewStore& views, const ProjectionRunner& projections);
  ~ApprovalRunner();

  void start();
  void stop();

  // One round on the caller's thread, for runs without threads of their own: whether anything was
  // escalated. Not while started.
  Result<bool> run_once();

 private:
  // The position of what it appended; nothing when the step waits no more.
  Result<std::optional<Position>> escalate(const views::WaitingApproval& waiting);

  CommandBus& bus_;
  const ViewStore& views_;
  const ProjectionRunner& projections_;
  Position start_after_;  // written by start() alone
  std::unique_ptr<Worker> worker_;
};

}  // namespace dealog::automation
