#include "libs/domain/payment/payment.hpp"

#include "dealog/v1/commerce_events.pb.h"
#include "tests/unit/domain/aggregate_story.hpp"

namespace dealog::payment {
namespace {

using PaymentStory = testing::Story<State>;

Money rub(std::int64_t roubles) { return {roubles * 100, Currency::parse("RUB").value()}; }
ReceivePayment hundred() {
  return {.provider = "bank", .external_id = "p1", .amount = rub(100), .received_at = {5}};
}
MatchPayment match(std::string deal, std::int64_t roubles, std::string invoice = {}) {
  return {std::move(deal), std::move(invoice), rub(roubles)};
}

// A refund decides more than events: the shares that deals lose.
Refunded refund(PaymentStory& story, std::string id, std::int64_t roubles) {
  auto refunded = decide(story.state(), RefundPayment{std::move(id), rub(roubles), {6}, "back"});
  EXPECT_TRUE(refunded.has_value());
  if (!refunded) return {};
  story.given_events(refunded->events);
  return *refunded;
}
std::string refusal(const PaymentStory& story, const RefundPayment& command) {
  const auto refunded = decide(story.state(), command);
  return refunded ? "" : refunded.error().code;
}

TEST(Payment, HasOneIdForEachProviderAndExternalId) {
  EXPECT_EQ(payment_id("bank", "1"), payment_id("bank", "1"));
  EXPECT_NE(payment_id("bank", "1"), payment_id("bank", "2"));
  EXPECT_NE(payment_id("bank1", ""), payment_id("bank", "1"));
  // For ever: an id that changed would receive old payments a second time.
  EXPECT_EQ(payment_id("yookassa", "2d1f").text(), "pay_183e58cd8ed68e1b9a2078d8eb335acb");
}

TEST(Payment, IsReceivedOnce) {
  PaymentStory story;
  story.when(hundred()).then({"PaymentReceived"});
  EXPECT_EQ(story.tags(), std::vector<Tag>{open_tag("payment:bank:p1")});
  EXPECT_EQ(story.events().front().occurred->at, Timestamp{5});
  EXPECT_EQ(story.state().match_state(), MatchState::kUnmatched);
  EXPECT_EQ(story.state().free(), rub(100));
  story.when(hundred()).then({});
  auto other = hundred();
  other.amount = rub(99);
  story.when(other).then_refused("payment_differs");
}

TEST(Payment, NamesEveryWrongField) {
  PaymentStory().when(ReceivePayment{}).then_invalid({"/provider", "/external_id", "/amount"});
  auto negative = hundred();
  negative.amount = rub(-1);
  PaymentStory().when(negative).then_invalid({"/amount"});
  auto enormous = hundred();
  enormous.amount.minor = kMaxMoneyMinor + 1;
  PaymentStory().when(enormous).then_invalid({"/amount"});
}

TEST(Payment, AllocationsNeverExceedIt) {
  PaymentStory story;
  story.given(hundred()).given(match("deal_1", 60));
  EXPECT_EQ(story.state().match_state(), MatchState::kPartly);
  story.when(match("deal_2", 41)).then_refused("payment_overallocated");
  story.when(match("deal_2", 40, "inv_1")).then({"PaymentMatched"});
  EXPECT_EQ(story.state().match_state(), MatchState::kMatched);
  EXPECT_EQ(story.state().allocated, rub(100));
  story.when(match("deal_2", 1)).then_refused("payment_overallocated");
}

TEST(Payment, IsMatchedInItsOwnCurrency) {
  PaymentStory story;
  story.given(hundred());
  auto euros = match("deal_1", 1);
  euros.amount.currency = Currency::parse("EUR").value();
  story.when(euros).then_refused("currency_mismatch");
  story.when(match("deal_1", 0)).then_invalid({"/amount"});
  PaymentStory().when(match("deal_1", 1)).then_refused("payment_not_found");
}

TEST(Payment, ARefundTakesWhatIsNotMatchedFirst) {
  PaymentStory story;
  story.given(hundred()).given(match("deal_1", 60));
  EXPECT_TRUE(refund(story, "r1", 30).shares.empty());
  EXPECT_EQ(story.state().free(), rub(10));
  EXPECT_EQ(story.state().refunded, rub(30));
  story.when(match("deal_1", 11)).then_refused("payment_overallocated");
}

TEST(Payment, ARefundThenTakesFromTheNewestAllocations) {
  PaymentStory story;
  story.given(hundred()).given(match("deal_1", 50, "inv_1")).given(match("deal_2", 40));
  const auto refunded = refund(story, "r1", 70);
  ASSERT_EQ(refunded.shares.size(), 2u);
  EXPECT_EQ(refunded.shares[0], (Allocation{"deal_2", "", rub(40)}));
  EXPECT_EQ(refunded.shares[1], (Allocation{"deal_1", "inv_1", rub(20)}));
  EXPECT_EQ(story.state().allocations, (std::vector<Allocation>{{"deal_1", "inv_1", rub(30)}}));
  EXPECT_EQ(story.state().allocated, rub(30));
  EXPECT_EQ(story.state().free(), rub(0));
}

TEST(Payment, ARepeatedRefundChangesNothingAndNoneExceedsIt) {
  PaymentStory story;
  story.given(hundred());
  refund(story, "r1", 60);
  EXPECT_TRUE(refund(story, "r1", 60).events.empty());
  EXPECT_EQ(refusal(story, {"r2", rub(41), {}, ""}), "refund_exceeds_payment");
  refund(story, "r2", 40);
  EXPECT_EQ(story.state().match_state(), MatchState::kMatched);
  EXPECT_EQ(refusal(story, {"", rub(0), {}, ""}), "invalid_input");
}

}  // namespace
}  // namespace dealog::payment
