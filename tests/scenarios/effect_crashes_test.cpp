// Automation whose process is killed at each point in turn, among receivers in every mood and a
// clock that jumps: inside everything happens once; what leaves is never lost, repeated only under
// its own key, and listed when nobody knows.
#include <random>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "dealog/v1/rule_events.pb.h"
#include "libs/command/use_cases/effects.hpp"
#include "libs/command/use_cases/payments.hpp"
#include "libs/command/use_cases/people.hpp"
#include "libs/command/use_cases/webhook_endpoints.hpp"
#include "projections/automation/effects_view.hpp"
#include "projections/automation/rules_view.hpp"
#include "services/automation/effect_runner.hpp"
#include "services/automation/outbox.hpp"
#include "tests/scenarios/fake_channel.hpp"
#include "tests/scenarios/office.hpp"

namespace dealog::scenario {
namespace {

using namespace std::chrono_literals;
using effect::Ending;
using testing::Fate;

constexpr std::string_view kRegulation = R"(code: web-studio
title: {ru: Студия, en: Studio}
currency: RUB
stages:
  - code: first
    title: {ru: Один, en: One}
    moves: [second]
  - code: second
    title: {ru: Два, en: Two}
    wins_when:
      - balance: cleared
loss_reasons:
  - {code: price, title: {ru: Дорого, en: Price}}
rules:
  - id: greet
    title: {ru: Привет, en: Greet}
    mode: live
    trigger: {deal: opened}
    actions:
      - create_task: {kind: call, title: {ru: Позвонить, en: Call}, due: 1 hour}
      - notify: {to: deal_owner, text: {ru: Новая сделка, en: A new deal}}
      - send_mail: {to: customer, subject: {ru: Привет, en: Hi}, text: {ru: Т, en: T}}
  - id: tell_crm
    title: {ru: CRM, en: CRM}
    mode: live
    trigger: {deal: opened}
    actions:
      - call_webhook: crm
  - id: silent
    title: {ru: Молчим, en: Silent}
    mode: live
    trigger: {no_answer: 2 hours}
    actions:
      - notify: {to: deal_owner, text: {ru: Ответьте, en: Answer}}
      - send_mail: {to: customer, subject: {ru: Скоро, en: Soon}, text: {ru: Т, en: T}}
  - id: entered
    title: {ru: Второй, en: Second}
    mode: live
    trigger: {stage_entered: second}
    actions:
      - call_webhook: crm
      - wait: 3 hours
      - create_task: {kind: email, title: {ru: Написать, en: Write}, due: 1 day}
  - id: paid
    title: {ru: Оплата, en: Paid}
    mode: live
    trigger: {payment: received}
    actions:
      - send_mail: {to: customer, subject: {ru: Спасибо, en: Thanks}, text: {ru: Т, en: T}}
)";

// The process may die before anything left, and before it heard how it went.
class MortalChannel final : public automation::Channel {
 public:
  MortalChannel(std::unique_ptr<automation::Channel> inner, Fate& fate)
      : inner_(std::move(inner)), fate_(fate) {}
  effect::Channel name() const override { return inner_->name(); }
  bool ready() const override { return inner_->ready(); }
  effect::SettleEffect send(const EffectId& id, const effect::State& state) override {
    if (fate_.reached()) return {.ending = Ending::kUnknown, .reason = "killed"};
    auto settled = inner_->send(id, state);
    fate_.reached();
    return settled;
  }

 private:
  const std::unique_ptr<automation::Channel> inner_;
  Fate& fate_;
};

// A receiver that takes what it is sent or does not, and says so in time or does not.
class MoodyChannel final : public automation::Channel {
 public:
  MoodyChannel(effect::Channel name, Post& post, std::mt19937_64* moods)
      : taking_(name, post), moods_(moods) {}
  effect::Channel name() const override { return taking_.name(); }
  bool ready() const override { return true; }
  effect::SettleEffect send(const EffectId& id, const effect::State& state) override {
    switch (mood()) {
      case 0:  // fails
        return {.ending = Ending::kAgain, .answer = 451, .reason = "refused_for_now_451"};
      case 1:  // hangs
        return {.ending = Ending::kUnknown, .reason = "no_answer"};
      case 2:  // takes it, and answers too late
        taking_.send(id, state);
        return {.ending = Ending::kUnknown, .reason = "no_answer"};
      case 3:
        return {.ending = Ending::kRefused, .answer = 550, .reason = "refused_550"};
      default:
        return taking_.send(id, state);
    }
  }

