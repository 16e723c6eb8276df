// Many at once: nobody is doubled, nothing is lost.
#include <latch>
#include <thread>

#include "dealog/v1/commerce_events.pb.h"
#include "dealog/v1/deal_events.pb.h"
#include "dealog/v1/party_events.pb.h"
#include "libs/command/use_cases/payments.hpp"
#include "libs/domain/payment/payment.hpp"
#include "tests/unit/command/workshop.hpp"

namespace dealog {
namespace {

template <class F>
void at_once(int count, const F& body) {
  std::latch start(count);
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      body(i);
    });
  }
  for (auto& thread : threads) thread.join();
}

int count_of(const std::vector<std::string>& names, std::string_view name) {
  return static_cast<int>(std::count(names.begin(), names.end(), name));
}

TEST(Race, TwoDeliveriesOfOnePersonMakeOnePersonAndOneDeal) {
  for (int round = 0; round < 20; ++round) {
    Workshop shop({.threads = 4});
    shop.publish_web_studio();
    std::vector<DealId> deals(8);
    at_once(8, [&](int i) {
      auto request = shop.request();
      request.caller = Caller::kSource;
      const auto done = shop.bus().run_for(std::move(request), [&](Unit& unit) {
        return use_cases::open_deal(
            unit,
            {.deal = {.title = "Lead", .source = "src_form"},
             .person = somebody("Anna", "+7 916 555-01-77"),
             .on_open_deal = use_cases::OnOpenDeal::kTouch,
             .touch = deal::RecordTouch{.kind = "form", .direction = "in", .outcome = "received"}});
      });
      ASSERT_TRUE(done) << done.error().message;
      deals[static_cast<std::size_t>(i)] = done->value->deal;
    });
    const auto names = shop.event_names();
    EXPECT_EQ(count_of(names, "PersonRegistered"), 1);
    EXPECT_EQ(count_of(names, "DealOpened"), 1);
    EXPECT_EQ(count_of(names, "TouchRecorded"), 8);
    for (const auto& deal : deals) EXPECT_EQ(deal, deals.front());
  }
}

TEST(Race, SixtyFourTouchesOfOneDealAreAllThereOnce) {
  Workshop shop({.threads = 4});
  shop.publish_web_studio();
  const auto deal = shop.open_deal();
  const auto before = shop.log.stream_version(deal.text()).value();
  at_once(64, [&](int) {
    auto request = shop.request(deal.text());
    request.access = Access::kShared;
    const auto outcome = shop.bus().run(std::move(request), [&](Unit& unit) {
      return use_cases::change_deal(unit, deal, call_connected());
    });
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_GT(outcome->version_of(deal.text()), before);
  });
  EXPECT_EQ(shop.log.stream_version(deal.text())->value, before.value + 64);
  EXPECT_EQ(*shop.state<deal::State>(deal.text()), *shop.fresh<deal::State>(deal.text()));
  EXPECT_EQ(shop.bus().stats().conflicts, 0u);
}

TEST(Race, TouchesAndEditsOfOneDealEndInTheStateThatTheLogTells) {
  Workshop shop({.threads = 4});
  shop.publish_web_studio();
  const auto deal = shop.open_deal();
  at_once(32, [&](int i) {
    auto request = shop.request(deal.text());
    if (i % 2 == 0) request.access = Access::kShared;
    const auto outcome = shop.bus().run(std::move(request), [&](Unit& unit) -> Result<void> {
      if (i % 2 == 0) return use_cases::change_deal(unit, deal, call_connected());
      deal::ChangeDealDetails change;
      change.fields.title = "Site " + std::to_string(i);
      return use_cases::change_deal(unit, deal, change);
    });
    ASSERT_TRUE(outcome) << outcome.error().message;
  });
  EXPECT_EQ(*shop.state<deal::State>(deal.text()), *shop.fresh<deal::State>(deal.text()));
}

