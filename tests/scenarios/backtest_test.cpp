// Trying rules on the past: what they would have done, which moves stricter gates would have
// refused, and that nothing of it is written.
#include "services/automation/backtest/backtest.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "dealog/v1/deal_events.pb.h"
#include "services/automation/backtest/backtest_report.hpp"
#include "tests/scenarios/office.hpp"
#include "tests/support/sample_regulation.hpp"

namespace dealog::scenario {
namespace {

using namespace std::chrono_literals;
using automation::BacktestProgress;
using automation::BacktestResult;
using automation::RuleAct;
using Counts = std::map<std::string, std::uint64_t>;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

const std::string kHead = std::string(testing::kRegulationHead) + R"(stages:
  - code: first
    title: {ru: Один, en: One}
    moves: [second, third]
)";
constexpr std::string_view kGate = R"(    exit:
      - field: amount
      - {touch: {kind: meeting, outcome: held}}
)";
constexpr std::string_view kTail = R"(  - code: second
    title: {ru: Два, en: Two}
    moves: [third]
  - code: third
    title: {ru: Три, en: Three}
    wins_when:
      - balance: cleared
loss_reasons:
  - {code: price, title: {ru: Дорого, en: Price}}
)";

std::string rule(std::string_view id, std::string_view trigger,
                 std::initializer_list<std::string_view> actions, std::string_view more = "") {
  std::string text = fmt::format(
      "- id: {}\n  title: {{ru: Правило, en: Rule}}\n  mode: off\n  trigger: {}\n{}"
      "  actions:\n",
      id, trigger, more);
  for (const auto action : actions) text += fmt::format("    - {}\n", action);
  return text;
}
constexpr std::string_view kCall =
    "create_task: {kind: call, title: {ru: Звонок, en: Call}, due: 1 day}";

class BacktestStory : public ::testing::Test {
 protected:
  void SetUp() override {
    office_.at("2026-03-02T06:00:00Z");
    office_.publish(kHead + std::string(kTail));
    from_ = office_.clock.now();
  }
  Result<BacktestResult> ask(std::string rules, std::string regulation = "") {
    BacktestProgress progress;
    return automation::backtest(office_.log, office_.keys,
                                {.pipeline = office_.pipeline,
                                 .rules = std::move(rules),
                                 .regulation = std::move(regulation),
                                 .from = from_,
                                 .to = office_.clock.now()},
                                office_.clock.now(), progress);
  }
  BacktestResult tried(std::string rules, std::string regulation = "") {
    return must(ask(std::move(rules), std::move(regulation)));
  }
  void touch(const DealId& deal, std::string direction, std::string outcome) {
    office_.change(deal, deal::RecordTouch{.kind = "call",
                                           .direction = std::move(direction),
                                           .outcome = std::move(outcome)});
  }
  void move(const DealId& deal, const std::string& to) {
    office_.change(deal, deal::ChangeDealStage{.to = to, .reason = "so"});
  }

  Office office_;
  Timestamp from_;
};

// The period begins in a quiet night: the schedule does not wait for something to happen.
TEST_F(BacktestStory, AScheduleComesAtItsOwnTimeWhateverHappensFirst) {
  const DealId deal = office_.open();
  office_.later(1h);
  from_ = office_.clock.now();
  office_.later(24h * 3);
  touch(deal, "out", "connected");
  office_.later(1h);
  const auto result = tried(rule("daily", "{schedule: \"0 12 * * *\"}", {kCall}));
  ASSERT_EQ(result.acts.size(), 3u);
  EXPECT_EQ(result.acts[0].at, *Timestamp::parse("2026-03-02T09:00:00Z"));
  EXPECT_EQ(result.acts[1].at, *Timestamp::parse("2026-03-03T09:00:00Z"));
  EXPECT_EQ(result.acts[2].at, *Timestamp::parse("2026-03-04T09:00:00Z"));
}

TEST_F(BacktestStory, RulesOfOtherPipelinesAreNotRunNorReported) {
  std::string care =
      kHead + std::string(kTail) + "rules:\n" + rule("theirs", "{deal: opened}", {kCall});
  care.replace(care.find("web-studio"), 10, "care");
  care.replace(care.find("mode: off"), 9, "mode: live");
  office_.pipeline = "care";
  office_.publish(care);
  office_.open();
  office_.settle();
  office_.pipeline = "web-studio";
  const DealId ours = office_.open();
  office_.later(1h);
  const auto result = tried(rule("ours", "{deal: opened}", {kCall}));
  ASSERT_EQ(result.acts.size(), 1u);
  EXPECT_EQ(result.acts[0].deal, ours.text());
  EXPECT_EQ(result.deals, 1u);
  ASSERT_EQ(result.rules.size(), 1u);
  EXPECT_EQ(result.rules.begin()->first, "ours");
}

