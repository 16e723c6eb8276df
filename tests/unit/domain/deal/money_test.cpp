// Invoices, payments, refunds, and the moves that money makes.
#include "libs/domain/deal/limits.hpp"
#include "tests/unit/domain/deal/deal_story.hpp"

namespace dealog::deal {
namespace {

AllocatePayment pays(const Money& amount) { return {.payment = kPayment, .amount = amount}; }

TEST(DealMoney, AgreedPaidBalanceAndCredit) {
  DealStory story;
  story.given(a_deal_worth(rub(100)));
  EXPECT_EQ(story.state().agreed(), rub(100));
  EXPECT_EQ(story.state().balance(), rub(100));
  story.given(pays(rub(130)));
  EXPECT_EQ(story.state().paid(), rub(130));
  EXPECT_EQ(story.state().balance(), rub(-30));
  story.given(AllocateRefund{.payment = kPayment, .amount = rub(30)});
  EXPECT_EQ(story.state().paid(), rub(100));
  EXPECT_EQ(story.state().balance(), rub(0));
}

TEST(DealMoney, RequiredPrepaymentIsTheQuotesElseTheRegulations) {
  DealStory story = a_sent_quote(rub(100));
  EXPECT_EQ(story.state().prepayment_basis_points(web_studio()), 5000);
  QuoteContents contents = one_line(rub(100));
  contents.prepayment_basis_points = 3000;
  story.given(ReviseQuote{story.quote(), contents}).given(SendQuote{story.quote()});
  story.given(AcceptQuote{story.quote()});
  EXPECT_EQ(story.state().required_prepayment(web_studio()), rub(30));
  EXPECT_EQ(story.state().invoices.back().amount, rub(30));
}

TEST(DealMoney, RefusesAnotherCurrencyNothingAndLessThanNothing) {
  DealStory story;
  story.given(a_deal_worth(rub(100)));
  story.when(pays(eur(5))).then_refused("currency_mismatch");
  story.when(pays(rub(0))).then_invalid({"/amount out_of_range"});
  story.when(pays(rub(-5))).then_invalid({"/amount out_of_range"});
  story.when(IssueInvoice{"final", eur(5)}).then_refused("currency_mismatch");
  story.when(IssueInvoice{"final", rub(0)}).then_invalid({"/amount out_of_range"});
  story.when(IssueInvoice{"gift", rub(1)}).then_invalid({"/kind unknown_value"});
}

TEST(DealMoney, ADealWithoutAnAmountIsInTheCurrencyOfItsRegulation) {
  DealStory story;
  story.given(a_lead()).when(pays(eur(5))).then_refused("currency_mismatch");
  story.when(pays(rub(5))).then({"PaymentAllocated"});
}

TEST(DealMoney, ARefundIsAtMostWhatThePaymentGave) {
  DealStory story;
  story.given(a_deal_worth(rub(100))).given(IssueInvoice{"interim", rub(50)});
  const InvoiceId invoice = story.invoice();
  story.given(AllocatePayment{kPayment, invoice, rub(50)});
  story.when(AllocateRefund{kPayment, {}, rub(1)}).then_refused("refund_exceeds_allocated");
  story.when(AllocateRefund{id<PaymentId>(99), invoice, rub(1)})
      .then_refused("refund_exceeds_allocated");
  const Money a_kopeck_more{rub(50).minor + 1, rub(0).currency};
  story.when(AllocateRefund{kPayment, invoice, a_kopeck_more})
      .then_refused("refund_exceeds_allocated");
  story.when(AllocateRefund{kPayment, invoice, rub(20)}).then({"RefundAllocated"});
  EXPECT_EQ(story.state().invoice(invoice)->allocated_minor, rub(30).minor);
  story.when(AllocateRefund{kPayment, invoice, rub(31)}).then_refused("refund_exceeds_allocated");
}

TEST(DealMoney, SumsBeyondEveryAmountAreRefused) {
  DealStory story;
  story.given(a_deal_worth(rub(1)));
  story.given(pays(Money{kMaxMoneyMinor, rub(0).currency}));
  story.when(pays(rub(1))).then_refused("amount_out_of_range");
}

TEST(DealInvoice, HasANumberADueDayAndTags) {
  DealStory story;
  story.given(a_deal_worth(rub(100)));
  story.when(IssueInvoice{"interim", rub(40), Date::of(2026, 3, 20)}).then({"InvoiceIssued"});
  const auto& invoice = story.event<v1::InvoiceIssued>();
  EXPECT_EQ(invoice.number(), "2026-1");
  EXPECT_FALSE(invoice.automatic());
  EXPECT_EQ(invoice.overdue_at(), at("2026-03-20T21:00:00Z").us);
  EXPECT_EQ(story.made("InvoiceIssued").tags,
            (std::vector<Tag>{open_tag(story.invoice().text()), open_tag("invoice-number:2026-1"),
                              open_tag("invoices:2026")}));
  EXPECT_EQ(story.state().invoiced(), rub(40));
}

TEST(DealInvoice, LinesMustMakeItsAmount) {
  DealStory story;
  story.given(a_deal_worth(rub(100)));
  IssueInvoice invoice{"interim", rub(40), {}, {{.title = "Work", .unit_price = rub(39)}}};
  story.when(invoice).then_invalid({"/amount lines_differ"});
  invoice.amount = rub(39);
  story.when(invoice).then({"InvoiceIssued"});
  EXPECT_EQ(story.event<v1::InvoiceIssued>().lines_size(), 1);
}

TEST(DealInvoice, IsSentAndPaid) {
  DealStory story;
  story.given(a_deal_worth(rub(100))).given(IssueInvoice{"interim", rub(40)});
  const InvoiceId invoice = story.invoice();
  const auto reached = [&](std::string_view state) {
    return DealFacts(story.state(), story.context()).invoice_reached("interim", state);
  };
  EXPECT_TRUE(reached("issued"));
  EXPECT_FALSE(reached("sent"));
  story.when(SendInvoice{invoice}).then({"InvoiceSent"});
  EXPECT_TRUE(reached("sent"));
  story.when(SendInvoice{invoice}).then_nothing();
  story.given(AllocatePayment{kPayment, invoice, rub(39)});
  EXPECT_FALSE(reached("paid"));
  story.given(AllocatePayment{kPayment, invoice, rub(1)});
  EXPECT_TRUE(reached("paid"));
}

TEST(DealInvoice, IsNotVoidedWhenMoneyIsOnIt) {
  DealStory story;
  story.given(a_deal_worth(rub(100))).given(IssueInvoice{"interim", rub(40)});
  const InvoiceId invoice = story.invoice();
  story.given(AllocatePayment{kPayment, invoice, rub(1)});
  story.when(VoidInvoice{invoice}).then_refused("invoice_paid");
  story.given(AllocateRefund{kPayment, invoice, rub(1)});
  story.when(VoidInvoice{invoice, "Wrong company"}).then({"InvoiceVoided"});
  EXPECT_EQ(story.state().invoiced(), rub(0));
  story.when(VoidInvoice{invoice}).then_refused("invoice_void");
  story.when(SendInvoice{invoice}).then_refused("invoice_void");
  story.when(AllocatePayment{kPayment, invoice, rub(1)}).then_refused("invoice_void");
  story.when(AllocatePayment{kPayment, id<InvoiceId>(9), rub(1)}).then_refused("invoice_not_found");
}

TEST(DealPrepayment, IsInvoicedOnAcceptanceInTheSameAppend) {
  DealStory story = a_sent_quote(rub(200));
  story.when(AcceptQuote{story.quote()}).then({"QuoteAccepted", "InvoiceIssued"});
  const auto& invoice = story.event<v1::InvoiceIssued>();
  EXPECT_EQ(invoice.kind(), "prepayment");
  EXPECT_EQ(invoice.amount().minor(), rub(100).minor);
  EXPECT_TRUE(invoice.automatic());
  EXPECT_EQ(invoice.due_date(), "2026-03-24");
  EXPECT_EQ(story.made("InvoiceIssued").caused_by, 0u);
  EXPECT_EQ(story.made("InvoiceIssued").rule, "negotiation");
}

TEST(DealPrepayment, OfAnotherAcceptedQuoteReplacesTheUnpaidInvoice) {
  DealStory story = a_sent_quote(rub(200));
  story.given(AcceptQuote{story.quote()});
  story.given(DraftQuote{one_line(rub(300))}).given(SendQuote{story.quote()});
  story.when(AcceptQuote{story.quote()}).then({"QuoteAccepted", "InvoiceVoided", "InvoiceIssued"});
  EXPECT_EQ(story.state().invoiced(), rub(150));
}

TEST(DealPrepayment, OfAnotherAcceptedQuoteAddsToThePaidInvoice) {
  DealStory story = a_sent_quote(rub(200));
  story.given(AcceptQuote{story.quote()});
  story.given(AllocatePayment{kPayment, story.invoice(), rub(60)});
  story.given(DraftQuote{one_line(rub(300))}).given(SendQuote{story.quote()});
  story.when(AcceptQuote{story.quote()}).then({"QuoteAccepted", "InvoiceIssued"});
  EXPECT_EQ(story.state().invoices.back().amount, rub(50));
}

TEST(DealPrepayment, IsNotAskedForWhenItIsThere) {
  DealStory story = a_sent_quote(rub(200));
  story.given(pays(rub(100))).when(AcceptQuote{story.quote()}).then({"QuoteAccepted"});
}

TEST(DealPrepayment, IsNotAskedForAfterItsStage) {
  DealStory story = a_sent_quote(rub(200));
  story.given_stage("in_progress").when(AcceptQuote{story.quote()}).then({"QuoteAccepted"});
}

TEST(DealMoves, MoneyMovesInvoicingOnAndSaysWhy) {
  DealStory story = an_accepted_quote(rub(200), "invoicing");
  story.when(pays(rub(100))).then({"PaymentAllocated", "DealStageChanged"});
  const NewEvent& moved = story.made("DealStageChanged");
  EXPECT_EQ(moved.caused_by, 0u);
  EXPECT_EQ(moved.rule, "invoicing");
  EXPECT_EQ(moved.rule_version, 3u);
  const auto& event = story.event<v1::DealStageChanged>();
  EXPECT_TRUE(event.automatic());
  EXPECT_FALSE(event.overridden());
  ASSERT_EQ(event.verdicts_size(), 1);
  EXPECT_EQ(event.verdicts(0).criterion(), "paid:required_prepayment");
  EXPECT_TRUE(event.verdicts(0).met());
}

TEST(DealMoves, EarlyMoneySkipsNoStageAndIsJudgedOnEntering) {
  DealStory story = a_sent_quote(rub(200));
  story.given(AcceptQuote{story.quote()});
  story.when(pays(rub(200))).then({"PaymentAllocated"});
  EXPECT_EQ(story.state().stage(), "negotiation");
  story.given(AddDocument{.kind = "contract", .title = "Contract"});
  story.when(SignDocument{story.document()}).then({"DocumentSigned"});
  story.when(ChangeDealStage{.to = "invoicing"}).then({"DealStageChanged", "DealStageChanged"});
  EXPECT_EQ(story.state().stage(), "prepayment");
  EXPECT_EQ(story.made("DealStageChanged", 1).caused_by, 0u);
  story.given(GiveAcknowledgement{"production"}).given(ChangeDealStage{.to = "in_progress"});
  story.given(AddDocument{.kind = "acceptance", .title = "Act"})
      .given(SignDocument{story.document()});
  // Everything is there already: accepted, moved on, won, in one append.
  story.when(ChangeDealStage{.to = "acceptance"})
      .then({"DealStageChanged", "DealStageChanged", "TaskCreated", "DealWon", "TaskCancelled",
             "TaskCancelled"});
  EXPECT_EQ(story.made("DealWon").caused_by, 1u);
  EXPECT_EQ(story.made("TaskCreated").caused_by, 1u);
}

TEST(DealMoves, ALowerAgreedAmountMovesAsMoneyDoes) {
  DealStory story;
  story.given(a_deal_worth(rub(200))).given_stage("invoicing").given(pays(rub(60)));
  DetailsChange lower;
  lower.amount = rub(120);
  story.when(ChangeDealDetails{lower}).then({"DealDetailsChanged", "DealStageChanged"});
  EXPECT_EQ(story.state().stage(), "prepayment");
}

TEST(DealMoves, WithoutAnAgreedAmountNothingMoves) {
  DealStory story;
  story.given(a_lead()).given_stage("invoicing").when(pays(rub(60))).then({"PaymentAllocated"});
  story.given_stage("paid_in_full").when(pays(rub(60))).then({"PaymentAllocated"});
}

TEST(DealMoves, ARefundDoesNotMoveBack) {
  DealStory story = an_accepted_quote(rub(200), "invoicing");
  story.given(pays(rub(100)));
  story.when(AllocateRefund{.payment = kPayment, .amount = rub(100)}).then({"RefundAllocated"});
  EXPECT_EQ(story.state().stage(), "prepayment");
  EXPECT_EQ(story.state().paid(), rub(0));
}

TEST(DealMoves, MoneyOfAClosedDealIsKeptAndMovesNothing) {
  DealStory story = an_accepted_quote(rub(200), "invoicing");
  story.given(LoseDeal{"postponed"}).when(pays(rub(200))).then({"PaymentAllocated"});
  EXPECT_EQ(story.state().outcome, Outcome::kLost);
  EXPECT_EQ(story.state().paid(), rub(200));
}

TEST(DealMoves, WinningSaysWhatWasAgreedAndPaid) {
  DealStory story = an_accepted_quote(rub(200), "paid_in_full");
  story.when(pays(rub(250)))
      .then({"PaymentAllocated", "DealWon", "TaskCancelled", "TaskCancelled"});
  const auto& won = story.event<v1::DealWon>();
  EXPECT_EQ(won.agreed().minor(), rub(200).minor);
  EXPECT_EQ(won.paid().minor(), rub(250).minor);
  EXPECT_EQ(won.episode(), 1u);
  EXPECT_EQ(won.stage(), "paid_in_full");
  EXPECT_TRUE(won.automatic());
  EXPECT_EQ(won.verdicts_size(), 1);
  EXPECT_EQ(story.made("DealWon").tags, std::vector<Tag>{deals_of(kCustomer)});
}

TEST(DealInvoice, IsNotDueBeforeItIsIssued) {
  DealStory story;
  story.given(a_deal_worth(rub(100)));
  story.when(IssueInvoice{.kind = "interim", .amount = rub(10), .due_date = Date::of(1999, 1, 1)})
      .then_invalid({"/due_date out_of_range"});
}

TEST(DealPrepaymentInvoice, IsVoidedByAReplacingQuoteThoughItsMoneyIsThere) {
  DealStory story = a_sent_quote(rub(200));
  story.given(AcceptQuote{story.quote()});
  ASSERT_TRUE(story.state().invoices.back().live());
  story.given(AllocatePayment{.payment = kPayment, .amount = rub(200)});
  story.given(DraftQuote{one_line(rub(150))}).given(SendQuote{story.quote()});
  story.when(AcceptQuote{story.quote()});
  EXPECT_FALSE(story.state().invoices.front().live());
}

TEST(DealFinalInvoice, IsOverTheOpenBalanceAndNotIssuedTwice) {
  DealStory story = an_accepted_quote(rub(200), "in_progress");
  story.given(pays(rub(120)));
  story.when(ChangeDealStage{.to = "acceptance"}).then({"DealStageChanged", "InvoiceIssued"});
  EXPECT_EQ(story.event<v1::InvoiceIssued>().amount().minor(), rub(80).minor);
  EXPECT_EQ(story.made("InvoiceIssued").rule, "acceptance");
  story.given(ChangeDealStage{.to = "in_progress", .reason = "Remarks"});
  story.when(ChangeDealStage{.to = "acceptance"}).then({"DealStageChanged"});
}

TEST(DealFinalInvoice, IsNotIssuedWhenNothingIsOpen) {
  DealStory story = an_accepted_quote(rub(200), "in_progress");
  story.given(pays(rub(200)));
  story.when(ChangeDealStage{.to = "acceptance"}).then({"DealStageChanged"});
}

// A regulation whose two middle stages hand a deal to each other for ever.
TEST(DealMoves, ALoopOfAutomaticMovesIsStoppedForAllToSee) {
  rules::Regulation regulation = web_studio();
  regulation.stages[1].exit.clear();
  regulation.stages[1].on_entering.clear();
  regulation.stages[1].automatic_to = "meeting_scheduling";
  regulation.stages[2].exit.clear();
  regulation.stages[2].on_entering.clear();
  regulation.stages[2].automatic_to = "classification";
  DealStory story(regulation);
  story.given(a_lead()).given(a_call("in", "connected"));
  story.when(ChangeDealStage{.to = "classification"});
  ASSERT_EQ(story.events().size(), 1u + kAutomaticMoves + 1u);
  EXPECT_EQ(story.event<v1::AutomationStopped>().depth(), std::uint32_t{kAutomaticMoves});
  EXPECT_EQ(story.made("AutomationStopped").caused_by, story.events().size() - 2);
  EXPECT_TRUE(story.state().is_open());
}

TEST(DealDocument, IsSignedOnce) {
  DealStory story;
  story.given(a_lead()).when(AddDocument{.kind = "contract", .title = "Contract"});
  EXPECT_EQ(story.made("DocumentAdded").tags, std::vector<Tag>{open_tag(story.document().text())});
  story.when(SignDocument{story.document()}).then({"DocumentSigned"});
  EXPECT_EQ(story.event<v1::DocumentSigned>().kind(), "contract");
  story.when(SignDocument{story.document()}).then_refused("document_signed");
  story.when(SignDocument{id<DocumentId>(99)}).then_refused("document_not_found");
  story.when(AddDocument{.kind = "poem", .title = ""})
      .then_invalid({"/kind unknown_value", "/title required"});
  story.when(GiveAcknowledgement{"poetry"}).then_invalid({"/kind unknown_value"});
  story.given(GiveAcknowledgement{"production"});
  story.when(GiveAcknowledgement{"production"}).then_nothing();
}

}  // namespace
}  // namespace dealog::deal
