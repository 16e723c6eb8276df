// What people of the company do, as commands on the bus: the same gates as for everybody.
#pragma once

#include <string>
#include <utility>

#include "libs/base/clock.hpp"
#include "libs/command/use_cases/deals.hpp"
#include "services/dealog/core.hpp"

namespace dealog::demo {

// Each command takes a little time of the story's clock, which never passes the story's end.
// Thread: one.
class Desk {
 public:
  Desk(Core& core, ManualClock& clock, Timestamp until, Duration pause)
      : core_(core), clock_(clock), until_(until), pause_(pause) {}

  Core& core() { return core_; }
  Timestamp now() const { return clock_.now(); }
  Timestamp until() const { return until_; }
  // The clock goes on to `at`, never back.
  void wait_until(Timestamp at);

  // A command of that user, with the rights that he has. `work` is (Unit&) → Result<T>.
  template <class F>
  auto by(const UserId& who, std::string name, StreamName stream, F work)
      -> std::invoke_result_t<F&, Unit&> {
    return run({.name = std::move(name),
                .stream = std::move(stream),
                .actor = {"user", who.text()},
                .rights = TRY(rights_of(who))},
               std::move(work));
  }
  Result<void> on_deal(const UserId& who, const DealId& deal, const deal::Command& command);
  Result<Folded<deal::State>> deal(const DealId& id) const {
    return core_.bus().folds().current<deal::State>(id.text());
  }
  // Intake and effects, until nothing is pending.
  Result<void> settle() { return core_.settle(); }

 private:
  template <class F>
  auto run(CommandRequest request, F work) -> std::invoke_result_t<F&, Unit&> {
    auto done = TRY(core_.bus().run_for(std::move(request), std::move(work)));
    wait_until(clock_.now() + pause_);
    return std::move(*done.value);
  }
  // Errors: kForbidden "user_inactive": whoever left does nothing any more.
  Result<user::Rights> rights_of(const UserId& who) const;

  Core& core_;
  ManualClock& clock_;
  const Timestamp until_;
  const Duration pause_;
};

}  // namespace dealog::demo
