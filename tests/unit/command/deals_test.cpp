#include "libs/command/use_cases/deals.hpp"

#include "dealog/v1/deal_events.pb.h"
#include "libs/command/use_cases/payments.hpp"
#include "libs/command/use_cases/users.hpp"
#include "libs/domain/payment/payment.hpp"
#include "tests/unit/command/workshop.hpp"

namespace dealog {
namespace {

using use_cases::OnOpenDeal;
using use_cases::OpenDealInput;
using Names = std::vector<std::string>;

struct DealsTest : ::testing::Test {
  DealsTest() { shop.publish_web_studio(); }

  Error refusal(const DealId& deal, const deal::Command& command) {
    const auto outcome = shop.change(deal, command);
    EXPECT_FALSE(outcome.has_value());
    return outcome ? Error{} : outcome.error();
  }
  void must_change(const DealId& deal, const deal::Command& command) {
    const auto outcome = shop.change(deal, command);
    ASSERT_TRUE(outcome) << outcome.error().code << " " << outcome.error().message << " "
                         << outcome.error().data;
  }
  OpenDealInput lead() {
    return {.deal = {.title = "Lead", .source = "src_form"},
            .person = somebody("Anna", "+79165550177"),
            .on_open_deal = OnOpenDeal::kTouch,
            .touch = deal::RecordTouch{.kind = "form", .direction = "in", .outcome = "received"}};
  }
  use_cases::OpenedDeal open(const OpenDealInput& input) {
    return shop.must([&](Unit& unit) { return use_cases::open_deal(unit, input); });
  }