TEST_F(BacktestStory, ARuleMayNameWhoWasHiredSince) {
  office_.open();
  office_.later(1h);
  const UserId anna = office_.hire("Anna", "seller");
  office_.open();
  const auto result = tried(rule("give", "{deal: opened}", {"assign: {to: " + anna.text() + "}"}));
  // Before she came there was nobody to give the deal to.
  EXPECT_EQ(result.rules.at("give").fired, 1u);
  EXPECT_EQ(result.rules.at("give").skipped, (Counts{{"nobody_to_assign", 1}}));
  EXPECT_FALSE(
      ask(rule("give", "{deal: opened}", {"assign: {to: usr_00000000000000000000000000000009}"})));
}

TEST_F(BacktestStory, FailuresAreToldWithTheirReasons) {
  office_.publish(kHead + std::string(kGate) + std::string(kTail));
  from_ = office_.clock.now();
  office_.open();
  office_.open();
  const auto result = tried(rule("on", "{deal: opened}", {"move_to: second"}));
  const auto& tally = result.rules.at("on");
  EXPECT_EQ(tally.failed, 2u);
  ASSERT_EQ(tally.failures.size(), 1u);
  EXPECT_EQ(tally.failures.begin()->second, 2u);
  EXPECT_THAT(tally.failures.begin()->first, HasSubstr("gate_not_met"));
  EXPECT_THAT(automation::backtest_words(result, 10),
              HasSubstr("refused 2 times (2 gate_not_met: field:amount, touch:meeting:held)"));
}

TEST_F(BacktestStory, CapsAndQuietHoursCountAsTheyDoLive) {
  office_.publish(
      kHead + std::string(kTail) +
      "mailings:\n  at_most: {count: 2, per: 7 days}\n  quiet_hours: \"18:00-09:00\"\n");
  from_ = office_.clock.now();
  const auto person = office_.person("Oleg", "oleg@example.com");
  for (int i = 0; i < 4; ++i) {
    office_.open_for(person);
    office_.later(6h);
  }
  const auto result = tried(rule("write", "{deal: opened}",
                                 {"send_mail: {to: customer, subject: {ru: Т, en: T}, "
                                  "text: {ru: Т, en: T}}"}));
  // 09:00, 15:00 (both sent), 21:00 and 03:00: too many.
  EXPECT_EQ(result.rules.at("write").fired, 4u);
  EXPECT_EQ(result.sent.at({"mail", person.text()}),
            (automation::SentTally{.count = 2, .held_back = 2}));
  EXPECT_THAT(
      automation::backtest_words(result, 10),
      HasSubstr("sent 2 times to " + person.text() + "; 2 held back, more than `mailings` allows"));
  office_.later(24h * 8);
  office_.at("2026-03-16T18:30:00Z");  // 21:30 in Moscow
  from_ = office_.clock.now();
  office_.open_for(person);
  const auto night = tried(rule("write", "{deal: opened}",
                                {"send_mail: {to: customer, subject: {ru: Т, en: T}, "
                                 "text: {ru: Т, en: T}}"}));
  EXPECT_EQ(night.sent.at({"mail", person.text()}),
            (automation::SentTally{.count = 1, .put_off = 1}));
}

// Also on a deal of before the period, to which nothing happened since.
TEST_F(BacktestStory, AScheduleLooksAtEveryDealThatWasOpenThen) {
  const DealId quiet = office_.open(), lost = office_.open();
  office_.change(lost, deal::LoseDeal{.reason = "price"});
  office_.later(24h);
  from_ = office_.clock.now();
  const DealId fresh = office_.open();
  office_.later(24h * 2);
  const Position head = office_.head();
  const auto result = tried(rule("daily", "{schedule: \"0 10 * * *\"}", {kCall},
                                 "  conditions:\n    - not: {task: {kind: call}}\n"));
  ASSERT_EQ(result.acts.size(), 2u);
  for (const auto& act : result.acts) {
    EXPECT_EQ(act.at, *Timestamp::parse("2026-03-03T07:00:00Z"));
    EXPECT_TRUE(act.deal == quiet.text() || act.deal == fresh.text());
  }
  // Who has the task now is not looked at again.
  EXPECT_TRUE(result.rules.at("daily").skipped.empty());
  EXPECT_EQ(office_.head(), head);
}

