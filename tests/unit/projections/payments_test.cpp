// Payments, and the triggers that match them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "projections/automation/triggers_projector.hpp"
#include "projections/automation/triggers_view.hpp"
#include "projections/payments/payments_view.hpp"
#include "tests/support/sample_events.hpp"
#include "tests/support/view_fixture.hpp"

namespace dealog::views {
namespace {

using namespace dealog::testing;
using ::testing::ElementsAre;

class Payments : public ViewFixture {
 protected:
  std::string receive(std::int64_t minor, const std::string& invoice = "") {
    const auto id = history_.make_id<PaymentId>();
    given(id, payment_received(minor, invoice));
    return id;
  }
  void match(const std::string& id, std::int64_t minor) {
    v1::PaymentMatched m;
    m.set_deal("deal_1");
    m.set_invoice("inv_1");
    set_money(*m.mutable_amount(), minor);
    given(id, m);
  }
  Payment payment(const std::string& id) {
    const auto context = now();
    return must(PaymentsView(context).get(id)).value();
  }
  std::vector<std::string> listed(const std::string& state) {
    const auto context = now();
    std::vector<std::string> ids;
    for (const auto& p : must(PaymentsView(context).list({state}, {})).items) ids.push_back(p.id);
    return ids;
  }
  std::vector<Trigger> pending() {
    const auto context = now();
    return must(TriggersView(context).pending({}, 100));
  }
};

TEST_F(Payments, AreUnmatchedUntilNothingIsLeft) {
  const auto id = receive(100'00);
  EXPECT_EQ(payment(id).state, "unmatched");
  EXPECT_EQ(payment(id).payer.value, "Ivan Petrov");
  match(id, 60'00);
  EXPECT_EQ(payment(id).state, "unmatched");
  EXPECT_EQ(payment(id).unmatched.decimal(), "40.00");
  match(id, 40'00);
  EXPECT_EQ(payment(id).state, "matched");
  EXPECT_EQ(payment(id).allocations.size(), 1u);
  EXPECT_EQ(payment(id).allocations[0].amount.decimal(), "100.00");
}

TEST_F(Payments, ARefundTakesFromWhatIsFreeOrFromAllocations) {
  const auto id = receive(100'00);
  match(id, 60'00);
  v1::PaymentRefunded refunded;
  set_money(*refunded.mutable_amount(), 50'00);
  auto& share = *refunded.add_shares();
  share.set_deal("deal_1");
  share.set_invoice("inv_1");
  set_money(*share.mutable_amount(), 10'00);
  given(id, refunded);
  EXPECT_EQ(payment(id).state, "matched");
  EXPECT_EQ(payment(id).matched.decimal(), "50.00");
  EXPECT_EQ(payment(id).unmatched.decimal(), "0.00");
  set_money(*share.mutable_amount(), 50'00);
  given(id, refunded);
  EXPECT_EQ(payment(id).state, "refunded");
  EXPECT_TRUE(payment(id).allocations.empty());
}

TEST_F(Payments, AreListedByStateLatestFirst) {
  const auto one = receive(100), two = receive(200), three = receive(300);
  match(two, 200);
  EXPECT_THAT(listed(""), ElementsAre(three, two, one));
  EXPECT_THAT(listed("unmatched"), ElementsAre(three, one));
  EXPECT_THAT(listed("matched"), ElementsAre(two));
}

TEST_F(Payments, OneThatNamesAnInvoiceIsATriggerUntilItIsMatched) {
  const auto id = receive(100, "2026-17");
  const Uuid cause = history_.last_id();
  const auto triggers = pending();
  ASSERT_EQ(triggers.size(), 1u);
  EXPECT_EQ(triggers[0].effect, "allocate_payment");
  EXPECT_EQ(triggers[0].stream, id);
  EXPECT_EQ(triggers[0].cause, cause);
  EXPECT_EQ(triggers[0].invoice_number, "2026-17");
  EXPECT_EQ(triggers[0].id, trigger_id(cause, "allocate_payment"));
  match(id, 100);
  EXPECT_TRUE(pending().empty());
}

TEST_F(Payments, OneThatNamesNothingIsNoTrigger) {
  receive(100);
  EXPECT_TRUE(pending().empty());
}

TEST_F(Payments, EveryEndOfATriggerTakesItAway) {
  const auto skipped = receive(100, "1"), failed = receive(100, "2"), open = receive(100, "3");
  auto triggers = pending();
  ASSERT_EQ(triggers.size(), 3u);
  v1::EffectSkipped skip;
  skip.set_trigger(triggers[0].id);
  given(skipped, skip);
  v1::EffectFailed failure;
  failure.set_trigger(triggers[1].id);
  given(failed, failure);
  v1::EffectSkipped of_another;
  of_another.set_trigger("trg_another");
  given(open, of_another);
  triggers = pending();
  ASSERT_EQ(triggers.size(), 1u);
  EXPECT_EQ(triggers[0].stream, open);
  const auto context = now();
  EXPECT_EQ(must(TriggersView(context).count()), 1u);
}

TEST_F(Payments, TriggersComeInTheOrderOfTheirCauses) {
  for (int i = 0; i < 5; ++i) receive(100, std::to_string(i));
  const auto all = pending();
  ASSERT_EQ(all.size(), 5u);
  for (std::size_t i = 1; i < all.size(); ++i) EXPECT_LT(all[i - 1].position, all[i].position);
  const auto context = now();
  const auto later = must(TriggersView(context).pending(all[1].position, 2));
  ASSERT_EQ(later.size(), 2u);
  EXPECT_EQ(later[0].id, all[2].id);
}

}  // namespace
}  // namespace dealog::views