TEST(Race, InvoiceNumbersHaveNoHolesAndNoDoubles) {
  Workshop shop({.threads = 4});
  shop.publish_web_studio();
  std::vector<DealId> deals;
  for (int i = 0; i < 24; ++i) deals.push_back(shop.open_deal());
  at_once(24, [&](int i) {
    const auto outcome = shop.change(deals[static_cast<std::size_t>(i)],
                                     deal::IssueInvoice{.kind = "interim", .amount = rub(1000)});
    ASSERT_TRUE(outcome) << outcome.error().message;
  });
  std::set<std::string> numbers;
  for (const auto& deal : deals) {
    numbers.insert(shop.state<deal::State>(deal.text())->invoices.front().number);
  }
  EXPECT_EQ(numbers.size(), 24u);
  for (int i = 1; i <= 24; ++i) EXPECT_TRUE(numbers.contains("2026-" + std::to_string(i))) << i;
}

TEST(Race, WhoKeepsLosingTakesTurnsSoThatEverybodyWinsSoon) {
  Workshop shop({.threads = 8});
  shop.publish_web_studio();
  std::vector<DealId> deals;
  for (int i = 0; i < 64; ++i) deals.push_back(shop.open_deal());
  at_once(64, [&](int i) {
    const auto deal = deals[static_cast<std::size_t>(i)];
    // Without asking for the lane of invoices: all of them fight for the next number.
    const auto outcome = shop.bus().run(shop.request(deal.text()), [&](Unit& unit) {
      return use_cases::change_deal(unit, deal,
                                    deal::IssueInvoice{.kind = "interim", .amount = rub(1000)});
    });
    EXPECT_TRUE(outcome) << outcome.error().message;
  });
  EXPECT_EQ(shop.state<deal::State>(deals.front().text())->invoices.size(), 1u);
}

TEST(Race, APaymentIsNeverMatchedBeyondItsAmount) {
  Workshop shop({.threads = 4});
  shop.publish_web_studio();
  const auto payment =
      shop.must([](Unit& unit) {
            return use_cases::receive_payment(
                unit, {.provider = "bank", .external_id = "1", .amount = rub(100)});
          })
          .payment;
  std::vector<DealId> deals;
  for (int i = 0; i < 8; ++i) deals.push_back(shop.open_deal());
  std::atomic<int> matched = 0;
  at_once(8, [&](int i) {
    const auto deal = deals[static_cast<std::size_t>(i)];
    auto request = shop.request(payment.text());
    request.also = {deal.text()};
    const auto outcome = shop.bus().run(std::move(request), [&](Unit& unit) {
      return use_cases::match_payment(unit, payment,
                                      {.deal = deal, .invoice = {}, .amount = rub(30)});
    });
    if (outcome) {
      ++matched;
    } else {
      EXPECT_EQ(outcome.error().code, "payment_overallocated");
    }
  });
  EXPECT_EQ(matched, 3);
  const auto state = shop.state<payment::State>(payment.text());
  EXPECT_EQ(state->allocated, rub(90));
  std::int64_t paid = 0;
  for (const auto& deal : deals) paid += shop.state<deal::State>(deal.text())->paid_minor;
  EXPECT_EQ(paid, state->allocated.minor);
}

TEST(Race, TheSamePaymentReceivedTwiceAtOnceIsThereOnce) {
  Workshop shop({.threads = 4});
  std::atomic<int> received = 0;
  at_once(16, [&](int) {
    const auto done = shop.bus().run_for(shop.request(), [](Unit& unit) {
      return use_cases::receive_payment(
          unit, {.provider = "yookassa", .external_id = "p-1", .amount = rub(500)});
    });
    ASSERT_TRUE(done) << done.error().message;
    if (done->value->received) ++received;
  });
  EXPECT_EQ(received, 1);
  EXPECT_EQ(shop.log.head(), Position{1});
}

}  // namespace
}  // namespace dealog
