// Effects as calls of other people's webhooks, signed by Standard Webhooks.
#pragma once

#include "libs/base/clock.hpp"
#include "libs/command/folds.hpp"
#include "libs/outbound/interrupt.hpp"
#include "services/automation/channel.hpp"
#include "services/automation/web_clients.hpp"

namespace dealog::automation {

// A receiver has so long to answer, as the specification advises.
inline constexpr std::chrono::seconds kWebhookTimeout{20};

// Thread: any.
class WebhookChannel final : public Channel {
 public:
  // Both must outlive it: URL and secrets are looked up when sending.
  WebhookChannel(const Folds& folds, const Clock& clock, outbound::Reach reach)
      : folds_(folds), clock_(clock), clients_(reach) {}

  effect::Channel name() const override { return effect::Channel::kWebhook; }
  bool ready() const override { return true; }
  effect::SettleEffect send(const EffectId& id, const effect::State& state) override;
  void give_up() override { stop_.raise(); }

 private:
  const Folds& folds_;
  const Clock& clock_;
  WebClients clients_;
  outbound::Interrupt stop_;
};

}  // namespace dealog::automation