 private:
  std::uint64_t mood() {
    const std::scoped_lock lock(mutex_);
    return moods_ == nullptr ? 9 : (*moods_)() % 8;
  }
  std::mutex mutex_;
  FakeChannel taking_;
  std::mt19937_64* const moods_;  // none: always well
};

// A company whose automation is killed and started again until nothing is due.
class Company {
 public:
  Company() {
    boss_ = office.hire("Boris", "seller");
    office.run("endpoint", [](Unit& unit) {
      return use_cases::create_endpoint(unit, {.code = "crm",
                                               .name = "CRM",
                                               .url = "https://crm.example.com/",
                                               .secret = use_cases::new_secret()});
    });
    office.publish(std::string(kRegulation));
    anna_ = *office
                 .run("person",
                      [](Unit& unit) {
                        return use_cases::register_person(
                            unit, {.name = "Анна", .contacts = {{"email", "anna@example.com"}}});
                      })
                 .value;
  }

  DealId open() {
    deal::OpenDeal deal{.title = "Сайт", .source = "phone", .person = anna_};
    deal.owner = boss_;
    deal.amount = Money{130'000'00, *Currency::parse("RUB")};
    return office.open(deal);
  }
  void touch(const DealId& deal, std::string direction) {
    const bool in = direction == "in";
    office.change(deal, deal::RecordTouch{.kind = "message",
                                          .direction = std::move(direction),
                                          .outcome = in ? "received" : "sent"});
  }
  // Money that names the deal: the runner matches it.
  void pay(const DealId& deal) {
    const payment::ReceivePayment money{.provider = "bank",
                                        .external_id = fmt::format("p{}", ++payments_),
                                        .amount = {10'000'00, *Currency::parse("RUB")},
                                        .received_at = office.clock.now(),
                                        .deal = deal.text()};
    office.run("payment", [&](Unit& unit) { return use_cases::receive_payment(unit, money); });
  }
  // Processes follow each other until nothing is due.
  void automate() {
    fate.arm(true);
    while (!work()) {
      fate.arm(false);
      fate.revive();
      office.reopen(++deaths % 2 == 0);
      fate.arm(true);
    }
    fate.arm(false);
  }
  // A person sends again what failed or may have arrived.
  void retry_the_dead() {
    for (const auto& id : dead()) {
      office.run(id, [&](Unit& unit) -> Result<bool> {
        TRY(use_cases::retry_effect(unit, must(EffectId::parse(id))));
        return true;
      });
    }
  }

  std::set<std::string> dead() {
    office.caught_up();
    const auto rows = must(office.views().snapshot());
    const ViewContext context{*rows, office.keys, PersonalView::kMasked, office.clock.now()};
    std::set<std::string> ids;
    const auto page = must(views::EffectsView(context).dead("", {.limit = 100}));
    for (const auto& effect : page.items) ids.insert(effect.id);
    return ids;
  }
  std::size_t due() {
    office.caught_up();
    const auto rows = must(office.views().snapshot());
    const ViewContext context{*rows, office.keys, PersonalView::kMasked, office.clock.now()};
    return must(views::RulesView(context).due(100)).size();
  }
  // How often a receiver has taken each.
  std::map<std::string, int> taken() {
    std::map<std::string, int> counts;
    for (const auto& sent : post.sent) ++counts[sent.key];
    return counts;
  }
  // What the automation has done inside, by what and how often.
  std::map<std::string, int> done_inside() {
    std::map<std::string, int> counts;
    for (const auto& event : office.events()) {
      if (event.actor.kind != "rule" && event.actor.id != "effect_runner") continue;
      ++counts[fmt::format("{} {}", event.type->name, event.rule)];
    }
    return counts;
  }
  effect::State effect(const std::string& id) {
    return *must(office.bus().folds().current<effect::State>(id));
  }

  Fate fate;
  Office office{&fate};
  Post post;
  std::mt19937_64* moods = nullptr;
  int deaths = 0;

 private:
  // False when the process has died.
  bool work() {
    automation::EffectRunner effects(office.bus(), office.views(), office.projections());
    automation::Outbox mails(office.bus(), office.views(), office.projections(),
                             channel(effect::Channel::kMail));
    automation::Outbox calls(office.bus(), office.views(), office.projections(),
                             channel(effect::Channel::kWebhook));
    for (bool more = true; more;) {
      more = false;
      const auto round = [&](auto& runner) {
        if (fate.dead()) return;
        office.caught_up();
        const Result<bool> done = runner.run_once();
        if (!fate.dead()) more = must(done) || more;
      };
      round(effects);
      round(office.rules());
      round(mails);
      round(calls);
      if (fate.dead()) return false;
    }
    return true;
  }
  std::unique_ptr<automation::Channel> channel(effect::Channel name) {
    return std::make_unique<MortalChannel>(std::make_unique<MoodyChannel>(name, post, moods), fate);
  }

