// Rules whose effects leave by the real channels: a company on a virtual clock, a receiver of
// webhooks and messages, mails to a real server.
#pragma once

#include <mutex>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "dealog/v1/document_events.pb.h"
#include "dealog/v1/effect_events.pb.h"
#include "dealog/v1/intake_events.pb.h"
#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/command/use_cases/documents.hpp"
#include "libs/command/use_cases/effects.hpp"
#include "libs/command/use_cases/legal_entities.hpp"
#include "libs/command/use_cases/people.hpp"
#include "libs/command/use_cases/webhook_endpoints.hpp"
#include "libs/http/server.hpp"
#include "services/automation/mail_channel.hpp"
#include "services/automation/outbox.hpp"
#include "services/automation/telegram_channel.hpp"
#include "services/automation/webhook_channel.hpp"
#include "tests/scenarios/office.hpp"
#include "tests/support/mail_server.hpp"

namespace dealog::scenario {
using testing_support::MailServer;

// Up to the trigger of its one rule.
inline constexpr std::string_view kUpToTrigger = R"(code: web-studio
title: {ru: Студия, en: Studio}
currency: RUB
stages:
  - code: only
    title: {ru: Один, en: One}
    wins_when:
      - balance: cleared
loss_reasons:
  - {code: price, title: {ru: Дорого, en: Price}}
rules:
  - id: write
    title: {ru: Письмо, en: Mail}
    mode: live
    trigger: )";

// Somebody else's server: keeps what it is sent, answers as it is told.
class Receiver {
 public:
  struct Call {
    std::string path, id, timestamp, signature, body;
  };
  Receiver() {
    http::Router router;
    const auto take = [this](const http::Request& request) -> Result<http::Response> {
      const std::scoped_lock lock(mutex_);
      calls_.push_back({std::string(request.path), std::string(request.headers.get("webhook-id")),
                        std::string(request.headers.get("webhook-timestamp")),
                        std::string(request.headers.get("webhook-signature")), request.body});
      http::Response answer{.status = status, .body = body};
      if (!moved_to.empty()) answer.headers.set("Location", moved_to);
      return answer;
    };
    router.add(http::Method::kPost, "/hook", http::PlainHandler(take));
    router.add(http::Method::kPost, "/botTOKEN/sendMessage", http::PlainHandler(take));
    server_ = http::Server::start({.address = "127.0.0.1", .port = 0}, std::move(router)).value();
  }
  std::string url() const { return server_->url(); }
  std::vector<Call> calls() {
    const std::scoped_lock lock(mutex_);
    return calls_;
  }
  void stop() { server_->stop(); }

  int status = 200;
  std::string body = "ok", moved_to;

 private:
  std::mutex mutex_;
  std::vector<Call> calls_;
  std::unique_ptr<http::Server> server_;
};

inline std::string signature_by(const std::string& secret, const Receiver::Call& call) {
  const std::string key = from_base64(secret.substr(6)).value();
  return "v1," +
         to_base64(hmac_sha256(key, fmt::format("{}.{}.{}", call.id, call.timestamp, call.body)));
}

class ChannelStory : public ::testing::Test {
 protected:
  void publish(std::string_view action, std::string_view trigger = "{deal: opened}") {
    office_.publish(fmt::format("{}{}\n    actions:\n      - {}\n", kUpToTrigger, trigger, action));
  }
  void open_for(std::vector<person::ContactInput> contacts) {
    const use_cases::PersonInput input{
        .name = "Анна", .contacts = std::move(contacts), .country = "RU", .source = "site"};
    const auto person =
        office_.run("person", [&](Unit& unit) { return use_cases::register_person(unit, input); });
    deal_ = office_.open({.title = "Сайт", .source = "phone", .person = *person.value});
    office_.settle();
  }
  void work(std::unique_ptr<automation::Channel> channel) {
    automation::Outbox outbox(office_.bus(), office_.views(), office_.projections(),
                              std::move(channel));
    do {
      office_.caught_up();
    } while (must(outbox.run_once()));
  }
  effect::State effect() {
    const auto planned = office_.events("EffectPlanned");
    return *must(office_.bus().folds().current<effect::State>(planned.at(0).stream));
  }

  Office office_;
  DealId deal_;
};

// ---- mail ----

class MailStory : public ChannelStory {
 protected:
  void SetUp() override {
    publish(
        "send_mail: {to: customer, subject: {ru: '{deal.title}', en: x}, text: {ru: 'Т', en: T}}");
  }
  void send(const MailServer& server, std::chrono::seconds patience = std::chrono::seconds(20)) {
    work(std::make_unique<automation::MailChannel>(
        office_.bus().folds(),
        automation::MailSettings{.server = {.host = "localhost",
                                            .port = server.port(),
                                            .security = outbound::SmtpSecurity::kNone,
                                            .answer_timeout = patience,
                                            .whole_timeout = patience},
                                 .from = {"sales@studio.example", "Студия"},
                                 .reply_to = "answers@studio.example"}));
  }
};

}  // namespace dealog::scenario
