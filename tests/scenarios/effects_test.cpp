// What leaves the process by itself: planned by rules, sent once, whatever is killed in between.
#include "libs/command/use_cases/effects.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "dealog/v1/deal_events.pb.h"
#include "dealog/v1/effect_events.pb.h"
#include "dealog/v1/intake_events.pb.h"
#include "dealog/v1/rule_events.pb.h"
#include "libs/command/use_cases/people.hpp"
#include "libs/command/use_cases/webhook_endpoints.hpp"
#include "projections/automation/effects_view.hpp"
#include "services/automation/outbox.hpp"
#include "tests/scenarios/fake_channel.hpp"
#include "tests/scenarios/office.hpp"
#include "tests/support/sample_regulation.hpp"

namespace dealog::scenario {
namespace {

using namespace std::chrono_literals;
using effect::Ending;
using effect::SettleEffect;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kHead = std::string(testing::kRegulationHead) + R"(stages:
  - code: first
    title: {ru: Один, en: One}
    moves: [second]
  - code: second
    title: {ru: Два, en: Two}
    wins_when:
      - balance: cleared
loss_reasons:
  - {code: price, title: {ru: Дорого, en: Price}}
)";

constexpr std::string_view kMail =
    "send_mail: {to: customer, subject: {ru: 'О {deal.title}', en: x}, "
    "text: {ru: 'Здравствуйте, {person.name}! {{}} {deal.amount}', en: x}}";

std::string regulation(std::string_view actions, std::string_view trigger = "{deal: opened}",
                       std::string_view more = "") {
  return fmt::format(
      "{}{}rules:\n  - id: write\n    title: {{ru: Письмо, en: Mail}}\n    mode: live\n"
      "    trigger: {}\n    actions:\n      - {}\n",
      kHead, more, trigger, actions);
}

class EffectStory : public ::testing::Test {
 protected:
  PersonId anna() {
    const use_cases::PersonInput input{.name = "Анна",
                                       .contacts = {{"email", "anna@example.com"}},
                                       .country = "RU",
                                       .source = "site"};
    return *office_
                .run("person", [&](Unit& unit) { return use_cases::register_person(unit, input); })
                .value;
  }
  DealId open_for(const PersonId& person, UserId owner = {}) {
    deal::OpenDeal deal{.title = "Сайт", .source = "phone", .person = person};
    deal.amount = Money{130'000'00, *Currency::parse("RUB")};
    if (!owner.is_nil()) deal.owner = owner;
    return office_.open(deal);
  }
  // A process's outbox works until nothing is due.
  void work(effect::Channel channel = effect::Channel::kMail,
            std::size_t backlog = automation::kBacklog) {
    automation::Outbox outbox(office_.bus(), office_.views(), office_.projections(),
                              std::make_unique<FakeChannel>(channel, post_), backlog);
    do {
      office_.caught_up();
    } while (must(outbox.run_once()));
  }
  // The process is killed after it has noted that it will send, and perhaps has sent.
  void killed_while_sending(const std::string& id) {
    const EffectId effect = must(EffectId::parse(id));
    office_.run(id, [&](Unit& unit) -> Result<bool> {
      TRY(use_cases::attempt_effect(unit, effect));
      return true;
    });
    office_.reopen();
  }
  std::string only_effect() { return office_.events("EffectPlanned").at(0).stream; }
  views::Effect shown(const std::string& id) {
    office_.caught_up();
    const auto rows = must(office_.views().snapshot());
    const ViewContext context{*rows, office_.keys, PersonalView::kShown, office_.clock.now()};
    return must(views::EffectsView(context).effect(id)).value();
  }
  std::size_t dead() {
    office_.caught_up();
    const auto rows = must(office_.views().snapshot());
    const ViewContext context{*rows, office_.keys, PersonalView::kShown, office_.clock.now()};
    return must(views::EffectsView(context).dead("", {})).items.size();
  }

