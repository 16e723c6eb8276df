// The channels themselves, on a virtual clock: a real mail server, and servers that take webhooks
// and Telegram messages, fail, and answer in their own time.
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
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing_support::MailServer;

constexpr std::string_view kHead = R"(code: web-studio
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

std::string signature_by(const std::string& secret, const Receiver::Call& call) {
  const std::string key = from_base64(secret.substr(6)).value();
  return "v1," +
         to_base64(hmac_sha256(key, fmt::format("{}.{}.{}", call.id, call.timestamp, call.body)));
}

class ChannelStory : public ::testing::Test {
 protected:
  void publish(std::string_view action, std::string_view trigger = "{deal: opened}") {
    office_.publish(fmt::format("{}{}\n    actions:\n      - {}\n", kHead, trigger, action));
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
  void send(const MailServer& server, std::chrono::seconds patience = 20s) {
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

TEST_F(MailStory, AMailArrivesUnderTheIdOfItsEffect) {
  open_for({{"email", "anna@example.com"}});
  const MailServer server("accept");
  send(server);
  EXPECT_EQ(effect().status, effect::Status::kDelivered);
  EXPECT_EQ(server.envelope(), "sales@studio.example anna@example.com");
  const std::string id = office_.events("EffectPlanned").at(0).stream;
  EXPECT_THAT(server.received(), HasSubstr(fmt::format("Message-Id: <{}@studio.example>", id)));
  EXPECT_THAT(server.received(), HasSubstr("answers@studio.example"));
  EXPECT_EQ(server.received(2), "");
}

TEST_F(MailStory, WhatIsRefusedForNowIsTriedAgainAndWhatIsRefusedIsNot) {
  open_for({{"email", "anna@example.com"}});
  send(MailServer("greylist"));
  EXPECT_EQ(effect().status, effect::Status::kWaiting);
  EXPECT_EQ(effect().reason, "refused_for_now_451");
  office_.later(5s);
  send(MailServer("refuse-recipient"));
  EXPECT_EQ(effect().status, effect::Status::kFailed);
  EXPECT_EQ(effect().reason, "refused_550");
}

TEST_F(MailStory, AMailWithoutAnAnswerIsUnknownAndRetriedUnderTheSameId) {
  open_for({{"email", "anna@example.com"}});
  const MailServer silent("hang");
  send(silent, 6s);  // enough for a loaded machine to hand the mail over
  EXPECT_EQ(effect().status, effect::Status::kUnknown);
  const std::string id = office_.events("EffectPlanned").at(0).stream;
  office_.run(id, [&](Unit& unit) -> Result<bool> {
    TRY(use_cases::retry_effect(unit, must(EffectId::parse(id))));
    return true;
  });
  const MailServer server("accept");
  send(server);
  EXPECT_EQ(effect().status, effect::Status::kDelivered);
  EXPECT_EQ(server.received(), silent.received());  // to the byte
}

TEST_F(MailStory, WhoHasNoAddressIsShownToAPerson) {
  open_for({{"phone", "+79161234567"}});
  send(MailServer("accept"));
  EXPECT_EQ(effect().status, effect::Status::kFailed);
  EXPECT_EQ(effect().reason, "no_address");
}

// ---- papers ----

class PaperStory : public MailStory {
 protected:
  void SetUp() override {
    publish(
        "send_quote: {subject: {ru: 'КП {document.number}', en: x}, text: {ru: 'Во вложении', en: "
        "x}}",
        "{quote: drafted}");
  }
  void sell() {
    office_.run("seller", [](Unit& unit) {
      legal_entity::RegisterLegalEntity command;
      command.details.set_name("ООО «Студия»");
      command.details.set_tax_id("7701234567");
      command.currency = "RUB";
      command.language = "ru";
      return use_cases::register_legal_entity(unit, command);
    });
  }
  static deal::QuoteContents contents(std::int64_t minor = 100'000'00) {
    return {.lines = {{.title = "Сайт", .unit_price = {minor, *Currency::parse("RUB")}}}};
  }
  void quote() {
    office_.change(
        deal_, deal::DraftQuote{.contents = contents(), .id = QuoteId(Uuid::derived({}, "quote"))});
    office_.settle();
  }
};

TEST_F(PaperStory, AQuoteGoesToTheCustomerWithItsPdf) {
  sell();
  open_for({{"email", "anna@example.com"}});
  quote();
  EXPECT_EQ(office_.deal(deal_).quotes.at(0).state, deal::QuoteState::kSent);
  const auto issued = office_.events("DocumentIssued");
  ASSERT_EQ(issued.size(), 1u);
  EXPECT_EQ(effect().document, issued[0].as<v1::DocumentIssued>()->document());
  EXPECT_THAT(effect().title, HasSubstr(issued[0].as<v1::DocumentIssued>()->number()));
  const MailServer server("accept");
  send(server);
  EXPECT_EQ(effect().status, effect::Status::kDelivered);
  EXPECT_THAT(server.received(), HasSubstr("Content-Type: application/pdf"));
  EXPECT_THAT(server.received(), HasSubstr(to_base64("%PDF-1.").substr(0, 8)));
}

TEST_F(PaperStory, ALinkShowsTheCustomerThePaperWhenTheServiceHasAnAddress) {
  publish("send_quote: {subject: {ru: 'КП', en: x}, text: {ru: '{document.link}', en: x}}",
          "{quote: drafted}");
  sell();
  open_for({{"email", "anna@example.com"}});
  quote();
  EXPECT_EQ(office_.events("EffectFailed").at(0).as<v1::EffectFailed>()->reason(),
            "public_url_missing");
  publish("send_quote: {subject: {ru: 'КП', en: x}, text: {ru: '{document.link}', en: x}}",
          "{quote: revised}");
  office_.change(deal_, deal::ReviseQuote{.quote = QuoteId(Uuid::derived({}, "quote")),
                                          .contents = contents(90'000'00)});
  automation::RuleRunner runner(office_.bus(), office_.views(), office_.projections(),
                                "https://crm.example.com");
  office_.caught_up();
  must(runner.run_once());
  const std::string text = effect().text, start = "https://crm.example.com/documents/";
  ASSERT_TRUE(text.starts_with(start)) << text;
  const auto opened = use_cases::open_link(office_.bus().folds(), text.substr(start.size()),
                                           office_.clock.now(), Language::kEn);
  EXPECT_TRUE(opened) << opened.error().code;
}

TEST_F(PaperStory, WithoutASellerNothingIsSentAndTheRuleSaysWhy) {
  open_for({{"email", "anna@example.com"}});
  quote();
  EXPECT_TRUE(office_.events("EffectPlanned").empty());
  EXPECT_EQ(office_.deal(deal_).quotes.at(0).state, deal::QuoteState::kDraft);
  EXPECT_EQ(office_.events("EffectFailed").at(0).as<v1::EffectFailed>()->reason(),
            "legal_entity_missing");
}

TEST_F(PaperStory, AnInvoiceGoesToTheCustomerWithItsPdf) {
  publish("send_invoice: {subject: {ru: '{document.number}', en: x}, text: {ru: 'Т', en: x}}",
          "{invoice: issued}");
  sell();
  open_for({{"email", "anna@example.com"}});
  office_.change(deal_, deal::IssueInvoice{.kind = "prepayment",
                                           .amount = {60'000'00, *Currency::parse("RUB")}});
  office_.settle();
  EXPECT_EQ(office_.events("InvoiceSent").size(), 1u);
  const MailServer server("accept");
  send(server);
  EXPECT_EQ(effect().status, effect::Status::kDelivered);
  EXPECT_EQ(effect().title, office_.deal(deal_).invoices.at(0).number);
  EXPECT_THAT(server.received(), HasSubstr("Content-Type: application/pdf"));
}

TEST(MailSettings, WithoutASenderAreRefused) {
  automation::MailSettings settings;
  EXPECT_TRUE(automation::check(settings));
  settings.server.host = "smtp.example.com";
  EXPECT_EQ(automation::check(settings).error().code, "invalid_mail_settings");
  settings.from.address = "sales@example.com";
  EXPECT_TRUE(automation::check(settings));
}

// ---- webhooks ----

class WebhookChannelStory : public ChannelStory {
 protected:
  void connect(const std::string& url) {
    endpoint_ =
        *office_
             .run("endpoint",
                  [&](Unit& unit) {
                    return use_cases::create_endpoint(
                        unit, {.code = "crm", .name = "CRM", .url = url, .secret = secret_});
                  })
             .value;
    publish("call_webhook: crm");
    office_.open();
    office_.settle();
  }
  void send(outbound::Reach reach = outbound::Reach::kAny) {
    work(std::make_unique<automation::WebhookChannel>(office_.bus().folds(), office_.clock, reach));
  }

  const std::string secret_ = use_cases::new_secret();
  EndpointId endpoint_;
  Receiver receiver_;
};

TEST_F(WebhookChannelStory, ACallIsSignedAndItsKeyIsTheEffects) {
  connect(receiver_.url() + "/hook");
  send();
  ASSERT_EQ(receiver_.calls().size(), 1u);
  const auto call = receiver_.calls()[0];
  EXPECT_EQ(call.id, office_.events("EffectPlanned").at(0).stream);
  EXPECT_EQ(call.timestamp, std::to_string(office_.clock.now().us / 1'000'000));
  EXPECT_EQ(call.signature, signature_by(secret_, call));
  EXPECT_EQ(effect().status, effect::Status::kDelivered);
}

TEST_F(WebhookChannelStory, BothSecretsSignWhileOneIsBeingChanged) {
  connect(receiver_.url() + "/hook");
  const std::string fresh = use_cases::new_secret();
  office_.run(endpoint_.text(), [&](Unit& unit) -> Result<bool> {
    TRY(use_cases::rotate_secret(unit, endpoint_, {.secret = fresh, .overlap = 1h}));
    return true;
  });
  send();
  const auto call = receiver_.calls().at(0);
  EXPECT_EQ(call.signature, signature_by(fresh, call) + " " + signature_by(secret_, call));
}

TEST_F(WebhookChannelStory, AServerThatFailsIsTriedAgainUnderTheSameKey) {
  connect(receiver_.url() + "/hook");
  receiver_.status = 500;
  send();
  EXPECT_EQ(effect().reason, "status_500");
  receiver_.status = 200;
  office_.later(5s);
  send();
  ASSERT_EQ(receiver_.calls().size(), 2u);
  EXPECT_EQ(receiver_.calls()[0].id, receiver_.calls()[1].id);
  EXPECT_EQ(effect().status, effect::Status::kDelivered);
}

TEST_F(WebhookChannelStory, ARedirectIsNotFollowed) {
  connect(receiver_.url() + "/hook");
  receiver_.status = 307;
  receiver_.moved_to = receiver_.url() + "/hook";
  send();
  EXPECT_EQ(receiver_.calls().size(), 1u);
  EXPECT_EQ(effect().reason, "status_307");
}

TEST_F(WebhookChannelStory, GoneDisablesTheEndpoint) {
  connect(receiver_.url() + "/hook");
  receiver_.status = 410;
  send();
  EXPECT_EQ(effect().status, effect::Status::kFailed);
  EXPECT_EQ(must(office_.bus().folds().current<endpoint::State>(endpoint_.text()))->disabled,
            endpoint::kGone);
}

TEST_F(WebhookChannelStory, WhatStandsBesideTheServerIsNotCalled) {
  std::string url = receiver_.url() + "/hook";
  connect(url.replace(0, 4, "https"));
  send(outbound::Reach::kPublic);
  EXPECT_TRUE(receiver_.calls().empty());
  EXPECT_EQ(effect().reason, "address_refused");
  EXPECT_EQ(effect().status, effect::Status::kFailed);
}

TEST_F(WebhookChannelStory, AServerThatIsAwayIsTriedAgain) {
  connect(receiver_.url() + "/hook");
  receiver_.stop();
  send();
  EXPECT_EQ(effect().status, effect::Status::kWaiting);
  EXPECT_EQ(effect().reason, "connection_failed");
}

// ---- Telegram ----

class TelegramStory : public ChannelStory {
 protected:
  void SetUp() override { publish("send_message: {to: customer, text: {ru: 'Привет', en: Hi}}"); }
  void send() {
    work(std::make_unique<automation::TelegramChannel>(
        office_.bus().folds(),
        automation::TelegramSettings{.token = "TOKEN", .api_url = bot_.url()},
        outbound::Reach::kAny));
  }

  Receiver bot_;
};

TEST_F(TelegramStory, AMessageGoesToTheChatOfWhoeverHasWritten) {
  open_for({{"telegram", "@anna"}, {"telegram", "4711"}});
  send();
  ASSERT_EQ(bot_.calls().size(), 1u);
  EXPECT_EQ(bot_.calls()[0].path, "/botTOKEN/sendMessage");
  EXPECT_EQ(bot_.calls()[0].body, R"({"chat_id":4711,"text":"Привет"})");
  EXPECT_EQ(effect().status, effect::Status::kDelivered);
  EXPECT_EQ(office_.events("TouchRecorded").size(), 1u);
}

TEST_F(TelegramStory, ABusyBotSaysHowLongToWait) {
  open_for({{"telegram", "4711"}});
  bot_.status = 429;
  bot_.body = R"({"ok":false,"error_code":429,"parameters":{"retry_after":77}})";
  send();
  EXPECT_EQ(effect().next_at, office_.clock.now() + 77s);
}

TEST_F(TelegramStory, WhoHasBlockedTheBotOrNeverWrittenIsShownToAPerson) {
  open_for({{"telegram", "4711"}});
  bot_.status = 403;
  send();
  EXPECT_EQ(effect().reason, "blocked");
  open_for({{"telegram", "@boris"}});
  send();
  const auto planned = office_.events("EffectPlanned");
  EXPECT_EQ(must(office_.bus().folds().current<effect::State>(planned.at(1).stream))->reason,
            "no_chat");
}

}  // namespace
}  // namespace dealog::scenario