  Workshop shop;
};

TEST_F(DealsTest, ALeadMakesPersonDealTaskAndTouchInOneAppend) {
  const auto opened = open(lead());
  EXPECT_TRUE(opened.opened);
  EXPECT_EQ(shop.event_names({2}),
            (Names{"PersonRegistered", "DealOpened", "TaskCreated", "TouchRecorded"}));
  const auto deal = shop.state<deal::State>(opened.deal.text());
  EXPECT_EQ(deal->stage(), "incoming");
  EXPECT_EQ(deal->contact()->person, *opened.person);
  std::uint32_t count = 0;
  ASSERT_TRUE(shop.log.read({2}, Direction::kForward, 1, [&](const StoredEvent& stored) {
    count = decode(stored.record, Open::kNothing, nullptr)->append_count;
    return true;
  }));
  EXPECT_EQ(count, 4u);
}

TEST_F(DealsTest, ASecondLeadOfAPersonWithAnOpenDealIsATouchOnIt) {
  const auto first = open(lead());
  const auto second = open(lead());
  EXPECT_EQ(second.deal, first.deal);
  EXPECT_FALSE(second.opened);
  EXPECT_EQ(shop.event_names({6}), Names{"TouchRecorded"});
  must_change(first.deal, deal::LoseDeal{.reason = "no_answer"});
  const auto third = open(lead());
  EXPECT_NE(third.deal, first.deal);
  EXPECT_TRUE(third.opened);
}

TEST_F(DealsTest, ALeadFindsTheOpenDealOfWhoWasMergedIntoThePerson) {
  const auto first = open(lead());
  const auto winner = shop.must([](Unit& unit) {
    return use_cases::register_person(unit, somebody("Anna K", "", "anna@example.ru"));
  });
  ASSERT_TRUE(shop.bus().run(shop.request(), [&](Unit& unit) {
    return use_cases::merge_people(unit, *first.person, winner);
  }));
  const auto second = open(lead());
  EXPECT_EQ(second.person, winner);
  EXPECT_EQ(second.deal, first.deal);
}

TEST_F(DealsTest, SomebodyMayOpenAnotherDealOnPurpose) {
  const auto first = open(lead());
  auto another = lead();
  another.on_open_deal = OnOpenDeal::kOpenAnother;
  EXPECT_NE(open(another).deal, first.deal);
}

TEST_F(DealsTest, PersonAndCompanyMayBeNamedById) {
  const auto person = shop.must([](Unit& unit) {
    return use_cases::register_person(unit, somebody("Anna", "+79165550177"));
  });
  const auto opened = open({.deal = {.title = "Site", .source = "phone"},
                            .person = person,
                            .company = use_cases::CompanyInput{.name = "Studio"}});
  const auto deal = shop.state<deal::State>(opened.deal.text());
  EXPECT_EQ(deal->contact()->person, person);
  EXPECT_FALSE(deal->company.is_nil());
  const auto nobody = shop.bus().run_for(shop.request(), [](Unit& unit) {
    return use_cases::open_deal(
        unit, {.deal = {.title = "Site"}, .person = PersonId(Uuid::derived({}, "nobody"))});
  });
  EXPECT_EQ(nobody.error().code, "person_not_found");
}

TEST_F(DealsTest, APipelineWithoutARegulationHasNoDeals) {
  const auto done = shop.bus().run_for(shop.request(), [](Unit& unit) {
    return use_cases::open_deal(unit, {.deal = {.title = "x"}, .pipeline = "unknown"});
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, "pipeline_not_found");
}

TEST_F(DealsTest, AGateReadsThePersonAndNamesWhatItJudged) {
  const auto without = shop.open_deal();
  must_change(without, call_connected());
  const auto refused = refusal(without, deal::ChangeDealStage{.to = "classification"});
  EXPECT_EQ(refused.code, "gate_not_met");

  const auto opened = open(lead());
  must_change(opened.deal, call_connected());
  must_change(opened.deal, deal::ChangeDealStage{.to = "classification"});
  std::optional<RecordedEvent> moved;
  ASSERT_TRUE(shop.log.read_stream(opened.deal.text(), {UINT64_MAX}, Direction::kBackward, 9,
                                   [&](const StoredEvent& stored) {
                                     auto event = *decode(stored.record, Open::kNothing, nullptr);
                                     if (event.as<v1::DealStageChanged>() == nullptr) return true;
                                     moved = std::move(event);
                                     return false;
                                   }));
  ASSERT_TRUE(moved.has_value());
  std::map<std::string, std::uint64_t> judged;
  for (const auto& one : moved->as<v1::DealStageChanged>()->judged()) {
    judged[one.stream()] = one.version();
  }
  EXPECT_EQ(judged, (std::map<std::string, std::uint64_t>{{opened.person->text(), 1},
                                                          {"pip_web-studio", 1}}));
}

TEST_F(DealsTest, AMoveIsDecidedAgainWhenThePersonChangedMeanwhile) {
  const auto opened = open(lead());
  must_change(opened.deal, call_connected());
  int attempts = 0;
  const auto outcome = shop.bus().run(shop.request(opened.deal.text()), [&](Unit& unit) {
    auto result =
        use_cases::change_deal(unit, opened.deal, deal::ChangeDealStage{.to = "classification"});
    if (++attempts == 1) {
      // The only phone goes away between the decision and the append, past this bus.
      ManualClock clock{shop.clock.now()};
      CommandBus other(shop.log, shop.keys, clock, shop.ids, {.threads = 1});
      std::thread([&] {
        EXPECT_TRUE(other.run(shop.request(), [&](Unit& beside) {
          return use_cases::change_person(
              beside, *opened.person,
              {.details = {}, .add = {}, .remove = {{.text = "+79165550177"}}});
        }));
      }).join();
    }
    return result;
  });
  ASSERT_FALSE(outcome);
  EXPECT_EQ(attempts, 2);
  EXPECT_EQ(outcome.error().code, "gate_not_met");
}

TEST_F(DealsTest, WhatTheTransitionsSayIsWhatTheMoveDoes) {
  const auto opened = open(lead());
  const auto ask = [&] {
    const auto options =
        use_cases::deal_options(shop.folds(), opened.deal, user::Rights::all(), {"user", "usr_1"},
                                shop.clock.now(), rules::Language::kEn);
    EXPECT_TRUE(options.has_value());
    for (const auto& option : *options) {
      if (option.stage == "classification") return option.allowed;
    }
    return false;
  };
  EXPECT_FALSE(ask());
  EXPECT_EQ(refusal(opened.deal, deal::ChangeDealStage{.to = "classification"}).code,
            "gate_not_met");
  must_change(opened.deal, call_connected());
  EXPECT_TRUE(ask());
  must_change(opened.deal, deal::ChangeDealStage{.to = "classification"});
}

TEST_F(DealsTest, RightsOfTheActorReachTheDecision) {
  const auto deal = shop.open_deal();
  deal::ChangeDealStage move{
      .to = "classification", .reason = "big client", .override_gates = true};
  auto request = shop.request(deal.text());
  request.rights = {user::Right::kRead, user::Right::kWrite};
  const auto refused =
      shop.bus().run(request, [&](Unit& unit) { return use_cases::change_deal(unit, deal, move); });
  EXPECT_EQ(refused.error().code, "right_missing");
  must_change(deal, move);
}

TEST_F(DealsTest, AThingIsFoundByItsIdAndBelongsToItsDeal) {
  const auto deal = shop.open_deal();
  const auto task = shop.state<deal::State>(deal.text())->open_tasks.front().id;
  EXPECT_EQ(use_cases::deal_of(shop.folds(), task.text()), deal);
  const auto unknown = TaskId(Uuid::derived({}, "x")).text();
  EXPECT_EQ(use_cases::deal_of(shop.folds(), unknown).error().code, "task_not_found");
}

TEST_F(DealsTest, ADueDayIsReckonedInTheZoneOfTheAssignee) {
  const auto user = shop.must([](Unit& unit) {
    return use_cases::register_user(unit, {.name = "Anna",
                                           .role = "seller",
                                           .time_zone = "Asia/Vladivostok",
                                           .rights = {user::Right::kRead}});
  });
  const auto deal = shop.open_deal();
  must_change(deal, deal::CreateTask{.kind = "call",
                                     .title = "Call",
                                     .assignee = user,
                                     .due = {.date = Date::parse("2026-03-20").value()}});
  const auto& task = shop.state<deal::State>(deal.text())->open_tasks.back();
  EXPECT_EQ(task.today_from.rfc3339(), "2026-03-19T14:00:00.000000Z");
  EXPECT_EQ(task.overdue_at.rfc3339(), "2026-03-20T14:00:00.000000Z");
}

TEST_F(DealsTest, AnUnknownDealPersonOrCompanyIsNotFound) {
  const DealId nobody(Uuid::derived({}, "x"));
  EXPECT_EQ(refusal(nobody, call_connected()).code, "deal_not_found");
  EXPECT_EQ(refusal(nobody, deal::LoseDeal{.reason = "price"}).code, "deal_not_found");
  const auto deal = shop.open_deal();
  EXPECT_EQ(refusal(deal, deal::SetParticipant{PersonId(Uuid::derived({}, "p")), "payer"}).code,
            "person_not_found");
  EXPECT_EQ(refusal(deal, deal::LinkCompany{CompanyId(Uuid::derived({}, "c"))}).code,
            "company_not_found");
}

struct MoneyTest : DealsTest {
  PaymentId receive(std::int64_t roubles, std::string id, std::string number = {}) {
    return shop
        .must([&](Unit& unit) {
          return use_cases::receive_payment(unit, {.provider = "bank",
                                                   .external_id = id,
                                                   .amount = rub(roubles),
                                                   .received_at = shop.clock.now(),
                                                   .invoice_number = number});
        })
        .payment;
  }
  Result<Outcome> match(const PaymentId& payment, const use_cases::MatchTarget& target) {
    return shop.bus().run(shop.request(payment.text()), [&](Unit& unit) {
      return use_cases::match_payment(unit, payment, target);
    });
  }
  InvoiceId issue(const DealId& deal, std::int64_t roubles) {
    must_change(deal, deal::IssueInvoice{.kind = "interim", .amount = rub(roubles)});
    return shop.state<deal::State>(deal.text())->invoices.back().id;
  }
};

TEST_F(MoneyTest, AnInvoiceIsFoundByNumberAndById) {
  const auto deal = shop.open_deal();
  const auto invoice = issue(deal, 100);
  const auto by_number = use_cases::find_invoice(shop.folds(), "2026-1");
  ASSERT_TRUE(by_number && *by_number);
  EXPECT_EQ((*by_number)->invoice, invoice);
  EXPECT_EQ((*by_number)->deal, deal);
  EXPECT_EQ((*use_cases::find_invoice(shop.folds(), invoice.text()))->deal, deal);
  EXPECT_FALSE(use_cases::find_invoice(shop.folds(), "2026-2")->has_value());
  EXPECT_FALSE(use_cases::find_invoice(shop.folds(), "")->has_value());
}

TEST_F(MoneyTest, NumbersBeginAnewEachYear) {
  const auto deal = shop.open_deal();
  issue(deal, 1);
  issue(deal, 2);
  shop.clock.set(Timestamp::parse("2026-12-31T21:30:00Z").value());  // 2027 in Moscow
  issue(deal, 3);
  const auto& invoices = shop.state<deal::State>(deal.text())->invoices;
  EXPECT_EQ(invoices[0].number, "2026-1");
  EXPECT_EQ(invoices[1].number, "2026-2");
  EXPECT_EQ(invoices[2].number, "2027-1");
}

TEST_F(MoneyTest, AMatchIsOneAppendToPaymentAndDeal) {
  const auto deal = shop.open_deal();
  const auto invoice = issue(deal, 100);
  const auto payment = receive(250, "p1");
  const auto outcome = match(payment, {.deal = {}, .invoice = invoice, .amount = {}});
  ASSERT_TRUE(outcome) << outcome.error().message;
  ASSERT_EQ(outcome->events.size(), 2u);
  EXPECT_EQ(outcome->events[0].stream, payment.text());
  EXPECT_EQ(outcome->events[1].stream, deal.text());
  // As much as the invoice lacks.
  EXPECT_EQ(shop.state<deal::State>(deal.text())->paid(), rub(100));
  EXPECT_EQ(shop.state<payment::State>(payment.text())->free(), rub(150));
  EXPECT_EQ(match(payment, {.deal = {}, .invoice = invoice, .amount = {}}).error().code,
            "nothing_to_match");
  ASSERT_TRUE(match(payment, {.deal = deal, .invoice = {}, .amount = {}}));
  EXPECT_EQ(shop.state<deal::State>(deal.text())->paid(), rub(250));
  EXPECT_EQ(match(payment, {.deal = deal, .invoice = {}, .amount = rub(1)}).error().code,
            "payment_overallocated");
}

TEST_F(MoneyTest, AMatchNeedsATargetThatAgreesWithItself) {
  const auto deal = shop.open_deal();
  const auto other = shop.open_deal();
  const auto invoice = issue(deal, 100);
  const auto payment = receive(100, "p1");
  EXPECT_EQ(match(payment, {}).error().code, "invalid_input");
  EXPECT_EQ(match(payment, {.deal = other, .invoice = invoice, .amount = {}}).error().code,
            "invalid_input");
  EXPECT_EQ(match(PaymentId(Uuid::derived({}, "x")), {.deal = deal, .invoice = {}, .amount = {}})
                .error()
                .code,
            "payment_not_found");
  EXPECT_EQ(match(payment, {.deal = DealId(Uuid::derived({}, "x")), .invoice = {}, .amount = {}})
                .error()
                .code,
            "deal_not_found");
}

TEST_F(MoneyTest, ARefundGoesBackThroughTheDealsThatItPaid) {
  const auto one = shop.open_deal();
  const auto two = shop.open_deal();
  const auto payment = receive(100, "p1");
  ASSERT_TRUE(match(payment, {.deal = one, .invoice = {}, .amount = rub(50)}));
  ASSERT_TRUE(match(payment, {.deal = two, .invoice = {}, .amount = rub(30)}));
  const auto refund = [&] {
    return shop.bus().run(shop.request(payment.text()), [&](Unit& unit) {
      return use_cases::refund_payment(unit, payment,
                                       {.external_id = "r1", .amount = rub(60), .refunded_at = {}});
    });
  };
  const auto outcome = refund();
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(shop.state<deal::State>(two.text())->paid(), rub(0));
  EXPECT_EQ(shop.state<deal::State>(one.text())->paid(), rub(40));
  const auto state = shop.state<payment::State>(payment.text());
  EXPECT_EQ(state->allocated, rub(40));
  EXPECT_EQ(state->refunded, rub(60));
  EXPECT_TRUE(refund()->events.empty());
}

}  // namespace
}  // namespace dealog