  Office office_;
  Post post_;
};

TEST_F(EffectStory, ARulesMailIsPlannedWithItAndSentOnceWithItsFieldsFilledIn) {
  office_.publish(regulation(kMail));
  const PersonId person = anna();
  const DealId deal = open_for(person);
  office_.settle();
  const RecordedEvent fired = office_.events("RuleFired").at(0);
  const RecordedEvent planned = office_.events("EffectPlanned").at(0);
  EXPECT_EQ(planned.causation_id, fired.id);
  EXPECT_EQ(planned.append_index, fired.append_index + 1);  // in one append
  EXPECT_EQ(planned.subject, person.text());                // erased with the customer
  work();
  work();
  ASSERT_EQ(post_.sent.size(), 1u);
  EXPECT_EQ(post_.sent[0].key, planned.stream);
  EXPECT_EQ(post_.sent[0].title, "О Сайт");
  EXPECT_EQ(post_.sent[0].text, "Здравствуйте, Анна! {} 130\u00a0000\u00a0₽");
  const RecordedEvent attempted = office_.events("EffectAttempted").at(0);
  const RecordedEvent delivered = office_.events("EffectDelivered").at(0);
  EXPECT_LT(attempted.position, delivered.position);
  EXPECT_EQ(attempted.causation_id, planned.id);
  // The customer's mail is part of the deal's history, and nobody has answered him by it.
  const RecordedEvent touch = office_.events("TouchRecorded").at(0);
  EXPECT_EQ(touch.stream, deal.text());
  EXPECT_EQ(touch.causation_id, delivered.id);
  EXPECT_FALSE(touch.as<v1::TouchRecorded>()->answers_customer());
  EXPECT_EQ(shown(planned.stream).status, "delivered");
}

TEST_F(EffectStory, KilledBeforeAnythingWasSentItIsSentOnce) {
  office_.publish(regulation(kMail));
  open_for(anna());
  office_.settle();
  office_.reopen(true);
  work();
  office_.reopen(true);
  work();
  EXPECT_EQ(post_.sent.size(), 1u);
}

TEST_F(EffectStory, KilledWhileAMailWasSentItIsUnknownUntilAPersonDecides) {
  office_.publish(regulation(kMail));
  const UserId boris = office_.hire("Boris", "seller");
  open_for(anna(), boris);
  office_.settle();
  const std::string id = only_effect();
  killed_while_sending(id);
  work();
  EXPECT_TRUE(post_.sent.empty());
  EXPECT_EQ(shown(id).status, "unknown");
  EXPECT_EQ(shown(id).reason, "interrupted");
  EXPECT_EQ(dead(), 1u);
  // The deal's owner hears of it.
  EXPECT_EQ(office_.events("NotificationRaised").size(), 1u);
  office_.run(id, [&](Unit& unit) -> Result<bool> {
    TRY(use_cases::retry_effect(unit, must(EffectId::parse(id))));
    return true;
  });
  work();
  ASSERT_EQ(post_.sent.size(), 1u);
  EXPECT_EQ(post_.sent[0].key, id);
  EXPECT_EQ(dead(), 0u);
}

TEST_F(EffectStory, ARebuildSendsNothingThatWasSettled) {
  office_.publish(regulation(kMail));
  const PersonId person = anna();
  for (int i = 0; i < 5; ++i) open_for(person);
  office_.settle();
  post_.answers = {{.answer = 250, .reason = {}},
                   {.ending = Ending::kRefused, .reason = "refused"}};
  work();
  ASSERT_EQ(post_.sent.size(), 5u);
  const Position settled = office_.head();
  office_.reopen(true);
  office_.settle();
  work();
  EXPECT_EQ(office_.head(), settled);
  EXPECT_EQ(post_.sent.size(), 5u);
  EXPECT_EQ(dead(), 1u);
}

TEST_F(EffectStory, WhatIsNotTakenIsTriedLaterAndTheOwnerHearsWhenItIsGivenUp) {
  office_.publish(regulation(kMail));
  const UserId boris = office_.hire("Boris", "seller");
  open_for(anna(), boris);
  office_.settle();
  for (std::uint32_t i = 0; i < effect::kAttempts; ++i) {
    post_.answers.push_back(
        {.ending = Ending::kAgain, .answer = 451, .reason = "refused_for_now_451"});
  }
  for (int i = 0; i < 300 && dead() == 0; ++i) {
    work();
    office_.later(1h);
  }
  EXPECT_EQ(post_.sent.size(), effect::kAttempts);
  EXPECT_EQ(shown(only_effect()).status, "failed");
  ASSERT_EQ(office_.events("NotificationRaised").size(), 1u);
  EXPECT_EQ(office_.events("NotificationRaised")[0].as<v1::NotificationRaised>()->text(),
            "«Сайт»: не отправлено — письмо; причина: сервер пока не принимает (451)");
  ASSERT_EQ(office_.events("MessageNotSent").size(), 1u);
  const auto not_sent = *office_.events("MessageNotSent")[0].as<v1::MessageNotSent>();
  EXPECT_EQ(not_sent.effect(), only_effect());
  EXPECT_EQ(not_sent.reason(), "refused_for_now_451");
  EXPECT_FALSE(not_sent.unknown());
}

TEST_F(EffectStory, ACustomerGetsNoMoreThanTheRegulationAllows) {
  office_.publish(
      regulation(kMail, "{deal: opened}", "mailings:\n  at_most: {count: 2, per: 7 days}\n"));
  const PersonId person = anna();
  for (int i = 0; i < 4; ++i) open_for(person);
  office_.settle();
  work();
  EXPECT_EQ(post_.sent.size(), 2u);
  const auto skipped = office_.events("EffectSkipped");
  ASSERT_EQ(skipped.size(), 2u);
  EXPECT_EQ(skipped[0].as<v1::EffectSkipped>()->reason(), "frequency_cap");
  ASSERT_EQ(office_.events("MessageNotSent").size(), 2u) << "the deals say so";
  EXPECT_EQ(office_.events("MessageNotSent")[0].as<v1::MessageNotSent>()->reason(),
            "frequency_cap");
  office_.later(24h * 7);
  open_for(person);
  office_.settle();
  work();
  EXPECT_EQ(post_.sent.size(), 3u);
}

TEST_F(EffectStory, WhatDidNotArriveLeavesItsPlaceToTheNext) {
  office_.publish(
      regulation(kMail, "{deal: opened}", "mailings:\n  at_most: {count: 2, per: 7 days}\n"));
  const PersonId person = anna();
  post_.answers.push_back({.ending = Ending::kRefused, .answer = 550, .reason = "refused_550"});
  for (int i = 0; i < 4; ++i) {
    open_for(person);
    office_.settle();
    work();
  }
  EXPECT_EQ(post_.sent.size(), 3u) << "one was refused, two came, and that is enough";
  EXPECT_EQ(office_.events("EffectDelivered").size(), 2u);
}

TEST_F(EffectStory, ANoticeHasItsFieldsFilledIn) {
  office_.publish(
      regulation("notify: {to: deal_owner, text: {ru: 'По «{deal.title}» на {deal.amount} — "
                 "{person.name}', en: x}}"));
  open_for(anna(), office_.hire("Boris", "seller"));
  office_.settle();
  ASSERT_EQ(office_.events("NotificationRaised").size(), 1u);
  EXPECT_EQ(office_.events("NotificationRaised")[0].as<v1::NotificationRaised>()->text(),
            "По «Сайт» на 130\u00a0000\u00a0₽ — Анна");
}

TEST_F(EffectStory, NobodyIsWrittenToAtNight) {
  office_.publish(
      regulation(kMail, "{deal: opened}", "mailings:\n  quiet_hours: \"21:00-09:00\"\n"));
  office_.at("2026-03-17T19:30:00Z");  // half past ten in Moscow
  open_for(anna());
  office_.settle();
  work();
  EXPECT_TRUE(post_.sent.empty());
  EXPECT_EQ(shown(only_effect()).next_at->rfc3339(), "2026-03-18T06:00:00.000000Z");
  office_.at("2026-03-18T05:59:59Z");
  work();
  EXPECT_TRUE(post_.sent.empty());
  office_.at("2026-03-18T06:00:00Z");
  work();
  EXPECT_EQ(post_.sent.size(), 1u);
}

TEST_F(EffectStory, WhatWaitedForADayBecauseOfAnOutageAsksFirst) {
  office_.publish(regulation(kMail));
  open_for(anna());
  office_.settle();
  office_.later(30h);
  work();
  EXPECT_TRUE(post_.sent.empty());
  EXPECT_EQ(shown(only_effect()).reason, "late");
  EXPECT_EQ(dead(), 1u);
}

TEST_F(EffectStory, ABacklogWaitsForAPerson) {
  office_.publish(regulation(kMail));
  const PersonId person = anna();
  for (int i = 0; i < 4; ++i) open_for(person);
  office_.settle();
  work(effect::Channel::kMail, 3);
  EXPECT_TRUE(post_.sent.empty());
  office_.run("outbox_mail", [&](Unit& unit) -> Result<bool> {
    TRY(use_cases::release_backlog(unit, effect::Channel::kMail));
    return true;
  });
  work(effect::Channel::kMail, 3);
  EXPECT_EQ(post_.sent.size(), 4u);
}

TEST_F(EffectStory, ColleaguesAndEverybodyWhoTakesPartAreWrittenTo) {
  office_.publish(regulation(
      "send_mail: {to: [participants, deal_owner, supervisor], subject: {ru: 'С', en: x}, "
      "text: {ru: '{person.name}', en: x}}"));
  const UserId boris = office_.hire("Boris", "seller");
  office_.hire("Clara", "supervisor");
  open_for(anna(), boris);
  office_.settle();
  work();
  ASSERT_EQ(post_.sent.size(), 3u);
  int users = 0;
  for (const auto& sent : post_.sent) {
    users += sent.user.empty() ? 0 : 1;
    EXPECT_EQ(sent.text, "Анна");
  }
  EXPECT_EQ(users, 2);
}

TEST_F(EffectStory, ARuleThatFindsNobodyDoesNothing) {
  office_.publish(regulation(kMail));
  office_.open();
  office_.settle();
  EXPECT_TRUE(office_.events("EffectPlanned").empty());
  EXPECT_EQ(office_.events("EffectSkipped").at(0).as<v1::EffectSkipped>()->reason(),
            "nobody_to_write");
}

TEST_F(EffectStory, ARuleThatAnswersItsOwnMailsIsStopped) {
  office_.publish(regulation(kMail, "{touch: {kind: email, direction: out}}"));
  const DealId deal = open_for(anna(), office_.hire("Boris", "seller"));
  office_.change(deal, deal::RecordTouch{.kind = "email", .direction = "out", .outcome = "sent"});
  for (int i = 0; i < 20; ++i) {
    office_.settle();
    work();
  }
  EXPECT_EQ(office_.events("AutomationStopped").size(), 1u);
  EXPECT_LE(post_.sent.size(), 6u);
  ASSERT_EQ(office_.events("NotificationRaised").size(), 1u) << "its owner hears of it";
  EXPECT_EQ(office_.events("NotificationRaised")[0].as<v1::NotificationRaised>()->text(),
            "«Сайт»: «Письмо» остановлено: правила запускали друг друга. Их надо исправить в "
            "регламенте");
}

// After each step in turn the process is gone and its views as well.
TEST_F(EffectStory, KilledAtEachPointNothingIsLostAndARepetitionHasTheSameKey) {
  struct Expected {
    std::size_t mails, calls;
    std::string_view mail_ends;
  };
  // Killed once it was planned, attempted, sent, settled.
  constexpr Expected kExpected[] = {
      {1, 1, "delivered"}, {0, 1, "unknown"}, {1, 2, "unknown"}, {1, 1, "delivered"}};
  for (int point = 0; point < 4; ++point) {
    for (const auto channel : {effect::Channel::kMail, effect::Channel::kWebhook}) {
      Office office;
      Post post;
      const bool mail = channel == effect::Channel::kMail;
      office.run("endpoint", [](Unit& unit) {
        return use_cases::create_endpoint(unit, {.code = "crm",
                                                 .name = "CRM",
                                                 .url = "https://crm.example.com/",
                                                 .secret = use_cases::new_secret()});
      });
      office.publish(regulation(mail ? kMail : "call_webhook: crm"));
      const auto person = office.run("person", [](Unit& unit) {
        return use_cases::register_person(unit, {.name = "Анна", .contacts = {}});
      });
      office.open({.title = "Сайт", .source = "phone", .person = *person.value});
      office.settle();
      const std::string id = office.events("EffectPlanned").at(0).stream;
      const auto work = [&] {
        automation::Outbox outbox(office.bus(), office.views(), office.projections(),
                                  std::make_unique<FakeChannel>(channel, post));
        do {
          office.caught_up();
        } while (must(outbox.run_once()));
      };
      if (point == 1 || point == 2) {
        office.run(id, [&](Unit& unit) -> Result<bool> {
          TRY(use_cases::attempt_effect(unit, must(EffectId::parse(id))));
          return true;
        });
      }
      if (point == 2) post.sent.push_back({.key = id});
      if (point == 3) work();
      office.reopen(true);
      office.settle();
      work();
      const Expected& expected = kExpected[point];
      EXPECT_EQ(post.sent.size(), mail ? expected.mails : expected.calls) << point;
      for (const auto& sent : post.sent) EXPECT_EQ(sent.key, id);
      const auto state = must(office.bus().folds().current<effect::State>(id));
      EXPECT_EQ(effect::name_of(state->status), mail ? expected.mail_ends : "delivered") << point;
    }
  }
}

// ---- webhooks ----

class WebhookStory : public EffectStory {
 protected:
  void SetUp() override {
    endpoint_ =
        *office_
             .run("endpoint",
                  [](Unit& unit) {
                    return use_cases::create_endpoint(unit, {.code = "crm",
                                                             .name = "CRM",
                                                             .url = "https://crm.example.com/",
                                                             .secret = use_cases::new_secret()});
                  })
             .value;
    office_.publish(regulation("call_webhook: crm"));
  }
  void send() { work(effect::Channel::kWebhook); }