TEST_F(BacktestStory, TimersRunOutInBetweenAndWhatTheRuleDidCounts) {
  const DealId slow = office_.open(), quick = office_.open();
  touch(quick, "in", "received");
  office_.change(slow,
                 deal::RecordTouch{.kind = "email", .direction = "in", .outcome = "received"});
  office_.later(30min);
  touch(quick, "out", "connected");
  office_.later(24h * 3);
  const Position head = office_.head();
  const auto result = tried(rule("unanswered", "{no_answer: 1 business hour}",
                                 {kCall, "wait: 1 business day", "complete_tasks: call",
                                  "set_field: {field: amount, value: 5.00 RUB}"}));
  ASSERT_EQ(result.acts.size(), 2u);
  EXPECT_EQ(result.acts[0].at, *Timestamp::parse("2026-03-02T07:00:00Z"));
  EXPECT_EQ(result.acts[0].deal, slow.text());
  EXPECT_THAT(result.acts[0].events, ElementsAre("TaskCreated"));
  EXPECT_EQ(result.acts[1].at, *Timestamp::parse("2026-03-03T07:00:00Z"));
  EXPECT_THAT(result.acts[1].events, ElementsAre("TaskCompleted", "DealDetailsChanged"));
  EXPECT_EQ(result.rules.at("unanswered").deals, 1u);
  // Nothing of it happened.
  EXPECT_EQ(office_.head(), head);
  EXPECT_TRUE(office_.deal(slow).open_tasks.empty());
  EXPECT_TRUE(office_.events("RuleFired").empty());
}

TEST_F(BacktestStory, TellsWhomItWouldHaveToldAndWhichLoopsWereStopped) {
  const UserId anna = office_.hire("Anna", "seller");
  office_.hire("Boris", "supervisor");
  const DealId deal = office_.open({.title = "Site", .owner = anna, .source = "phone"});
  move(deal, "second");
  const auto result =
      tried(rule("tell", "{stage_entered: second}",
                 {"notify: {to: [deal_owner, supervisor], text: {ru: Смотри, en: Look}}"},
                 "  once: deal\n") +
            rule("back", "{stage_entered: second}", {"move_to: first"}) +
            rule("forth", "{stage_entered: first}", {"move_to: second"}));
  EXPECT_EQ(result.rules.at("tell").fired, 1u);
  EXPECT_EQ(result.notified.size(), 2u);
  EXPECT_EQ(result.notified.at(anna.text()), 1u);
  std::uint64_t stopped = 0;
  for (const auto& [code, one] : result.rules) stopped += one.stopped;
  EXPECT_GE(stopped, 1u);
  EXPECT_THAT(automation::backtest_words(result, 100),
              HasSubstr("stopped: rules that set each other off"));
  EXPECT_EQ(office_.deal(deal).visit(), 2u);
}

TEST_F(BacktestStory, MailsAreCountedByReceiverAndNoneIsPlanned) {
  const UserId anna = office_.hire("Anna", "seller");
  for (int i = 0; i < 3; ++i) {
    office_.open({.title = "Site", .owner = anna, .source = "phone"});
  }
  const auto result = tried(rule("write", "{deal: opened}",
                                 {"send_mail: {to: deal_owner, subject: {ru: Т, en: New}, "
                                  "text: {ru: Т, en: 'A lead: {deal.title}'}}"}));
  ASSERT_EQ(result.sent.size(), 1u);
  EXPECT_EQ(result.sent.at({"mail", anna.text()}), (automation::SentTally{.count = 3}));
  EXPECT_TRUE(office_.events("EffectPlanned").empty());
}

