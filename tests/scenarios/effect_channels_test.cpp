// The channels themselves, on a virtual clock: a real mail server, and servers that take webhooks
// and Telegram messages, fail, and answer in their own time.
#include "tests/scenarios/channel_story.hpp"

namespace dealog::scenario {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

// ---- mail ----

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

TEST_F(TelegramStory, WhoWorksHereIsWrittenToInTheirOwnChat) {
  const user::RegisterUser clara{.name = "Clara",
                                 .email = {},
                                 .role = "supervisor",
                                 .time_zone = "Europe/Moscow",
                                 .telegram = "4242",
                                 .rights = user::Rights::all()};
  office_.run("hire", [&](Unit& unit) { return use_cases::register_user(unit, clara); });
  publish("send_message: {to: supervisor, text: {ru: 'Новая сделка', en: x}}");
  office_.open();
  office_.settle();
  send();
  ASSERT_EQ(bot_.calls().size(), 1u);
  EXPECT_EQ(bot_.calls()[0].body, R"({"chat_id":4242,"text":"Новая сделка"})");
}

}  // namespace
}  // namespace dealog::scenario