  EndpointId endpoint_;
};

TEST_F(WebhookStory, AnEndpointGetsItsCallsInOrderWhateverFails) {
  std::vector<std::string> deals;
  for (int i = 0; i < 3; ++i) deals.push_back(office_.open().text());
  office_.settle();
  post_.answers = {{.ending = Ending::kAgain, .answer = 503, .reason = "status_503"}};
  send();
  EXPECT_EQ(post_.sent.size(), 1u);  // the others wait behind it
  office_.later(1min);
  send();
  ASSERT_EQ(post_.sent.size(), 4u);
  EXPECT_EQ(post_.sent[0].key, post_.sent[1].key);
  std::vector<std::string> order;
  for (const auto& event : office_.events("EffectPlanned")) order.push_back(event.stream);
  EXPECT_THAT(order, ElementsAre(post_.sent[1].key, post_.sent[2].key, post_.sent[3].key));
  EXPECT_THAT(post_.sent[1].text, HasSubstr(R"("type":"rule.fired")"));
  EXPECT_THAT(post_.sent[1].text, HasSubstr(deals[0]));
  EXPECT_EQ(post_.sent[1].text.find("Site"), std::string::npos);  // the title is sealed
}

TEST_F(WebhookStory, KilledWhileCallingItIsCalledAgainWithTheSameKey) {
  office_.open();
  office_.settle();
  const std::string id = only_effect();
  killed_while_sending(id);
  send();
  ASSERT_EQ(post_.sent.size(), 1u);
  EXPECT_EQ(post_.sent[0].key, id);
  EXPECT_EQ(shown(id).status, "delivered");
}

TEST_F(WebhookStory, AnEndpointThatIsGoneIsCalledNoMoreUntilItIsEnabled) {
  for (int i = 0; i < 2; ++i) office_.open();
  office_.settle();
  post_.answers = {{.ending = Ending::kRefused, .answer = 410, .reason = "status_410"}};
  send();
  EXPECT_EQ(post_.sent.size(), 1u);
  EXPECT_EQ(office_.events("WebhookEndpointDisabled").size(), 1u);
  office_.run(endpoint_.text(), [&](Unit& unit) -> Result<bool> {
    TRY(use_cases::enable_endpoint(unit, endpoint_));
    return true;
  });
  send();
  EXPECT_EQ(post_.sent.size(), 2u);
}

TEST_F(WebhookStory, WhatWasPlannedAfterAPositionIsSentAgainUnderItsKey) {
  for (int i = 0; i < 3; ++i) office_.open();
  office_.settle();
  send();
  const auto planned = office_.events("EffectPlanned");
  std::vector<EffectId> chosen;
  for (const auto& event : planned) chosen.push_back(must(EffectId::parse(event.stream)));
  chosen.erase(chosen.begin());
  office_.run(endpoint_.text(), [&](Unit& unit) {
    return use_cases::replay_endpoint(unit, endpoint_, planned[0].position, chosen);
  });
  send();
  ASSERT_EQ(post_.sent.size(), 5u);
  EXPECT_EQ(post_.sent[3].key, planned[1].stream);
  EXPECT_EQ(post_.sent[4].key, planned[2].stream);
}

}  // namespace
}  // namespace dealog::scenario
