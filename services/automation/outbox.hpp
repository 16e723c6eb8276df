// Carries out the effects of one channel: what is due is attempted, sent and settled, each step in
// the log before the next. Killed anywhere and started again it sends nothing that was settled; an
// attempt that was interrupted is listed, or made again where the receiver knows its key.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "libs/async/worker.hpp"
#include "libs/command/command_bus.hpp"
#include "libs/projection/projection_runner.hpp"
#include "libs/projection/view_store.hpp"
#include "services/automation/channel.hpp"

namespace dealog::automation {

// Sent side by side: a receiver that hangs holds up so many others at most, and them no longer than
// its time-out.
inline constexpr std::size_t kSendsAtOnce = 8;
// With more than so many due at once a person is asked before any is sent. A queue of webhooks is
// never held: it is in order, and nobody reads it.
inline constexpr std::size_t kBacklog = 500;

// Thread: any.
class Outbox {
 public:
  // Everything must outlive it. Nothing runs until start(). One at a time for a channel and a log.
  Outbox(CommandBus& bus, const ViewStore& views, const ProjectionRunner& projections,
         std::unique_ptr<Channel> channel, std::size_t backlog = kBacklog);
  ~Outbox();

  // It waits for the views to reach the head that the log has now.
  void start();
  // What is on its way is given up; stop() waits until that is recorded, a few seconds. Several
  // are stopped in the time of one when all have begun.
  void begin_to_stop() {
    stopping_ = true;
    channel_->give_up();
  }
  void stop();
  // The views have moved on.
  void wake();

  // One round on the caller's thread: whether anything was carried out. Not while started.
  Result<bool> run_once();

 private:
  Result<std::vector<std::string>> look();
  Result<Position> carry_out(const std::string& id);
  CommandRequest command_of(std::string_view name, const EffectId& id,
                            const effect::State& state) const;
  Result<Position> settle(const EffectId& id, const effect::SettleEffect& settled);

  CommandBus& bus_;
  const ViewStore& views_;
  const ProjectionRunner& projections_;
  const std::unique_ptr<Channel> channel_;
  const std::size_t backlog_;
  Position start_after_;
  std::atomic<bool> stopping_ = false;
  std::unique_ptr<Worker> worker_;
};

}  // namespace dealog::automation
