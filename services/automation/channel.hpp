// A way by which effects leave the process.
#pragma once

#include "libs/domain/effect/effect.hpp"

namespace dealog::automation {

// Thread: send() from several at once; the rest from any.
class Channel {
 public:
  virtual ~Channel() = default;
  virtual effect::Channel name() const = 0;
  // Whether it is set up; what is planned for one that is not waits.
  virtual bool ready() const = 0;
  // Sends and waits for the answer, at most a few minutes. The effect's id is the key under which
  // the receiver knows it.
  virtual effect::SettleEffect send(const EffectId& id, const effect::State& state) = 0;
  // The process ends: what is on its way is given up within seconds, so that it can still be
  // recorded what became of it. Once and for all.
  virtual void give_up() {}
};

}  // namespace dealog::automation
