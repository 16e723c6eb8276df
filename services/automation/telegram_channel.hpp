// Effects as messages of the company's Telegram bot (Bot API, sendMessage).
#pragma once

#include "libs/command/folds.hpp"
#include "libs/outbound/interrupt.hpp"
#include "services/automation/channel.hpp"
#include "services/automation/web_clients.hpp"

namespace dealog::automation {

struct TelegramSettings {
  std::string token;  // of the bot; empty: not set up
  std::string api_url = "https://api.telegram.org";
};

// A bot may write only to those who have written to it: a person's chat is the numeric telegram
// contact that such a message leaves on his card. Thread: any.
class TelegramChannel final : public Channel {
 public:
  TelegramChannel(const Folds& folds, TelegramSettings settings, outbound::Reach reach)
      : folds_(folds), settings_(std::move(settings)), clients_(reach) {}

  effect::Channel name() const override { return effect::Channel::kTelegram; }
  bool ready() const override { return !settings_.token.empty(); }
  effect::SettleEffect send(const EffectId& id, const effect::State& state) override;
  void give_up() override { stop_.raise(); }

 private:
  const Folds& folds_;
  const TelegramSettings settings_;
  WebClients clients_;
  outbound::Interrupt stop_;
};

}  // namespace dealog::automation
