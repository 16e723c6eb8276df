// Laws of the command bus over random histories.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "libs/command/use_cases/payments.hpp"
#include "libs/domain/payment/payment.hpp"
#include "tests/unit/command/workshop.hpp"

namespace dealog {
namespace {

deal::Command random_command(int choice, int n) {
  switch (choice % 8) {
    case 0:
      return call_connected("note " + std::to_string(n));
    case 1:
      return deal::CreateTask{.kind = "call", .title = "Call " + std::to_string(n)};
    case 2: {
      deal::ChangeDealDetails change;
      change.fields.amount = rub(n + 1);
      return change;
    }
    case 3:
      return deal::LoseDeal{.reason = "no_answer"};
    case 4:
      return deal::ReopenDeal{.reason = "came back"};
    case 5:
      return deal::IssueInvoice{.kind = "interim", .amount = rub(n + 1)};
    case 6:
      return deal::DraftQuote{.contents = {.lines = {{.title = "Site", .unit_price = rub(9)}}}};
    default:
      return deal::ChangeDealStage{.to = "classification", .reason = "r", .override_gates = true};
  }
}

RC_GTEST_PROP(CommandLaws, TheCachedStateIsTheStateThatTheLogTells, ()) {
  // A small cache, so that folds are dropped and read again as well.
  Workshop shop({.threads = 2});
  shop.publish_web_studio();
  std::vector<DealId> deals;
  for (int i = 0; i < 3; ++i) deals.push_back(shop.open_deal());
  const auto steps = *rc::gen::container<std::vector<std::pair<int, int>>>(
      rc::gen::pair(rc::gen::inRange(0, 3), rc::gen::inRange(0, 8)));
  int n = 0;
  for (const auto& [which, choice] : steps) {
    const auto& deal = deals[static_cast<std::size_t>(which)];
    const auto outcome = shop.change(deal, random_command(choice, n++));
    if (!outcome) RC_ASSERT(outcome.error().kind != ErrorKind::kInternal);
    if (n % 7 == 0) shop.bus().cache().mark_behind(deal.text());
    if (n % 11 == 0) shop.bus().cache().forget(deal.text());
    shop.clock.advance(std::chrono::minutes(7));
    for (const auto& one : deals) {
      RC_ASSERT(*shop.state<deal::State>(one.text()) == *shop.fresh<deal::State>(one.text()));
    }
  }
}

RC_GTEST_PROP(CommandLaws, AllocationsAndRefundsStayWithinThePaymentAndAgreeWithTheDeals, ()) {
  Workshop shop({.threads = 2});
  shop.publish_web_studio();
  std::vector<DealId> deals;
  for (int i = 0; i < 3; ++i) deals.push_back(shop.open_deal());
  const auto payment =
      shop.must([](Unit& unit) {
            return use_cases::receive_payment(
                unit, {.provider = "bank", .external_id = "1", .amount = rub(100)});
          })
          .payment;
  const auto steps = *rc::gen::container<std::vector<std::tuple<bool, int, int>>>(
      rc::gen::tuple(rc::gen::arbitrary<bool>(), rc::gen::inRange(0, 3), rc::gen::inRange(1, 60)));
  int n = 0;
  for (const auto& [match, which, roubles] : steps) {
    const auto deal = deals[static_cast<std::size_t>(which)];
    const auto outcome = shop.bus().run(shop.request(payment.text()), [&](Unit& unit) {
      if (match) {
        return use_cases::match_payment(unit, payment,
                                        {.deal = deal, .invoice = {}, .amount = rub(roubles)});
      }
      return use_cases::refund_payment(
          unit, payment,
          {.external_id = std::to_string(++n), .amount = rub(roubles), .refunded_at = {}});
    });
    if (!outcome) {
      RC_ASSERT(outcome.error().code == "payment_overallocated" ||
                outcome.error().code == "refund_exceeds_payment");
    }
    const auto state = shop.state<payment::State>(payment.text());
    RC_ASSERT(state->allocated.minor >= 0);
    RC_ASSERT(state->free().minor >= 0);
    std::int64_t paid = 0;
    for (const auto& one : deals) paid += shop.state<deal::State>(one.text())->paid_minor;
    RC_ASSERT(paid == state->allocated.minor);
    RC_ASSERT(*state == *shop.fresh<payment::State>(payment.text()));
  }
}

}  // namespace
}  // namespace dealog
