// The web studio's eleven stages, one after the other: each gate refuses with the right list, and
// opens when the list is met. domain.md's table, line by line.
#include "tests/unit/domain/deal/deal_story.hpp"

namespace dealog::deal {
namespace {

using Names = std::vector<std::string>;

// Nobody's phone and e-mail are known yet.
DealStory a_lead_by_hand() {
  DealStory story;
  story.where(PartyFacts{.person_name = true});
  OpenDeal lead = a_lead();
  lead.source.clear();
  story.when(lead).then({"DealOpened", "TaskCreated"});
  return story;
}

PartyFacts everything_known() {
  return {.person_name = true,
          .person_phone = true,
          .person_email = true,
          .company_name = true,
          .company_tax_id = true};
}

CreateTask a_planned_meeting() {
  return {.kind = "meeting",
          .title = "Talk about the site",
          .due = {.at = noon() + std::chrono::hours(48)},
          .place = "Our office",
          .participants = {kCustomer.text()},
          .note = "Bring the portfolio"};
}

void fill_brief(DealStory& story) {
  DetailsChange brief;
  brief.custom = {{"brief_goal", rules::FieldValue(std::string("More orders"))},
                  {"brief_audience", rules::FieldValue(std::string("Neighbours"))},
                  {"brief_scope", rules::FieldValue(std::string("Five pages"))},
                  {"brief_deadline", rules::FieldValue(Date::of(2026, 6, 1))}};
  story.when(ChangeDealDetails{brief}).then({"DealDetailsChanged", "DealDatesChanged"});
}

TEST(WebStudio, Gate1IncomingAsksForSourceContactAndAnAnswer) {
  DealStory story = a_lead_by_hand();
  EXPECT_EQ(story.event<v1::TaskCreated>().kind(), "classify");
  story.when(ChangeDealStage{.to = "classification"})
      .then_unmet({"field:source", "contact_known", "touch:answers_customer"});
  DetailsChange source;
  source.source = "site";
  story.given(ChangeDealDetails{source})
      .when(ChangeDealStage{.to = "classification"})
      .then_unmet({"contact_known", "touch:answers_customer"});
  story.where(everything_known())
      .given(a_call("out", "no_answer"))
      .when(ChangeDealStage{.to = "classification"})
      .then_unmet({"touch:answers_customer"});
  story.given(a_call("out", "connected"))
      .when(ChangeDealStage{.to = "classification"})
      .then({"DealStageChanged", "TaskCreated"});
  EXPECT_EQ(story.event<v1::TaskCreated>().kind(), "call");
}

TEST(WebStudio, Gate2ClassificationAsksForAmountAndTypeOfWork) {
  DealStory story;
  story.given(a_lead()).given_stage("classification");
  story.when(ChangeDealStage{.to = "meeting_scheduling"})
      .then_unmet({"field:amount", "field:work_type"});
  ChangeDealStage with_fields{.to = "meeting_scheduling"};
  with_fields.fields.amount = rub(300'000);
  with_fields.fields.work_type = "corporate_site";
  story.when(with_fields).then({"DealDetailsChanged", "DealStageChanged", "TaskCreated"});
  EXPECT_EQ(story.state().amount, rub(300'000));
}

TEST(WebStudio, Stage2AsksForACallUnlessTheCustomerCalled) {
  DealStory by_form;
  by_form.given(a_lead()).given(RecordTouch{.kind = "form"}).given(a_call("out", "connected"));
  by_form.when(ChangeDealStage{.to = "classification"}).then({"DealStageChanged", "TaskCreated"});
  DealStory by_call;
  by_call.given(a_lead()).given(a_call("in", "connected"));
  by_call.when(ChangeDealStage{.to = "classification"}).then({"DealStageChanged"});
}

TEST(WebStudio, Gate3SchedulingAsksForACallAndAMeetingPlannedInFull) {
  DealStory story;
  story.given(a_lead()).given_stage("meeting_scheduling");
  story.when(ChangeDealStage{.to = "meeting"})
      .then_unmet({"touch:call:connected", "meeting_planned"});
  CreateTask without_place = a_planned_meeting();
  without_place.place.clear();
  story.given(a_call("out", "connected"))
      .given(without_place)
      .when(ChangeDealStage{.to = "meeting"})
      .then_unmet({"meeting_planned"});
  story.given(a_planned_meeting())
      .when(ChangeDealStage{.to = "meeting"})
      .then({"DealStageChanged"});
}

TEST(WebStudio, Gate4MeetingAsksThatItWasHeldForTheBriefAndTheParties) {
  DealStory story;
  story.where(PartyFacts{}).given(a_lead()).given_stage("meeting");
  story.when(ChangeDealStage{.to = "proposal"})
      .then_unmet({"touch:meeting:held", "field:custom.brief_goal", "field:custom.brief_audience",
                   "field:custom.brief_scope", "field:custom.brief_deadline", "field:company",
                   "field:person.name", "field:person.phone", "field:person.email"});
  story.given(RecordTouch{.kind = "meeting", .direction = "out", .outcome = "no_show"});
  story.where(everything_known()).given(LinkCompany{kCompany});
  fill_brief(story);
  story.when(ChangeDealStage{.to = "proposal"}).then_unmet({"touch:meeting:held"});
  story.given(RecordTouch{.kind = "meeting", .direction = "out", .outcome = "held"});
  story.when(ChangeDealStage{.to = "proposal"}).then({"DealStageChanged", "TaskCreated"});
  EXPECT_EQ(story.event<v1::TaskCreated>().kind(), "check_quote");
}

TEST(WebStudio, ProposalIsNotReachedStraightFromTheFirstTwoStages) {
  for (const char* stage : {"incoming", "classification"}) {
    DealStory story;
    story.given(a_lead());
    if (story.state().stage() != stage) story.given_stage(stage);
    story.when(ChangeDealStage{.to = "proposal"}).then_refused("move_not_allowed");
  }
}

TEST(WebStudio, Gate5ProposalAsksForASentQuoteAndItsFollowUp) {
  DealStory story;
  story.given(a_lead()).given_stage("proposal").given(DraftQuote{one_line(rub(250'000))});
  story.when(ChangeDealStage{.to = "negotiation"}).then_unmet({"quote:sent", "task:follow_up"});
  story.when(SendQuote{story.quote()}).then({"QuoteSent", "TaskCreated"});
  EXPECT_EQ(story.event<v1::TaskCreated>().kind(), "follow_up");
  story.when(ChangeDealStage{.to = "negotiation"}).then({"DealStageChanged", "TaskCreated"});
  EXPECT_EQ(story.event<v1::TaskCreated>().kind(), "agree_terms");
}

TEST(WebStudio, Gate6NegotiationAsksForAcceptanceContractAndApprovedDiscount) {
  DealStory story;
  story.given(a_lead()).given_stage("negotiation").given(DraftQuote{one_line(rub(250'000), 1500)});
  story.when(SendQuote{story.quote()})
      .then({"QuoteSent", "QuoteSubmitted", "TaskCreated", "TaskCreated"});
  EXPECT_EQ(story.event<v1::TaskCreated>(1).kind(), "approve_discount");
  story.when(ChangeDealStage{.to = "invoicing"})
      .then_unmet({"quote:accepted", "document:contract:signed", "discount:within_policy"});
  // No invoice over a price that nobody has approved.
  story.when(AcceptQuote{story.quote()}).then({"QuoteAccepted"});
  story.given(AddDocument{.kind = "contract", .title = "Contract"});
  story.given(SignDocument{story.document()});
  story.when(ChangeDealStage{.to = "invoicing"}).then_unmet({"discount:within_policy"});
  story.as(kBoris)
      .who_may_override()
      .when(ApproveQuote{story.quote()})
      .then({"QuoteApproved", "InvoiceIssued"});
  EXPECT_EQ(story.state().invoices.back().amount, rub(106'250));
  story.when(ChangeDealStage{.to = "invoicing"}).then({"DealStageChanged"});
}

TEST(WebStudio, Stage6AsksForApprovalOfADiscountAboveThePolicy) {
  DealStory story;
  story.given(a_lead()).given_stage("proposal").given(DraftQuote{one_line(rub(100), 1001)});
  story.given(SendQuote{story.quote()});
  story.when(ChangeDealStage{.to = "negotiation"})
      .then({"DealStageChanged", "TaskCreated", "TaskCreated"});
  EXPECT_EQ(story.event<v1::TaskCreated>(1).kind(), "approve_discount");
}

TEST(WebStudio, Gate7InvoicingIsLeftByItselfWhenThePrepaymentIsThere) {
  DealStory story = an_accepted_quote(rub(200'000), "invoicing");
  story.when(ChangeDealStage{.to = "prepayment"}).then_unmet({"paid:required_prepayment"});
  story.when(AllocatePayment{.payment = kPayment, .amount = rub(99'999)})
      .then({"PaymentAllocated"});
  story.when(AllocatePayment{.payment = kPayment, .amount = rub(1)})
      .then({"PaymentAllocated", "DealStageChanged"});
  EXPECT_EQ(story.state().stage(), "prepayment");
  EXPECT_TRUE(story.event<v1::DealStageChanged>().automatic());
}

TEST(WebStudio, Gate8PrepaymentAsksProductionToAcknowledge) {
  DealStory story = an_accepted_quote(rub(200'000), "prepayment");
  story.when(ChangeDealStage{.to = "in_progress"}).then_unmet({"acknowledgement:production"});
  story.given(GiveAcknowledgement{"production"});
  story.when(ChangeDealStage{.to = "in_progress"}).then({"DealStageChanged"});
}

TEST(WebStudio, Gate9InProgressIsLeftByHandAndIssuesTheFinalInvoice) {
  DealStory story = an_accepted_quote(rub(200'000), "in_progress");
  story.given(AllocatePayment{.payment = kPayment, .amount = rub(100'000)});
  story.when(ChangeDealStage{.to = "acceptance"}).then({"DealStageChanged", "InvoiceIssued"});
  EXPECT_EQ(story.event<v1::InvoiceIssued>().kind(), "final");
  EXPECT_EQ(story.state().invoices.back().amount, rub(100'000));
}

TEST(WebStudio, Gate10AcceptanceIsLeftByItselfWhenItsDocumentIsSigned) {
  DealStory story = an_accepted_quote(rub(200'000), "acceptance");
  story.when(ChangeDealStage{.to = "paid_in_full"}).then_unmet({"document:acceptance:signed"});
  story.given(AddDocument{.kind = "acceptance", .title = "Act"});
  story.when(SignDocument{story.document()})
      .then({"DocumentSigned", "DealStageChanged", "TaskCreated"});
  EXPECT_EQ(story.state().stage(), "paid_in_full");
  EXPECT_EQ(story.state().outcome, Outcome::kOpen);
}

TEST(WebStudio, Stage11IsWonByItselfWhenNothingIsLeftToPay) {
  DealStory story = an_accepted_quote(rub(200'000), "paid_in_full");
  story.when(AllocatePayment{.payment = kPayment, .amount = rub(199'999)})
      .then({"PaymentAllocated"});
  story.when(AllocatePayment{.payment = kPayment, .amount = rub(1)})
      .then({"PaymentAllocated", "DealWon", "TaskCancelled", "TaskCancelled"});
  EXPECT_EQ(story.state().outcome, Outcome::kWon);
}

// The whole way by the front door, nothing set aside.
TEST(WebStudio, ALeadTravelsFromTheFirstStageToWon) {
  DealStory story;
  story.given(a_lead()).given(RecordTouch{.kind = "form"}).given(a_call("out", "connected"));
  story.given(ChangeDealStage{.to = "classification"});
  ChangeDealStage scheduling{.to = "meeting_scheduling"};
  scheduling.fields.amount = rub(300'000);
  scheduling.fields.work_type = "corporate_site";
  story.given(scheduling).given(a_planned_meeting()).given(ChangeDealStage{.to = "meeting"});
  story.given(RecordTouch{.kind = "meeting", .direction = "out", .outcome = "held"});
  story.given(LinkCompany{kCompany});
  fill_brief(story);
  story.given(ChangeDealStage{.to = "proposal"}).given(DraftQuote{one_line(rub(280'000))});
  story.given(SendQuote{story.quote()}).given(ChangeDealStage{.to = "negotiation"});
  story.given(AcceptQuote{story.quote()});
  story.given(AddDocument{.kind = "contract", .title = "Contract"});
  story.given(SignDocument{story.document()}).given(ChangeDealStage{.to = "invoicing"});
  story.given(
      AllocatePayment{.payment = kPayment, .invoice = story.invoice(), .amount = rub(140'000)});
  EXPECT_EQ(story.state().stage(), "prepayment");
  story.given(GiveAcknowledgement{"production"}).given(ChangeDealStage{.to = "in_progress"});
  story.given(ChangeDealStage{.to = "acceptance"});
  story.given(AddDocument{.kind = "acceptance", .title = "Act"});
  story.given(SignDocument{story.document()});
  story
      .when(
          AllocatePayment{.payment = kPayment, .invoice = story.invoice(), .amount = rub(140'000)})
      .then({"PaymentAllocated", "DealWon", "TaskCancelled", "TaskCancelled", "TaskCancelled",
             "TaskCancelled", "TaskCancelled", "TaskCancelled"});
  Names stages;
  for (const Visit& visit : story.state().visits) stages.push_back(visit.stage);
  EXPECT_EQ(stages, (Names{"incoming", "classification", "meeting_scheduling", "meeting",
                           "proposal", "negotiation", "invoicing", "prepayment", "in_progress",
                           "acceptance", "paid_in_full"}));
  EXPECT_EQ(story.state().balance(), rub(0));
  EXPECT_EQ(story.state().invoiced(), rub(280'000));
}

}  // namespace
}  // namespace dealog::deal
