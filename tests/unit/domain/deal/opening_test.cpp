// Opening a deal and changing its fields.
#include "libs/base/limits.hpp"
#include "tests/unit/domain/deal/deal_story.hpp"

namespace dealog::deal {
namespace {

using rules::FieldValue;

TEST(DealOpening, StandsInTheFirstStageWithATaskToClassifyIt) {
  DealStory story;
  story.when(a_lead()).then({"DealOpened", "TaskCreated"});
  EXPECT_EQ(story.state().stage(), "incoming");
  EXPECT_EQ(story.state().visit(), 1u);
  EXPECT_EQ(story.state().episode, 1u);
  EXPECT_EQ(story.state().outcome, Outcome::kOpen);
  EXPECT_EQ(story.state().owner, kAnna);
  EXPECT_EQ(story.event<v1::DealOpened>().regulation_version(), 3u);
  const OpenTask& task = story.state().open_tasks.front();
  EXPECT_EQ(task.assignee, kAnna);
  EXPECT_EQ(task.due_at, noon() + std::chrono::minutes(15));
}

TEST(DealOpening, TheTaskSaysWhatCausedIt) {
  DealStory story;
  story.when(a_lead());
  EXPECT_EQ(story.made("TaskCreated").caused_by, 0u);
  EXPECT_EQ(story.made("TaskCreated").rule, "incoming");
  EXPECT_EQ(story.made("TaskCreated").rule_version, 3u);
  EXPECT_TRUE(story.event<v1::TaskCreated>().automatic());
}

TEST(DealOpening, ReckonsAnswerAndStuckInBusinessTime) {
  DealStory story;
  // Friday evening: the working day is over, so the clock runs from Monday on.
  OpenDeal lead = a_lead();
  story.later(at("2026-03-20T16:00:00Z") - noon()).when(lead);
  EXPECT_EQ(story.state().answer_by, at("2026-03-23T06:15:00Z"));
  EXPECT_EQ(story.state().stuck_at, at("2026-03-23T15:00:00Z"));
}

TEST(DealOpening, IsFoundByItsPersonAndCompany) {
  DealStory story;
  OpenDeal lead = a_lead();
  lead.company = kCompany;
  story.when(lead);
  EXPECT_EQ(story.made("DealOpened").tags,
            (std::vector<Tag>{deals_of(kCustomer), open_tag(kCompany.text())}));
  EXPECT_EQ(story.made("TaskCreated").tags, std::vector<Tag>{open_tag(story.task().text())});
}

TEST(DealOpening, AtALaterStageNeedsTheRightToImport) {
  OpenDeal lead = a_lead();
  lead.stage = "meeting";
  DealStory().when(lead).then_refused("right_missing");
}

TEST(DealOpening, AtALaterStageIsReportedWithWhatIsUnmetAndFiresNothing) {
  OpenDeal lead = a_lead();
  lead.stage = "classification";
  lead.origin = "amocrm";
  DealStory story;
  story.who_may_import().when(lead).then({"DealOpened", "DealStageReported"});
  EXPECT_EQ(story.state().stage(), "classification");
  EXPECT_EQ(story.state().visit(), 1u);
  const auto& reported = story.event<v1::DealStageReported>();
  EXPECT_EQ(reported.origin(), "amocrm");
  ASSERT_EQ(reported.unmet_size(), 1);
  EXPECT_EQ(reported.unmet(0).criterion(), "touch:answers_customer");
}

TEST(DealOpening, HappensOnce) {
  DealStory().given(a_lead()).when(a_lead()).then_refused("deal_exists");
}

TEST(DealOpening, NamesEveryWrongFieldAtOnce) {
  OpenDeal lead = a_lead();
  lead.title = "  ";
  lead.stage = "nowhere";
  lead.amount = Money{-1, rub(0).currency};
  lead.work_type = "castle";
  lead.source = std::string("\xff", 1);
  lead.custom = {{"brief_goal", FieldValue(true)},
                 {"brief/deadline", FieldValue(std::string("soon"))},
                 {"brief_deadline", FieldValue(std::string("2026-02-30"))}};
  lead.campaign = {{"utm_source", std::string(501, 'x')}};
  DealStory().when(lead).then_invalid(
      {"/title required", "/amount out_of_range", "/work_type unknown_work_type",
       "/source invalid_text", "/custom/brief_goal wrong_type",
       "/custom/brief~1deadline unknown_field", "/custom/brief_deadline wrong_type",
       "/campaign/utm_source too_long", "/stage unknown_stage"});
}

TEST(DealOpening, RefusesATitleThatIsTooLongOrHasANul) {
  OpenDeal lead = a_lead();
  lead.title = std::string(limits::kTitleBytes + 1, 'x');
  DealStory().when(lead).then_invalid({"/title too_long"});
  lead.title = std::string("a\0b", 3);
  DealStory().when(lead).then_invalid({"/title invalid_text"});
}

TEST(DealOpening, NothingElseIsPossibleBeforeIt) {
  const std::vector<Command> commands = {ChangeDealStage{"meeting"},
                                         LoseDeal{"price"},
                                         ReopenDeal{},
                                         AssignDealOwner{kAnna},
                                         SetParticipant{kCustomer, "contact"},
                                         RemoveParticipant{kCustomer},
                                         LinkCompany{},
                                         ChangeDealDetails{},
                                         ReportDealStage{"meeting", "import"},
                                         ReportDealOutcome{.won = true, .origin = "amocrm"},
                                         a_call("in", "connected"),
                                         AmendTouch{a_call("in", "connected")},
                                         CreateTask{"call", "Call"},
                                         CompleteTask{},
                                         RescheduleTask{},
                                         ReassignTask{},
                                         CancelTask{},
                                         DraftQuote{one_line(rub(1))},
                                         ReviseQuote{},
                                         SubmitQuote{},
                                         ApproveQuote{},
                                         DeclineQuote{{}, ""},
                                         EscalateApproval{},
                                         SendQuote{},
                                         AcceptQuote{},
                                         RejectQuote{},
                                         AddDocument{"other", "Letter"},
                                         SignDocument{},
                                         GiveAcknowledgement{"production"},
                                         IssueInvoice{"final", rub(1)},
                                         SendInvoice{},
                                         VoidInvoice{},
                                         AllocatePayment{kPayment, {}, rub(1)},
                                         AllocateRefund{kPayment, {}, rub(1)}};
  ASSERT_EQ(commands.size(), std::variant_size_v<Command> - 1);
  for (const Command& command : commands) {
    DealStory().when(command).then_refused("deal_not_found");
  }
}

TEST(DealDetails, OnlyWhatDiffersIsAnEvent) {
  DealStory story;
  story.given(a_deal_worth(rub(100)));
  DetailsChange same;
  same.title = "Site for a bakery";
  same.amount = rub(100);
  same.source = "phone";
  same.owner = kAnna;
  story.when(ChangeDealDetails{same}).then_nothing();
  same.title = "Shop for a bakery";
  story.when(ChangeDealDetails{same}).then({"DealDetailsChanged"});
  EXPECT_TRUE(story.event<v1::DealDetailsChanged>().has_title());
  EXPECT_FALSE(story.event<v1::DealDetailsChanged>().has_amount());
  EXPECT_EQ(story.state().title, "Shop for a bakery");
}

TEST(DealDetails, FieldsAreClearedByName) {
  DealStory story;
  OpenDeal lead = a_deal_worth(rub(100));
  lead.work_type = "landing";
  lead.expected_close = Date::of(2026, 5, 1);
  lead.custom = {{"brief_goal", FieldValue(std::string("More orders"))}};
  DetailsChange clear;
  clear.amount = Change<Money>::cleared();
  clear.work_type = Change<std::string>::cleared();
  clear.source = Change<std::string>::cleared();
  clear.expected_close = Change<Date>::cleared();
  clear.custom = {{"brief_goal", std::nullopt}};
  story.given(lead).when(ChangeDealDetails{clear}).then({"DealDetailsChanged"});
  EXPECT_TRUE(story.state().amount.currency.empty());
  EXPECT_TRUE(story.state().work_type.empty());
  EXPECT_TRUE(story.state().source.empty());
  EXPECT_FALSE(story.state().expected_close);
  EXPECT_TRUE(story.state().custom.empty());
  story.when(ChangeDealDetails{clear}).then_nothing();
}

TEST(DealDetails, TheTitleCannotBeCleared) {
  DetailsChange clear;
  clear.title = Change<std::string>::cleared();
  DealStory().given(a_lead()).when(ChangeDealDetails{clear}).then_invalid({"/title required"});
}

TEST(DealDetails, OwnerAndCompanyComeAlongInOneChange) {
  DetailsChange change;
  change.owner = kBoris;
  change.company = kCompany;
  change.amount = rub(5);
  DealStory story;
  story.given(a_lead())
      .when(ChangeDealDetails{change})
      .then({"DealDetailsChanged", "DealOwnerAssigned", "TaskReassigned", "DealCompanyLinked"});
  EXPECT_EQ(story.event<v1::DealOwnerAssigned>().previous(), kAnna.text());
  EXPECT_EQ(story.state().owner, kBoris);
  EXPECT_EQ(story.state().company, kCompany);
  EXPECT_EQ(story.made("DealCompanyLinked").tags, std::vector<Tag>{open_tag(kCompany.text())});
}

TEST(DealDetails, CustomFieldsTakeTextsThatSpellTheirType) {
  rules::Regulation regulation = web_studio();
  regulation.custom_fields = {{.code = "pages", .title = {}, .type = "number"},
                              {.code = "urgent", .title = {}, .type = "bool"},
                              {.code = "start", .title = {}, .type = "date"}};
  DealStory story(regulation);
  DetailsChange change;
  change.custom = {{"pages", FieldValue(std::string("12"))},
                   {"urgent", FieldValue(std::string("true"))},
                   {"start", FieldValue(Date::of(2026, 4, 1))}};
  story.given(a_lead()).given(ChangeDealDetails{change});
  const DealFacts facts(story.state(), story.context());
  EXPECT_EQ(facts.field("custom.pages"), FieldValue(std::int64_t{12}));
  EXPECT_EQ(facts.field("custom.urgent"), FieldValue(true));
  EXPECT_EQ(facts.field("custom.start"), FieldValue(Date::of(2026, 4, 1)));
  change.custom = {{"pages", FieldValue(std::string("twelve"))}};
  story.when(ChangeDealDetails{change}).then_invalid({"/custom/pages wrong_type"});
}

TEST(DealDetails, TheEtagIsNotChangedByATouchOrATask) {
  DealStory story;
  story.given(a_lead());
  const StreamVersion before = story.state().details_version;
  story.given(a_call("out", "connected")).given(CreateTask{.kind = "call", .title = "Call"});
  EXPECT_EQ(story.state().details_version, before);
  EXPECT_EQ(story.state().version.value, 4u);
  story.given(AssignDealOwner{kBoris});
  EXPECT_GT(story.state().details_version, before);
}

TEST(DealDetails, OfAClosedDealMayStillBeCorrected) {
  DealStory story;
  DetailsChange change;
  change.amount = rub(7);
  story.given(a_lead())
      .given(LoseDeal{"price"})
      .when(ChangeDealDetails{change})
      .then({"DealDetailsChanged"});
}

TEST(DealOwner, IsAssignedOnce) {
  DealStory story;
  story.given(a_lead()).when(AssignDealOwner{kBoris}).then({"DealOwnerAssigned", "TaskReassigned"});
  story.when(AssignDealOwner{kBoris}).then_nothing();
  story.when(AssignDealOwner{}).then_invalid({"/owner required"});
}

TEST(DealOwner, TakesTheTasksOfThePreviousOneOver) {
  DealStory story;
  story.given(a_lead()).given(AssignDealOwner{.owner = kAnna});
  story.given(CreateTask{.kind = "call", .title = "Mine", .assignee = kAnna});
  story.given(CreateTask{.kind = "draw", .title = "Somebody else's", .assignee = id<UserId>(77)});
  story.when(AssignDealOwner{.owner = kBoris});
  for (const OpenTask& task : story.state().open_tasks) {
    EXPECT_EQ(task.assignee, task.kind == "draw" ? id<UserId>(77) : kBoris) << task.kind;
  }
  EXPECT_EQ(story.made("TaskReassigned").rule, "owner_changed");
}

TEST(DealParticipants, HaveRolesThatCanBeReplaced) {
  DealStory story;
  const auto boss = id<PersonId>(40);
  story.given(a_lead()).when(SetParticipant{boss, "decision_maker"}).then({"DealParticipantAdded"});
  EXPECT_EQ(story.made("DealParticipantAdded").tags, std::vector<Tag>{deals_of(boss)});
  story.when(SetParticipant{boss, "decision_maker"}).then_nothing();
  story.when(SetParticipant{boss, "payer"}).then({"DealParticipantAdded"});
  EXPECT_EQ(story.state().participants.size(), 2u);
  EXPECT_EQ(story.state().contact()->person, kCustomer);
  story.given(RemoveParticipant{kCustomer});
  EXPECT_EQ(story.state().contact()->person, boss);
  story.when(RemoveParticipant{kCustomer}).then_refused("participant_not_found");
  story.when(SetParticipant{boss, "The Boss"}).then_invalid({"/role unknown_role"});
  story.when(SetParticipant{boss, "boss"}).then_invalid({"/role unknown_role"});
}

TEST(DealCompany, IsLinkedAndUnlinked) {
  DealStory story;
  story.given(a_lead()).when(LinkCompany{kCompany}).then({"DealCompanyLinked"});
  story.when(LinkCompany{kCompany}).then_nothing();
  story.when(LinkCompany{}).then({"DealCompanyLinked"});
  EXPECT_TRUE(story.state().company.is_nil());
}

}  // namespace
}  // namespace dealog::deal
