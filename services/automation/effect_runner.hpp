// Carries out what the log asks for across streams: triggers that the automation view has derived
// and whose end is not in the log yet. Each end is in the log (the effect's events, EffectSkipped
// or EffectFailed) under an id computed from the trigger, so that being killed anywhere and started
// again neither loses nor doubles.
#pragma once

#include "libs/async/worker.hpp"
#include "libs/command/command_bus.hpp"
#include "libs/projection/projection_runner.hpp"
#include "libs/projection/queue_floor.hpp"
#include "projections/automation/triggers_view.hpp"

namespace dealog::automation {

// Triggers looked at in one step.
inline constexpr std::size_t kTriggersPerStep = 100;

// Thread: any.
class EffectRunner {
 public:
  // Everything must outlive the runner. Nothing runs until start().
  EffectRunner(CommandBus& bus, const ViewStore& views, const ProjectionRunner& projections);
  ~EffectRunner();

  void start();
  void stop();
  // The views have moved on.
  void wake();

  // One round on the caller's thread, for runs without threads of their own (demo data, tests):
  // whether anything was carried out. Not while started.
  Result<bool> run_once();

 private:
  Result<Position> carry_out(const views::Trigger& trigger);

  CommandBus& bus_;
  const ViewStore& views_;
  const ProjectionRunner& projections_;
  QueueFloor queue_;
  std::unique_ptr<Worker> worker_;
};

}  // namespace dealog::automation