  UserId boss_;
  PersonId anna_;
  int payments_ = 0;
};

// A lead that is answered late, moved on and paid for; its process dies at that point.
void play(Company& company) {
  const DealId deal = company.open();
  company.touch(deal, "in");
  company.automate();
  company.office.later(2h);
  company.automate();
  company.touch(deal, "out");
  company.office.change(deal, deal::ChangeDealStage{.to = "second"});
  company.pay(deal);
  company.automate();
  company.office.later(3h);
  company.automate();
}

void expect_settled(Company& company) {
  const Position settled = company.office.head();
  company.office.reopen(true);
  company.automate();
  EXPECT_EQ(company.office.head(), settled) << "a rebuild has carried out something again";
  EXPECT_EQ(company.due(), 0u);
}

TEST(KilledAtEachPoint, InsideOnceOutsideNeverLost) {
  Company whole;
  play(whole);
  const auto expected = whole.done_inside();
  ASSERT_EQ(whole.office.events("EffectPlanned").size(), 5u);
  ASSERT_EQ(whole.post.sent.size(), 5u);
  // Each effect: attempted, sent, settled; each trigger and the payment: an append.
  ASSERT_GE(whole.fate.points(), 5u * 6 + 6u * 2);
  for (std::size_t point = 1; point <= whole.fate.points(); ++point) {
    SCOPED_TRACE(fmt::format("killed at point {}", point));
    Company company;
    company.fate.die_at(point);
    play(company);
    EXPECT_EQ(company.deaths, 1);
    EXPECT_EQ(company.done_inside(), expected);
    const auto taken = company.taken();
    const auto dead = company.dead();
    for (const auto& planned : company.office.events("EffectPlanned")) {
      const effect::State state = company.effect(planned.stream);
      const int times = taken.contains(planned.stream) ? taken.at(planned.stream) : 0;
      if (state.channel == effect::Channel::kMail) {
        EXPECT_LE(times, 1);
        EXPECT_EQ(dead.contains(planned.stream), state.status != effect::Status::kDelivered);
      } else {
        EXPECT_EQ(state.status, effect::Status::kDelivered);
        EXPECT_LE(times, 2);
      }
      EXPECT_TRUE(times >= 1 || dead.contains(planned.stream)) << "it was lost";
    }
    expect_settled(company);
  }
}

// ---- any order of everything ----

// One thing that people do, chosen by the seed.
void happen(Company& company, std::vector<DealId>& deals, std::mt19937_64& random) {
  const auto chosen = random() % (deals.empty() ? 1 : 5);
  if (chosen == 0) {
    deals.push_back(company.open());
    return;
  }
  const DealId deal = deals[random() % deals.size()];
  if (chosen == 1) company.touch(deal, "in");
  if (chosen == 2) company.touch(deal, "out");
  if (chosen == 3) company.pay(deal);
  const auto state = company.office.deal(deal);
  if (chosen == 4 && state.is_open() && state.stage() == "first") {
    company.office.change(deal, deal::ChangeDealStage{.to = "second"});
  }
}

void live_through(Company& company, std::mt19937_64& random) {
  constexpr Duration kJumps[] = {1min, 2h, 3h, 24h, -1h};
  std::vector<DealId> deals;
  for (int step = 0; step < 16; ++step) {
    happen(company, deals, random);
    company.fate.die_at(company.fate.points() + 1 + random() % 24);
    company.automate();
    company.office.later(kJumps[random() % std::size(kJumps)]);
  }
  // From here on all is well, and a person looks after what is listed.
  company.moods = nullptr;
  for (int day = 0; day < 4; ++day) {
    company.retry_the_dead();
    company.automate();
    company.office.later(24h);
  }
}

// Each trigger ends once, and none of a timer before its time.
void expect_each_trigger_ended_once(Company& company) {
  std::set<std::string> triggers;
  std::map<Uuid, Timestamp> happened;
  for (const auto& event : company.office.events()) {
    happened.emplace(event.id, event.occurred.at);
    const auto* fired = event.as<v1::RuleFired>();
    if (fired == nullptr) continue;
    EXPECT_TRUE(triggers.insert(fired->trigger()).second) << fired->rule() << " acted twice";
    if (fired->rule() != "silent") continue;
    EXPECT_GE(event.recorded, happened.at(event.causation_id) + Duration(2h));
  }
}

TEST(LivedThrough, MoodsJumpsAndDeathsLoseNothingAndRepeatUnderTheSameKey) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    std::mt19937_64 random(seed), moods(seed + 1000);
    Company company;
    company.moods = &moods;
    live_through(company, random);
    expect_each_trigger_ended_once(company);
    std::map<std::string, int> retried;
    for (const auto& event : company.office.events("EffectRetried")) ++retried[event.stream];
    const auto taken = company.taken();
    for (const auto& planned : company.office.events("EffectPlanned")) {
      const effect::State state = company.effect(planned.stream);
      const int times = taken.contains(planned.stream) ? taken.at(planned.stream) : 0;
      EXPECT_EQ(state.status, effect::Status::kDelivered) << planned.stream;
      EXPECT_GE(times, 1) << "it was lost";
      if (state.channel != effect::Channel::kMail) continue;
      // Nobody but a person sends a mail again that may have arrived.
      EXPECT_LE(times, 1 + retried[planned.stream]);
    }
    expect_settled(company);
  }
}

}  // namespace
}  // namespace dealog::scenario
