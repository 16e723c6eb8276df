// Carries out the rules that were triggered: what the view of rules has derived from the log,
// timers when they have run out. Each trigger ends in the log under an id computed from it, so
// being killed anywhere and started again neither loses nor doubles.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "libs/async/worker.hpp"
#include "libs/command/command_bus.hpp"
#include "libs/projection/projection_runner.hpp"
#include "services/automation/rule_work.hpp"

namespace dealog::automation {

// Thread: any.
class RuleRunner {
 public:
  // Everything must outlive the runner. Nothing runs until start().
  // `public_url`: where customers' links lead, without a slash at the end; may be empty.
  RuleRunner(CommandBus& bus, const ViewStore& views, const ProjectionRunner& projections,
             std::string public_url = {});
  ~RuleRunner();

  // It waits for the views to reach the head that the log has now: before that, ends of triggers
  // may not be known yet.
  void start();
  void stop();
  // The views have moved on.
  void wake();

  // One round on the caller's thread: whether anything was carried out. Not while started.
  Result<bool> run_once();

 private:
  using Works = std::vector<std::shared_ptr<RuleWork>>;
  Result<Works> look();
  std::vector<Result<Outcome>> carry_out(const Works& works);
  Result<void> read_staff(const ViewContext& context, bool count_deals, use_cases::Staff& staff);
  Result<Position> finish(RuleWork& work, Result<Outcome> outcome);

  CommandBus& bus_;
  const ViewStore& views_;
  const ProjectionRunner& projections_;
  const std::string public_url_;
  Position start_after_;
  bool started_ = false;  // set before the worker's thread is
  std::unique_ptr<Worker> worker_;
};

}  // namespace dealog::automation