TEST_F(BacktestStory, MovesThatStricterGatesWouldHaveRefusedAreToldWithTheirMoney) {
  const Money amount{100'000'00, *Currency::parse("RUB")};
  const DealId bare = office_.open(), met = office_.open();
  office_.change(bare, deal::ChangeDealDetails{.fields = {.amount = amount}});
  office_.change(met, deal::ChangeDealDetails{.fields = {.amount = amount}});
  office_.change(met, deal::RecordTouch{.kind = "meeting", .direction = "out", .outcome = "held"});
  move(bare, "second");
  move(met, "second");
  move(bare, "first");
  move(bare, "third");
  const auto result = tried("", kHead + std::string(kGate) + std::string(kTail));
  ASSERT_TRUE(result.moves);
  EXPECT_EQ(result.moves->judged, 4u);
  ASSERT_EQ(result.moves->refused.size(), 2u);
  EXPECT_EQ(result.moves->refused[0].deal, bare.text());
  EXPECT_THAT(result.moves->refused[0].unmet, ElementsAre("touch:meeting:held"));
  EXPECT_EQ(result.moves->refused[0].agreed, amount);
  EXPECT_EQ(result.moves->refused[1].to, "third");
  // Each deal's money counts once.
  EXPECT_THAT(automation::backtest_words(result, 100),
              HasSubstr("Of 4 real moves the gates would have refused 2, of 1 deals, "
                        "100000.00 RUB."));
}

TEST_F(BacktestStory, WhatARuleWouldHaveDoneIsAddedToWhatWasThereBeforeThePeriod) {
  const DealId deal = office_.open();
  office_.change(deal, deal::CreateTask{.kind = "email", .title = "Old"});
  office_.later(1h);
  from_ = office_.clock.now();
  move(deal, "second");
  const auto result = tried(rule("done", "{stage_entered: second}", {"complete_tasks: email"}));
  ASSERT_EQ(result.acts.size(), 1u);
  EXPECT_THAT(result.acts[0].events, ElementsAre("TaskCompleted"));
  EXPECT_EQ(result.acts[0].deal, deal.text());
}

TEST_F(BacktestStory, AnOwnerIsChosenAmongThoseOfThenByTheDealsOfThen) {
  const UserId anna = office_.hire("Anna", "seller"), boris = office_.hire("Boris", "seller");
  office_.open({.title = "His", .owner = anna, .source = "phone"});
  office_.later(1h);
  from_ = office_.clock.now();
  const DealId first = office_.open();
  const DealId second = office_.open();
  office_.hire("Clara", "seller");
  const auto result = tried(rule("share", "{deal: opened}", {"assign: {least_loaded: seller}"},
                                 "  conditions:\n    - not: {field: owner}\n"));
  ASSERT_EQ(result.acts.size(), 2u);
  EXPECT_EQ(result.acts[0].deal, first.text());
  EXPECT_EQ(result.made.at("DealOwnerAssigned"), 2u);
  EXPECT_EQ(result.made.at("OwnerChosen"), 2u);
  EXPECT_TRUE(office_.deal(second).owner.is_nil());
  EXPECT_NE(boris, anna);
}

TEST_F(BacktestStory, RulesThatAreWrongAreToldWithTheirPlace) {
  const auto unsound = ask("- id: a\n  mode: live\n");
  ASSERT_FALSE(unsound);
  EXPECT_EQ(unsound.error().code, "regulation_unsound");
  ASSERT_FALSE(unsound.error().fields.empty());
  EXPECT_THAT(unsound.error().fields[0].pointer, HasSubstr("/rules/0"));
  // By the lines of what was given, not of the regulation into which it was put.
  EXPECT_THAT(unsound.error().fields[0].message, HasSubstr("line 1:"));
  const auto unreadable = ask("- {id: a");
  ASSERT_FALSE(unreadable);
  EXPECT_EQ(unreadable.error().code, "rules_unreadable");
}

TEST_F(BacktestStory, ACancelledOneEnds) {
  office_.open();
  BacktestProgress progress;
  progress.cancel = true;
  const auto result = automation::backtest(
      office_.log, office_.keys,
      {.rules = rule("plan", "{deal: opened}", {kCall}), .from = from_, .to = office_.clock.now()},
      office_.clock.now(), progress);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "backtest_cancelled");
}

TEST_F(BacktestStory, PersonalDataOfThePastIsReadButNothingIsSealedWithTheCompanysKeys) {
  const DealId deal = office_.open();
  office_.later(2h);
  const auto keys_before = must(office_.keys.key_for(deal.text())).id;
  EXPECT_EQ(tried(rule("plan", "{no_next_step: 1 hour}", {kCall})).acts.size(), 1u);
  // The next subject gets the next key: the trial drew none.
  EXPECT_EQ(must(office_.keys.key_for("per_new")).id,
            must(office_.keys.key_for("per_newer")).id - 1);
  EXPECT_EQ(must(office_.keys.key_for(deal.text())).id, keys_before);
}

}  // namespace
}  // namespace dealog::scenario
