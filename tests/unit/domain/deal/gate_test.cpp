// Moves: what opens a gate, what refuses, what sets it aside.
#include "tests/unit/domain/deal/deal_story.hpp"

namespace dealog::deal {
namespace {

DealStory in_classification() {
  DealStory story;
  story.given(a_lead()).given_stage("classification");
  return story;
}

TEST(DealGate, RefusesProposalWithoutAMeetingHeld) {
  DealStory story;
  story.given(a_lead()).given_stage("meeting").when(ChangeDealStage{.to = "proposal"});
  ASSERT_EQ(story.error().code, "gate_not_met");
  EXPECT_EQ(story.unmet().front(), "touch:meeting:held");
}

TEST(DealGate, NamesEachUnmetCriterionInWordsOfTheAsked) {
  DealStory story = in_classification();
  story.when(ChangeDealStage{.to = "meeting_scheduling"});
  EXPECT_EQ(story.error().message,
            "the deal cannot move to the stage 'Arranging the meeting' yet: Fill in the amount; "
            "Choose the type of work");
  EXPECT_EQ(
      story.error().data,
      R"({"unmet":[{"criterion":"field:amount","kind":"field","message":"Fill in the amount"},)"
      R"({"criterion":"field:work_type","kind":"field","message":"Choose the type of work"}]})");
  story.context().language = rules::Language::kRu;
  story.when(ChangeDealStage{.to = "meeting_scheduling"});
  EXPECT_EQ(story.error().message,
            "сделке пока нельзя на этап «Назначение встречи»: Заполните сумму; Выберите вид работ");
}

TEST(DealGate, FieldsBroughtAlongAreJudgedAsSetAndNotKeptWhenItStillRefuses) {
  DealStory story = in_classification();
  ChangeDealStage move{.to = "meeting_scheduling"};
  move.fields.amount = rub(1000);
  story.when(move).then_unmet({"field:work_type"});
  EXPECT_TRUE(story.state().amount.currency.empty());
  move.fields.work_type = "landing";
  story.when(move).then({"DealDetailsChanged", "DealStageChanged", "TaskCreated"});
}

TEST(DealGate, WrongFieldsBroughtAlongAreNamedBelowFields) {
  DealStory story = in_classification();
  ChangeDealStage move{.to = "meeting_scheduling"};
  move.fields.work_type = "castle";
  story.when(move).then_invalid({"/fields/work_type unknown_work_type"});
}

TEST(DealGate, ASkipIsJudgedByTheStagesSkipped) {
  DealStory story;
  story.given(a_lead()).given(a_call("in", "connected"));
  // Listed by the regulation, so the criteria of the skipped stage speak.
  story.when(ChangeDealStage{.to = "meeting_scheduling"})
      .then_unmet({"field:amount", "field:work_type"});
  story.when(ChangeDealStage{.to = "meeting"})
      .then_unmet({"field:amount", "field:work_type", "meeting_planned"});
  story.when(ChangeDealStage{.to = "negotiation"}).then_refused("move_not_allowed");
}

TEST(DealGate, EntryCriteriaOfTheTargetCountAsWell) {
  rules::Regulation regulation = web_studio();
  rules::Criterion company{
      .kind = rules::CriterionKind::kField, .code = "field:company", .name = "company"};
  regulation.stages[2].entry.push_back(company);
  DealStory story(regulation);
  OpenDeal lead = a_deal_worth(rub(10));
  lead.work_type = "landing";
  story.given(lead).given_stage("classification");
  story.when(ChangeDealStage{.to = "meeting_scheduling"}).then_unmet({"field:company"});
  story.given(LinkCompany{kCompany});
  story.when(ChangeDealStage{.to = "meeting_scheduling"}).then({"DealStageChanged", "TaskCreated"});
}

TEST(DealGate, ATouchOfAnEarlierVisitDoesNotCountWhereItMustBeNew) {
  rules::Regulation regulation = web_studio();
  rules::Criterion held{.kind = rules::CriterionKind::kTouch, .code = "held_again"};
  held.touch.kinds = {"meeting"};
  held.touch.since_entering_stage = true;
  regulation.stages[1].exit = {held};
  DealStory story(regulation);
  story.given(a_lead()).given(RecordTouch{.kind = "meeting", .direction = "in", .outcome = "held"});
  story.given_stage("classification");
  story.when(ChangeDealStage{.to = "meeting_scheduling"}).then_unmet({"held_again"});
  story.given(RecordTouch{.kind = "meeting", .direction = "in", .outcome = "held"});
  story.when(ChangeDealStage{.to = "meeting_scheduling"}).then({"DealStageChanged", "TaskCreated"});
}

TEST(DealGate, BackIsAlwaysOpenAndAlwaysNeedsAReason) {
  DealStory story;
  story.given(a_lead()).given_stage("proposal");
  story.when(ChangeDealStage{.to = "incoming"}).then_invalid({"/reason required"});
  story.when(ChangeDealStage{.to = "incoming", .reason = "They asked for another thing"})
      .then({"DealStageChanged"});
  EXPECT_EQ(story.state().open_tasks.size(), 1u) << "the first visit's task waits still";
  const auto& moved = story.event<v1::DealStageChanged>();
  EXPECT_EQ(moved.direction(), "back");
  EXPECT_EQ(moved.visit(), 3u);
  EXPECT_FALSE(moved.overridden());
  EXPECT_EQ(story.state().visits.back().stage, "incoming");
}

TEST(DealGate, AStageEnteredAgainPlansItsTaskAgainOnceTheFirstIsDone) {
  DealStory story;
  story.given(a_lead()).given_stage("proposal");
  story.given(CompleteTask{.task = story.state().open_tasks.front().id});
  story.when(ChangeDealStage{.to = "incoming", .reason = "They asked for another thing"})
      .then({"DealStageChanged", "TaskCreated"});
}

TEST(DealGate, TheSameStageAndAClosedDealAreConflicts) {
  DealStory story;
  story.given(a_lead()).when(ChangeDealStage{.to = "incoming"}).then_refused("same_stage");
  EXPECT_EQ(story.error().kind, ErrorKind::kConflict);
  story.given(LoseDeal{"spam"});
  story.when(ChangeDealStage{.to = "classification"}).then_refused("deal_closed");
  EXPECT_EQ(story.error().kind, ErrorKind::kConflict);
}

TEST(DealGate, AnUnknownStageIsAWrongField) {
  DealStory().given(a_lead()).when(ChangeDealStage{.to = "x"}).then_invalid({"/to unknown_stage"});
}

TEST(DealGate, AnOverrideNeedsTheRightAndAReason) {
  DealStory story = in_classification();
  ChangeDealStage move{.to = "meeting_scheduling", .override_gates = true};
  story.when(move).then_invalid({"/reason required"});
  move.reason = "The customer is an old friend";
  story.when(move).then_refused("right_missing");
  EXPECT_EQ(story.error().kind, ErrorKind::kForbidden);
  story.who_may_override().when(move).then({"DealStageChanged", "TaskCreated"});
  const auto& moved = story.event<v1::DealStageChanged>();
  EXPECT_TRUE(moved.overridden());
  EXPECT_EQ(moved.reason(), "The customer is an old friend");
  ASSERT_EQ(moved.verdicts_size(), 2);
  EXPECT_FALSE(moved.verdicts(0).met());
}

TEST(DealGate, AnOverrideThatWasNotNeededIsNoOverride) {
  DealStory story;
  story.who_may_override().given(a_lead()).given(a_call("in", "connected"));
  story.when(ChangeDealStage{.to = "classification", .reason = "sure", .override_gates = true})
      .then({"DealStageChanged"});
  EXPECT_FALSE(story.event<v1::DealStageChanged>().overridden());
}

TEST(DealGate, AnOverrideOfAnUnlistedMoveShowsInTheVerdicts) {
  DealStory story;
  story.who_may_override().given(a_lead());
  story.when(ChangeDealStage{.to = "proposal", .reason = "Met at a fair", .override_gates = true})
      .then({"DealStageChanged", "TaskCreated"});
  const auto& first = story.event<v1::DealStageChanged>().verdicts(0);
  EXPECT_EQ(first.criterion(), "moves");
  EXPECT_FALSE(first.met());
}

TEST(DealGate, AMoveKeepsTheVersionEveryVerdictAndWhatWasRead) {
  DealStory story;
  PartyFacts party{.person_phone = true};
  party.judged = {{kCustomer.text(), {4}}, {kCompany.text(), {2}}};
  story.where(party).given(a_lead()).given(a_call("in", "connected"));
  story.when(ChangeDealStage{.to = "classification"}).then({"DealStageChanged"});
  const auto& moved = story.event<v1::DealStageChanged>();
  EXPECT_EQ(moved.regulation_version(), 3u);
  EXPECT_EQ(moved.direction(), "forward");
  EXPECT_EQ(moved.episode(), 1u);
  ASSERT_EQ(moved.verdicts_size(), 3);
  EXPECT_EQ(moved.verdicts(1).criterion(), "contact_known");
  EXPECT_EQ(moved.verdicts(1).kind(), "any");
  EXPECT_TRUE(moved.verdicts(1).met());
  ASSERT_EQ(moved.judged_size(), 3);
  EXPECT_EQ(moved.judged(0).stream(), kCustomer.text());
  EXPECT_EQ(moved.judged(0).version(), 4u);
  EXPECT_EQ(moved.judged(2).stream(), "pip_web-studio");
  EXPECT_EQ(moved.judged(2).version(), 3u);
}

TEST(DealGate, TheStuckInstantIsSetByEachMove) {
  DealStory story = in_classification();
  story.who_may_override().when(
      ChangeDealStage{.to = "in_progress", .reason = "Old order", .override_gates = true});
  EXPECT_EQ(story.state().stuck_at, noon() + std::chrono::hours(24 * 60));
  EXPECT_EQ(story.event<v1::DealStageChanged>().stuck_at(), story.state().stuck_at.us);
}

TEST(DealGate, OptionsSayOfEveryStageWhatTheMoveWouldSay) {
  DealStory story = in_classification();
  story.given(a_call("in", "connected"));
  for (const StageOption& option : options(story.state(), story.context())) {
    DealStory trial = in_classification();
    trial.given(a_call("in", "connected"));
    trial.when(ChangeDealStage{.to = option.stage, .reason = option.needs_reason ? "because" : ""});
    if (option.allowed) {
      EXPECT_TRUE(trial.state().visit() > story.state().visit()) << option.stage;
      continue;
    }
    trial.then_refused(option.refusal);
    if (option.refusal != "gate_not_met") continue;
    std::vector<std::string> codes;
    for (const rules::Verdict& verdict : option.unmet()) codes.push_back(verdict.code);
    EXPECT_EQ(trial.unmet(), codes) << option.stage;
  }
}

TEST(DealGate, OptionsOfAClosedDealAllowNothing) {
  DealStory story = in_classification();
  story.given(LoseDeal{"price"});
  const auto all = options(story.state(), story.context());
  EXPECT_EQ(all.size(), 11u);
  for (const StageOption& option : all) {
    EXPECT_FALSE(option.allowed);
    EXPECT_EQ(option.refusal, "deal_closed");
  }
}

TEST(DealGate, AStageThatTheRegulationDroppedMayBeLeft) {
  DealStory story;
  story.given(a_lead()).given_stage("meeting");
  rules::Regulation shorter = web_studio();
  shorter.stages.erase(shorter.stages.begin() + 3);
  story.context().regulation = &shorter;
  story.when(ChangeDealStage{.to = "proposal"}).then({"DealStageChanged", "TaskCreated"});
}

TEST(DealReport, IsNeverRefusedByAGateAndFiresNothing) {
  DealStory story;
  story.who_may_import().given(a_lead());
  story.when(ReportDealStage{.to = "paid_in_full", .origin = "bitrix24"})
      .then({"DealStageReported"});
  EXPECT_GT(story.event<v1::DealStageReported>().unmet_size(), 10);
  EXPECT_EQ(story.state().stage(), "paid_in_full");
  EXPECT_EQ(story.state().visit(), 2u);
}

TEST(DealReport, NeedsTheRightAKnownStageAndAnotherOne) {
  DealStory story;
  story.given(a_lead()).when(ReportDealStage{"meeting", "import"}).then_refused("right_missing");
  story.who_may_import();
  story.when(ReportDealStage{"x", "import"}).then_invalid({"/to unknown_stage"});
  story.when(ReportDealStage{"meeting", "My CRM"}).then_invalid({"/origin invalid_code"});
  story.when(ReportDealStage{"incoming", "import"}).then_refused("same_stage");
}

TEST(DealGates, AnOutcomeFromElsewhereIsNotJudged) {
  DealStory story;
  story.given(a_lead()).when(ReportDealOutcome{.won = true, .origin = "amocrm"});
  story.then_refused("right_missing");
  story.who_may_import();
  story.when(ReportDealOutcome{.won = true, .origin = "amocrm"});
  EXPECT_EQ(story.event<v1::DealWon>().origin(), "amocrm");
  EXPECT_EQ(story.state().outcome, Outcome::kWon);
  story.when(ReportDealOutcome{.won = true, .origin = "amocrm"}).then({});
  story.when(ReportDealOutcome{.reason = "price", .origin = "amocrm"}).then_refused("deal_closed");
  story.given(ReopenDeal{});
  story.when(ReportDealOutcome{.reason = "aliens", .origin = "amocrm"})
      .then_invalid({"/reason unknown_loss_reason"});
  story.when(ReportDealOutcome{.reason = "price", .origin = "amocrm"});
  EXPECT_EQ(story.event<v1::DealLost>().reason(), "price");
  EXPECT_EQ(story.event<v1::DealLost>().origin(), "amocrm");
}

}  // namespace
}  // namespace dealog::deal
