// Effects as mails, through the company's mail server.
#pragma once

#include "libs/command/folds.hpp"
#include "libs/outbound/interrupt.hpp"
#include "libs/outbound/smtp_client.hpp"
#include "services/automation/channel.hpp"

namespace dealog::automation {

struct MailSettings {
  outbound::SmtpServer server;  // no host: not set up
  outbound::Mailbox from;       // its domain is that of the Message-IDs
  std::string reply_to = {};    // empty: the sender
};

// Errors: kInvalid "invalid_mail_settings" for settings with which nothing can be sent.
Result<void> check(const MailSettings& settings);

// Thread: any.
class MailChannel final : public Channel {
 public:
  // `folds` must outlive it: addresses and attachments are looked up when sending.
  MailChannel(const Folds& folds, MailSettings settings)
      : folds_(folds), settings_(std::move(settings)) {
    settings_.server.stop = &stop_;
  }

  effect::Channel name() const override { return effect::Channel::kMail; }
  bool ready() const override { return !settings_.server.host.empty(); }
  effect::SettleEffect send(const EffectId& id, const effect::State& state) override;
  void give_up() override { stop_.raise(); }

 private:
  const Folds& folds_;
  MailSettings settings_;
  outbound::Interrupt stop_;
};

}  // namespace dealog::automation
