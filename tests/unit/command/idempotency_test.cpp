#include "dealog/v1/deal_events.pb.h"
#include "tests/unit/command/workshop.hpp"

namespace dealog {
namespace {

struct Opening {
  explicit Opening(Workshop& workshop) : shop(workshop) { shop.publish_web_studio(); }

  Result<Done<use_cases::OpenedDeal>> open(std::string key, std::string body = "body") {
    auto request = shop.request();
    request.idempotency = Workshop::keyed(std::move(key), std::move(body));
    return shop.bus().run_for(std::move(request), [&](Unit& unit) {
      ++runs;
      return use_cases::open_deal(
          unit, {.deal = {.title = "Site", .source = "phone"}, .person = somebody("Anna", "")});
    });
  }

  Workshop& shop;
  int runs = 0;
};

TEST(Idempotency, ARepeatedRequestIsAnsweredFromTheLogAndDoesNothing) {
  Workshop shop;
  Opening opening(shop);
  const auto first = opening.open("k1");
  ASSERT_TRUE(first);
  EXPECT_FALSE(first->outcome.existed);
  const Position head = shop.log.head();
  shop.open_deal("Another, in between");

  const auto again = opening.open("k1");
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->outcome.existed);
  EXPECT_FALSE(again->value.has_value());
  EXPECT_EQ(again->outcome.first, first->outcome.first);
  EXPECT_EQ(again->outcome.last, head);
  EXPECT_EQ(again->outcome.recorded, first->outcome.recorded);
  EXPECT_EQ(opening.runs, 1);
  // What was made then can be told from the outcome alone.
  ASSERT_EQ(again->outcome.events.size(), first->outcome.events.size());
  EXPECT_EQ(again->outcome.find<v1::DealOpened>()->stream, first->value->deal.text());
  EXPECT_EQ(again->outcome.version_of(first->value->deal.text()),
            first->outcome.version_of(first->value->deal.text()));
}

TEST(Idempotency, HoldsAfterARestart) {
  Workshop shop;
  Opening opening(shop);
  const auto first = opening.open("k1");
  ASSERT_TRUE(first);
  shop.restart();
  const auto again = opening.open("k1");
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->outcome.existed);
  EXPECT_EQ(again->outcome.last, first->outcome.last);
  EXPECT_EQ(opening.runs, 1);
}

TEST(Idempotency, AnotherBodyUnderTheSameKeyIsRefused) {
  Workshop shop;
  Opening opening(shop);
  ASSERT_TRUE(opening.open("k1", "one body"));
  const Position head = shop.log.head();
  for (int process = 0; process < 2; ++process) {
    const auto other = opening.open("k1", "another body");
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().kind, ErrorKind::kUnprocessable);
    EXPECT_EQ(other.error().code, "idempotency_key_reused");
    shop.restart();
  }
  EXPECT_EQ(shop.log.head(), head);
}

TEST(Idempotency, AnotherKeyPathMethodOrPrincipalIsAnotherCommand) {
  const auto base = Workshop::keyed("k");
  auto path = base;
  path.path = "/v1/people";
  auto method = base;
  method.method = "PUT";
  auto principal = base;
  principal.principal = "usr_2";
  // Parts that run together differently are not the same.
  auto shifted = base;
  shifted.method = "POST/";
  shifted.path = "v1/deals";
  const std::set<Uuid> ids = {command_id_of(base),      command_id_of(Workshop::keyed("k2")),
                              command_id_of(path),      command_id_of(method),
                              command_id_of(principal), command_id_of(shifted)};
  EXPECT_EQ(ids.size(), 6u);
  EXPECT_EQ(command_id_of(base), command_id_of(Workshop::keyed("k", "other body")));
}

TEST(Idempotency, ARefusalIsJudgedAnew) {
  Workshop shop;
  shop.publish_web_studio();
  bool allowed = false;
  const auto ask = [&] {
    auto request = shop.request();
    request.idempotency = Workshop::keyed("k");
    return shop.bus().run(std::move(request), [&](Unit& unit) -> Result<void> {
      if (!allowed) return fail(ErrorKind::kUnprocessable, "gate_not_met", "not yet");
      TRY(use_cases::register_person(unit, somebody("Anna", "")));
      return {};
    });
  };
  EXPECT_EQ(ask().error().code, "gate_not_met");
  allowed = true;
  ASSERT_TRUE(ask());
  allowed = false;
  const auto again = ask();
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->existed);
}

TEST(Idempotency, AComputedIdHappensOnceWhoeverAsks) {
  Workshop shop;
  const auto register_once = [&](std::string name) {
    auto request = shop.request();
    request.computed_id = Uuid::derived({}, "effect of a cause");
    return shop.bus().run(std::move(request), [&](Unit& unit) -> Result<void> {
      TRY(use_cases::register_person(unit, somebody(name, "")));
      return {};
    });
  };
  const auto first = register_once("Anna");
  ASSERT_TRUE(first);
  shop.restart();
  const auto second = register_once("Boris");
  ASSERT_TRUE(second);
  EXPECT_TRUE(second->existed);
  EXPECT_EQ(second->last, first->last);
  EXPECT_EQ(shop.event_names(), std::vector<std::string>{"PersonRegistered"});
}

}  // namespace
}  // namespace dealog
