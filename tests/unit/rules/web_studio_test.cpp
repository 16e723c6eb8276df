// The shipped regulations: sound, and the web studio's table to the letter.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_facts.hpp"
#include "tests/unit/rules/sample_regulations.hpp"

namespace dealog::rules {
namespace {

using std::chrono::minutes;
using testing::ElementsAre;
using testing::IsEmpty;

const Regulation& web_studio() {
  static const Regulation regulation = parsed_soundly(shipped("web-studio.yaml"));
  return regulation;
}

std::vector<std::string> unmet(const std::vector<Criterion>& criteria, const Facts& facts) {
  std::vector<std::string> codes;
  for (const Verdict& verdict : judge(criteria, facts)) {
    if (!verdict.met) codes.push_back(verdict.code);
  }
  return codes;
}

std::vector<std::string> unmet_exit(std::string_view stage, const Facts& facts) {
  return unmet(web_studio().stage(stage)->exit, facts);
}

TEST(WebStudio, HasElevenStagesInTheirOrder) {
  std::vector<std::string> codes, titles;
  for (const Stage& stage : web_studio().stages) {
    codes.push_back(stage.code);
    titles.push_back(stage.title.ru);
    EXPECT_FALSE(stage.script.ru.empty()) << stage.code;
    EXPECT_FALSE(stage.script.en.empty()) << stage.code;
    EXPECT_FALSE(stage.title.en.empty()) << stage.code;
    EXPECT_TRUE(stage.limit) << stage.code;
  }
  EXPECT_THAT(codes, ElementsAre("incoming", "classification", "meeting_scheduling", "meeting",
                                 "proposal", "negotiation", "invoicing", "prepayment",
                                 "in_progress", "acceptance", "paid_in_full"));
  EXPECT_THAT(titles, ElementsAre("Входящая заявка", "Классификация", "Назначение встречи",
                                  "Встреча", "Отправка КП", "Согласование", "Выставление счёта",
                                  "Предоплата", "В работе", "Приём", "Полная оплата"));
}

TEST(WebStudio, LetsALeadGoOnOnceItsSourceAndContactAreKnownAndItIsAnswered) {
  FakeFacts facts;
  EXPECT_THAT(unmet_exit("incoming", facts),
              ElementsAre("field:source", "contact_known", "touch:answers_customer"));
  facts.fields["source"] = std::string("tilda");
  facts.fields["person.email"] = std::string("a@example.com");
  facts.touches = {{"call", "out", "no_answer"}};
  EXPECT_THAT(unmet_exit("incoming", facts), ElementsAre("touch:answers_customer"));
  facts.touches.push_back({"email", "out", "sent"});
  EXPECT_THAT(unmet_exit("incoming", facts), IsEmpty());
}

TEST(WebStudio, WantsAmountAndTypeOfWorkAfterClassification) {
  FakeFacts facts;
  EXPECT_THAT(unmet_exit("classification", facts), ElementsAre("field:amount", "field:work_type"));
  facts.fields["amount"] = roubles(130'000);
  facts.fields["work_type"] = std::string("landing");
  EXPECT_THAT(unmet_exit("classification", facts), IsEmpty());
}

TEST(WebStudio, WantsAConnectedCallAndACompleteMeetingTaskBeforeTheMeeting) {
  FakeFacts facts;
  EXPECT_THAT(unmet_exit("meeting_scheduling", facts),
              ElementsAre("touch:call:connected", "meeting_planned"));
  facts.touches = {{"call", "out", "connected"}};
  FakeFacts::Task task{.kind = "meeting"};
  for (const char* member : {"assignee", "participants", "place", "due", "note"}) {
    facts.tasks = {task};
    EXPECT_THAT(unmet_exit("meeting_scheduling", facts), ElementsAre("meeting_planned"));
    task.filled_in.insert(member);
  }
  facts.tasks = {task};
  EXPECT_THAT(unmet_exit("meeting_scheduling", facts), IsEmpty());
  facts.tasks[0].in_future = false;
  EXPECT_THAT(unmet_exit("meeting_scheduling", facts), ElementsAre("meeting_planned"));
}

TEST(WebStudio, WantsTheMeetingHeldTheBriefFilledInAndTheContactComplete) {
  FakeFacts facts;
  facts.touches = {{"meeting", "out", "no_show"}};
  EXPECT_THAT(
      unmet_exit("meeting", facts),
      ElementsAre("touch:meeting:held", "field:custom.brief_goal", "field:custom.brief_audience",
                  "field:custom.brief_scope", "field:custom.brief_deadline", "field:company",
                  "field:person.name", "field:person.phone", "field:person.email"));
  facts.touches.push_back({"meeting", "out", "held"});
  for (const Criterion& criterion : web_studio().stage("meeting")->exit) {
    if (criterion.kind == CriterionKind::kField) facts.fields[criterion.name] = std::string("x");
  }
  EXPECT_THAT(unmet_exit("meeting", facts), IsEmpty());
}

TEST(WebStudio, WantsTheQuoteSentAndAFollowUpThatMayBeDoneAlready) {
  FakeFacts facts;
  facts.quote = "approved";
  EXPECT_THAT(unmet_exit("proposal", facts), ElementsAre("quote:sent", "task:follow_up"));
  facts.quote = "sent";
  facts.tasks = {{.kind = "follow_up", .open = false, .in_future = false}};
  EXPECT_THAT(unmet_exit("proposal", facts), IsEmpty());
}

TEST(WebStudio, WantsAcceptanceContractAndAnApprovedDiscount) {
  FakeFacts facts;
  facts.highest_discount = 1001;
  facts.documents["contract"] = false;
  EXPECT_THAT(unmet_exit("negotiation", facts),
              ElementsAre("quote:accepted", "document:contract:signed", "discount:within_policy"));
  facts.highest_discount = 1000;
  facts.quote = "accepted";
  facts.documents["contract"] = true;
  EXPECT_THAT(unmet_exit("negotiation", facts), IsEmpty());
}

TEST(WebStudio, MovesByItselfToPrepaymentOnceHalfIsPaid) {
  const Stage& stage = *web_studio().stage("invoicing");
  EXPECT_EQ(stage.automatic_to, "prepayment");
  FakeFacts facts;
  facts.prepayment = web_studio().prepayment_basis_points;
  facts.agreed_money = roubles(130'000);
  facts.paid_money = Money{64'999'99, facts.agreed_money.currency};
  EXPECT_THAT(unmet_exit("invoicing", facts), ElementsAre("paid:required_prepayment"));
  facts.paid_money = roubles(65'000);
  EXPECT_THAT(unmet_exit("invoicing", facts), IsEmpty());
}

TEST(WebStudio, StartsWorkOnceProductionAcknowledgedAndEndsItByHand) {
  FakeFacts facts;
  EXPECT_THAT(unmet_exit("prepayment", facts), ElementsAre("acknowledgement:production"));
  facts.acknowledgements = {"production"};
  EXPECT_THAT(unmet_exit("prepayment", facts), IsEmpty());
  EXPECT_THAT(web_studio().stage("in_progress")->exit, IsEmpty());
  EXPECT_FALSE(web_studio().stage("in_progress")->automatic_to);
}

TEST(WebStudio, MovesByItselfToPaidInFullOnceTheAcceptanceIsSignedAndWinsOnceAllIsPaid) {
  EXPECT_EQ(web_studio().stage("acceptance")->automatic_to, "paid_in_full");
  FakeFacts facts;
  EXPECT_THAT(unmet_exit("acceptance", facts), ElementsAre("document:acceptance:signed"));
  const auto& wins = web_studio().stage("paid_in_full")->wins_when;
  facts.agreed_money = roubles(130'000);
  facts.paid_money = roubles(129'999);
  EXPECT_THAT(unmet(wins, facts), ElementsAre("balance:cleared"));
  facts.paid_money = roubles(130'001);
  EXPECT_THAT(unmet(wins, facts), IsEmpty());
}

TEST(WebStudio, ReachesTheProposalOnlyFromTheMeetingOrItsArrangement) {
  std::vector<std::string> from;
  for (const Stage& stage : web_studio().stages) {
    if (std::ranges::find(stage.moves, "proposal") != stage.moves.end()) from.push_back(stage.code);
  }
  EXPECT_THAT(from, ElementsAre("meeting_scheduling", "meeting"));
}

TEST(WebStudio, MovesFromEachStageAtLeastToTheNext) {
  const auto& stages = web_studio().stages;
  for (std::size_t i = 0; i + 1 < stages.size(); ++i) {
    EXPECT_THAT(stages[i].moves, testing::Contains(stages[i + 1].code)) << stages[i].code;
  }
}

std::vector<std::string> tasks_on_entering(std::string_view stage, const Facts& facts) {
  std::vector<std::string> kinds;
  for (const TaskTemplate& task : web_studio().stage(stage)->on_entering) {
    if (!task.when || holds(*task.when, facts)) kinds.push_back(task.kind);
  }
  return kinds;
}

TEST(WebStudio, PlansTheTasksOfTheTable) {
  FakeFacts facts;
  EXPECT_THAT(tasks_on_entering("incoming", facts), ElementsAre("classify"));
  EXPECT_EQ(web_studio().stages[0].on_entering[0].due, (TimeLimit{minutes(15), true}));
  EXPECT_THAT(tasks_on_entering("meeting_scheduling", facts), ElementsAre("call"));
  EXPECT_THAT(tasks_on_entering("proposal", facts), ElementsAre("check_quote"));
  EXPECT_THAT(tasks_on_entering("negotiation", facts), ElementsAre("agree_terms"));
  EXPECT_THAT(tasks_on_entering("paid_in_full", facts), ElementsAre("repeat_sale"));
  ASSERT_TRUE(web_studio().follow_up);
  EXPECT_EQ(web_studio().follow_up->kind, "follow_up");
  EXPECT_EQ(web_studio().follow_up->due, (TimeLimit{minutes(2 * 9 * 60), true}));
}

TEST(WebStudio, PlansACallToArrangeAMeetingUnlessTheCustomerCalledFirst) {
  FakeFacts facts;
  facts.touches = {{"form", "in", "received"}};
  EXPECT_THAT(tasks_on_entering("classification", facts), ElementsAre("call"));
  facts.touches = {{"call", "in", "connected"}};
  EXPECT_THAT(tasks_on_entering("classification", facts), IsEmpty());
}

TEST(WebStudio, AsksForApprovalOfADiscountOverThePolicy) {
  FakeFacts facts;
  facts.highest_discount = 2000;
  EXPECT_THAT(tasks_on_entering("negotiation", facts),
              ElementsAre("agree_terms", "approve_discount"));
}

TEST(WebStudio, AnswersALeadOfFridayEveningOnMondayMorning) {
  ASSERT_TRUE(web_studio().answer_within);
  const auto due = web_studio().answer_within->after(
      Timestamp::parse("2026-03-13T17:50:00+03:00").value(), web_studio().calendar);
  EXPECT_EQ(due, Timestamp::parse("2026-03-16T09:05:00+03:00").value());
}

// The official number of working days of a five-day week.
TEST(WebStudio, WorksTwoHundredAndFortySevenDaysIn2025AndIn2026) {
  for (const int year : {2025, 2026}) {
    int days = 0;
    for (Date day = Date::of(year, 1, 1); day < Date::of(year + 1, 1, 1); ++day.days) {
      const auto start = start_of_day(day, "Europe/Moscow").value();
      const auto worked = web_studio().calendar.between(start, start + std::chrono::hours(24));
      days += worked > Duration(0) ? 1 : 0;
    }
    EXPECT_EQ(days, 247) << year;
  }
}

TEST(WebStudio, KeepsTheNewYearHolidaysOf2027) {
  const auto& calendar = web_studio().calendar;
  EXPECT_EQ(calendar.add(Timestamp::parse("2026-12-30T17:30:00+03:00").value(), minutes(60)),
            Timestamp::parse("2027-01-11T09:30:00+03:00").value());
}

TEST(MinimalRegulation, IsSoundAndHasThreeStages) {
  EXPECT_EQ(parsed_soundly(shipped("minimal.yaml")).stages.size(), 3u);
}

}  // namespace
}  // namespace dealog::rules
