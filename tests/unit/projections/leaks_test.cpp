// Lamps, right to the minute.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dealog/v1/absence_events.pb.h"
#include "dealog/v1/mailbox_events.pb.h"
#include "projections/leaks/leaks_view.hpp"
#include "tests/support/sample_events.hpp"
#include "tests/support/view_fixture.hpp"

namespace dealog::views {
namespace {

using namespace dealog::testing;
using namespace std::chrono_literals;

class Lamps : public ViewFixture {
 protected:
  std::string open(v1::DealOpened m = deal_opened("a deal")) {
    const auto deal = history_.make_id<DealId>();
    set_money(*m.mutable_amount(), 100'00);
    m.set_owner("usr_1");
    given(deal, std::move(m));
    return deal;
  }
  Lamp lamp(LampCode code, Timestamp instant) {
    const auto context = at(instant);
    return must(LeaksView(context).lamps({})).at(static_cast<std::size_t>(code));
  }
  std::size_t lit(LampCode code, Timestamp instant) { return lamp(code, instant).count; }
  // Dark just before the instant, lit from it on.
  void expect_lights_at(LampCode code, Timestamp instant) {
    EXPECT_EQ(lit(code, instant - 1us), 0u) << code_of(code);
    EXPECT_EQ(lit(code, instant), 1u) << code_of(code);
    EXPECT_EQ(lamp(code, instant).oldest_at, instant) << code_of(code);
  }

  Timestamp t_ = history_.clock().now();
};

TEST_F(Lamps, AreAllDarkWhenThereIsNothing) {
  const auto context = now();
  const auto all = must(LeaksView(context).lamps({}));
  ASSERT_EQ(all.size(), kLamps);
  for (const auto& lamp : all) {
    EXPECT_EQ(lamp.count, 0u);
    EXPECT_TRUE(lamp.amounts.empty());
    EXPECT_FALSE(lamp.oldest_at);
  }
}

TEST_F(Lamps, HaveTheCodesOfTheApi) {
  for (const char* code : {"no_next_step", "overdue", "stuck", "unanswered",
                           "quote_without_follow_up", "invoice_overdue", "payment_unmatched",
                           "approval_waiting", "owner_absent", "delivery_failed"}) {
    ASSERT_TRUE(lamp_of(code)) << code;
    EXPECT_EQ(code_of(*lamp_of(code)), code);
  }
  EXPECT_FALSE(lamp_of("sunshine"));
}

TEST_F(Lamps, NoNextStepLightsWhenTheLastTaskIsClosed) {
  const auto deal = open();
  EXPECT_EQ(lit(LampCode::kNoNextStep, t_), 1u);
  given(deal, task_created("tsk_1", "call", "usr_1", due_between(t_, t_ + 1h)));
  EXPECT_EQ(lit(LampCode::kNoNextStep, t_), 0u);
  history_.clock().advance(2h);
  v1::TaskCompleted done;
  done.set_task("tsk_1");
  given(deal, done);
  const Lamp lamp = this->lamp(LampCode::kNoNextStep, t_ + 2h);
  EXPECT_EQ(lamp.count, 1u);
  EXPECT_EQ(lamp.amounts.at(0).decimal(), "100.00");
  EXPECT_EQ(lamp.oldest_at, t_ + 2h);
  given(deal, v1::DealWon());
  EXPECT_EQ(lit(LampCode::kNoNextStep, t_ + 2h), 0u);
}

TEST_F(Lamps, OverdueLightsAtTheInstantTheTaskIsOverdue) {
  const auto deal = open();
  given(deal, task_created("tsk_1", "call", "usr_1", due_between(t_, t_ + 1h)));
  expect_lights_at(LampCode::kOverdue, t_ + 1h);
  v1::TaskRescheduled moved;
  moved.set_task("tsk_1");
  *moved.mutable_due() = due_between(t_, t_ + 3h);
  given(deal, moved);
  expect_lights_at(LampCode::kOverdue, t_ + 3h);
}

TEST_F(Lamps, OverdueCountsTasksButEachDealsMoneyOnce) {
  const auto deal = open();
  given(deal, task_created("tsk_1", "call", "usr_1", due_between(t_, t_ + 1h)));
  given(deal, task_created("tsk_2", "meeting", "usr_1", due_between(t_, t_ + 2h)));
  const Lamp lamp = this->lamp(LampCode::kOverdue, t_ + 5h);
  EXPECT_EQ(lamp.count, 2u);
  EXPECT_EQ(lamp.amounts.at(0).decimal(), "100.00");
}

TEST_F(Lamps, StuckLightsWhenTheVisitPassesItsLimitWhateverWasEdited) {
  auto m = deal_opened("a deal");
  m.set_stuck_at((t_ + 48h).us);
  const auto deal = open(std::move(m));
  history_.clock().advance(47h);
  given(deal, touch("call", "out", "connected", true));
  v1::DealDetailsChanged changed;
  changed.set_work_type("shop");
  given(deal, changed);
  expect_lights_at(LampCode::kStuck, t_ + 48h);
  given(deal, stage_changed("incoming", "meeting", 2));
  EXPECT_EQ(lit(LampCode::kStuck, t_ + 500h), 0u);
}

TEST_F(Lamps, UnansweredLightsUntilSomebodyAnswers) {
  auto m = deal_opened("a deal");
  m.set_answer_by((t_ + 15min).us);
  const auto deal = open(std::move(m));
  expect_lights_at(LampCode::kUnanswered, t_ + 15min);
  given(deal, touch("call", "out", "no_answer"));
  EXPECT_EQ(lit(LampCode::kUnanswered, t_ + 1h), 1u);
  given(deal, touch("email", "out", "sent", true));
  EXPECT_EQ(lit(LampCode::kUnanswered, t_ + 1h), 0u);
}

TEST_F(Lamps, AQuoteThatWasSentNeedsAFollowUp) {
  const auto deal = open();
  v1::QuoteDrafted drafted;
  drafted.set_quote("quo_1");
  given(deal, drafted);
  EXPECT_EQ(lit(LampCode::kQuoteWithoutFollowUp, t_), 0u);
  v1::QuoteSent sent;
  sent.set_quote("quo_1");
  given(deal, sent);
  EXPECT_EQ(lit(LampCode::kQuoteWithoutFollowUp, t_), 1u);
  given(deal, task_created("tsk_1", "follow_up", "usr_1", due_between(t_, t_ + 1h)));
  EXPECT_EQ(lit(LampCode::kQuoteWithoutFollowUp, t_), 0u);
  v1::TaskCompleted done;
  done.set_task("tsk_1");
  given(deal, done);
  EXPECT_EQ(lit(LampCode::kQuoteWithoutFollowUp, t_), 1u);
  v1::QuoteRejected rejected;
  rejected.set_quote("quo_1");
  given(deal, rejected);
  EXPECT_EQ(lit(LampCode::kQuoteWithoutFollowUp, t_), 0u);
}

TEST_F(Lamps, AnInvoiceIsOverdueFromItsInstantUntilItIsPaidOrVoided) {
  const auto deal = open();
  v1::InvoiceIssued issued;
  issued.set_invoice("inv_1");
  set_money(*issued.mutable_amount(), 50'00);
  issued.set_overdue_at((t_ + 24h).us);
  given(deal, issued);
  expect_lights_at(LampCode::kInvoiceOverdue, t_ + 24h);
  v1::PaymentAllocated part;
  part.set_invoice("inv_1");
  set_money(*part.mutable_amount(), 20'00);
  given(deal, part);
  EXPECT_EQ(lamp(LampCode::kInvoiceOverdue, t_ + 24h).amounts.at(0).decimal(), "30.00");
  set_money(*part.mutable_amount(), 30'00);
  given(deal, part);
  EXPECT_EQ(lit(LampCode::kInvoiceOverdue, t_ + 24h), 0u);
}

TEST_F(Lamps, AnInvoiceOfAWonDealStaysWatchedAndOfALostOneNot) {
  const auto won = open();
  const auto lost = open();
  for (const auto& deal : {won, lost}) {
    v1::InvoiceIssued issued;
    issued.set_invoice("inv_" + deal);
    set_money(*issued.mutable_amount(), 50'00);
    issued.set_overdue_at((t_ + 24h).us);
    given(deal, issued);
  }
  given(won, v1::DealWon());
  given(lost, v1::DealLost());
  const auto context = at(t_ + 24h);
  const auto list = must(LeaksView(context).list(LampCode::kInvoiceOverdue, {}, {}));
  ASSERT_EQ(list.page.items.size(), 1u);
  EXPECT_EQ(list.page.items[0].deal, won);
}

TEST_F(Lamps, APaymentLightsWhileSomethingIsLeftOfIt) {
  given("pay_1", payment_received(100'00));
  EXPECT_EQ(lamp(LampCode::kPaymentUnmatched, t_).amounts.at(0).decimal(), "100.00");
  v1::PaymentMatched matched;
  matched.set_deal("deal_1");
  set_money(*matched.mutable_amount(), 60'00);
  given("pay_1", matched);
  EXPECT_EQ(lamp(LampCode::kPaymentUnmatched, t_).amounts.at(0).decimal(), "40.00");
  set_money(*matched.mutable_amount(), 40'00);
  given("pay_1", matched);
  EXPECT_EQ(lit(LampCode::kPaymentUnmatched, t_), 0u);
}

TEST_F(Lamps, ApprovalWaitsFromSubmissionToApproval) {
  const auto deal = open();
  v1::QuoteDrafted drafted;
  drafted.set_quote("quo_1");
  given(deal, drafted);
  v1::QuoteSubmitted submitted;
  submitted.set_quote("quo_1");
  given(deal, submitted);
  EXPECT_EQ(lit(LampCode::kApprovalWaiting, t_), 1u);
  v1::QuoteApproved approved;
  approved.set_quote("quo_1");
  given(deal, approved);
  EXPECT_EQ(lit(LampCode::kApprovalWaiting, t_), 0u);
}

TEST_F(Lamps, ApprovalWaitsAlsoOfAQuoteThatIsWithTheCustomerAlready) {
  const auto deal = open();
  v1::QuoteDrafted drafted;
  drafted.set_quote("quo_1");
  given(deal, drafted);
  v1::QuoteSent sent;
  sent.set_quote("quo_1");
  given(deal, sent);
  EXPECT_EQ(lit(LampCode::kApprovalWaiting, t_), 0u);
  v1::QuoteSubmitted submitted;
  submitted.set_quote("quo_1");
  given(deal, submitted);
  EXPECT_EQ(lit(LampCode::kApprovalWaiting, t_), 1u);
  v1::QuoteAccepted accepted;
  accepted.set_quote("quo_1");
  given(deal, accepted);
  EXPECT_EQ(lit(LampCode::kApprovalWaiting, t_), 1u);
  v1::QuoteApproved approved;
  approved.set_quote("quo_1");
  given(deal, approved);
  EXPECT_EQ(lit(LampCode::kApprovalWaiting, t_), 0u);
}

TEST_F(Lamps, TheOpenDealsOfAUserWhoLeftNeedAnOwner) {
  given("usr_1", v1::UserRegistered());
  const auto deal = open();
  EXPECT_EQ(lit(LampCode::kOwnerAbsent, t_), 0u);
  v1::AbsenceRecorded away;
  away.set_begins_at((t_ + 24h).us);
  away.set_ends_at((t_ + 48h).us);
  given("usr_1", away);
  EXPECT_EQ(lit(LampCode::kOwnerAbsent, t_ + 24h - 1s), 0u);
  EXPECT_EQ(lit(LampCode::kOwnerAbsent, t_ + 24h), 1u);
  EXPECT_EQ(lit(LampCode::kOwnerAbsent, t_ + 48h), 0u);
  given("usr_1", v1::UserDeactivated());
  EXPECT_EQ(lit(LampCode::kOwnerAbsent, t_), 1u);
  v1::DealOwnerAssigned assigned;
  assigned.set_owner("usr_2");
  given(deal, assigned);
  EXPECT_EQ(lit(LampCode::kOwnerAbsent, t_), 0u);
}

TEST_F(Lamps, ADeliveryInQuarantineLightsUntilItIsReplayed) {
  v1::DeliveryReceived received;
  received.set_source("src_1");
  given("dlv_1", received);
  EXPECT_EQ(lit(LampCode::kDeliveryFailed, t_), 0u);
  v1::DeliveryQuarantined quarantined;
  quarantined.set_source("src_1");
  given("dlv_1", quarantined);
  EXPECT_EQ(lit(LampCode::kDeliveryFailed, t_), 1u);
  v1::DeliveryReplayed replayed;
  replayed.set_source("src_1");
  given("dlv_1", replayed);
  EXPECT_EQ(lit(LampCode::kDeliveryFailed, t_), 0u);
}

TEST_F(Lamps, TheListBehindALampIsAsLongAsItsNumber) {
  for (int i = 0; i < 11; ++i) open();
  const auto context = now();
  const LeaksView view(context);
  std::vector<std::string> seen;
  PageRequest request{.limit = 4};
  for (;;) {
    const auto list = must(view.list(LampCode::kNoNextStep, {}, request));
    EXPECT_EQ(list.lamp.count, 11u);
    for (const auto& leak : list.page.items) seen.push_back(leak.deal);
    if (!list.page.next_cursor) break;
    request.cursor = *list.page.next_cursor;
  }
  EXPECT_EQ(seen.size(), 11u);
  EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), 11u);
}

TEST_F(Lamps, CanBeAskedForOneOwnerAndPipeline) {
  const auto deal = open();
  given(deal, task_created("tsk_1", "call", "usr_2", due_between(t_, t_ + 1h)));
  const auto context = at(t_ + 2h);
  const auto count = [&](const LeakFilter& filter) {
    return must(LeaksView(context).lamps(filter)).at(std::size_t(LampCode::kOverdue)).count;
  };
  EXPECT_EQ(count({.owner = "usr_2"}), 1u);  // whose task it is
  EXPECT_EQ(count({.owner = "usr_1"}), 0u);
  EXPECT_EQ(count({.pipeline = "web-studio"}), 1u);
  EXPECT_EQ(count({.pipeline = "other"}), 0u);
}

TEST_F(Lamps, ASourceThatWentSilentLightsWhenItsTimeIsOver) {
  const auto source = history_.make_id<SourceId>();
  v1::SourceConnected connected;
  connected.set_provider("tilda");
  connected.set_settings_json(R"({"silent_after_hours":24})");
  given(source, connected);
  expect_lights_at(LampCode::kDeliveryFailed, t_ + 24h);
  history_.clock().advance(23h);
  v1::DeliveryReceived received;
  received.set_source(source);
  const auto delivery = history_.make_id<DeliveryId>();
  given(delivery, received);
  v1::DeliveryAccepted accepted;
  accepted.set_source(source);
  given(delivery, accepted);
  expect_lights_at(LampCode::kDeliveryFailed, t_ + 47h);
  given(source, v1::SourceRemoved());
  EXPECT_EQ(lit(LampCode::kDeliveryFailed, t_ + 100h), 0u);
}

TEST_F(Lamps, AFetchThatWasGivenUpLights) {
  const auto fetch = history_.make_id<FetchId>();
  v1::FetchRequested requested;
  requested.set_source("src_1");
  given(fetch, requested);
  EXPECT_EQ(lit(LampCode::kDeliveryFailed, t_), 0u);
  v1::FetchFailed failed;
  failed.set_source("src_1");
  given(fetch, failed);
  EXPECT_EQ(lit(LampCode::kDeliveryFailed, t_), 1u);
}

TEST_F(Lamps, AMailboxThatCannotBeReadLightsUntilItCan) {
  const auto source = history_.make_id<SourceId>();
  v1::SourceConnected connected;
  connected.set_provider("imap");
  connected.set_settings_json("{}");
  given(source, connected);
  v1::MailboxFailed failed;
  failed.set_source(source);
  failed.set_code("login_refused");
  given("mbx_1", failed);
  EXPECT_EQ(lit(LampCode::kDeliveryFailed, t_), 1u);
  v1::MailboxConnected recovered;
  recovered.set_source(source);
  given("mbx_1", recovered);
  EXPECT_EQ(lit(LampCode::kDeliveryFailed, t_), 0u);
  given("mbx_1", failed);
  given(source, v1::SourceRemoved());
  EXPECT_EQ(lit(LampCode::kDeliveryFailed, t_), 0u);
}

}  // namespace
}  // namespace dealog::views
