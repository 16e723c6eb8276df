// The same request twice, the same delivery fifty times, an edit of something that has changed.
#include <thread>

#include <gtest/gtest.h>

#include "tests/e2e/studio.hpp"

namespace dealog::e2e {
namespace {

constexpr std::string_view kForm = "application/x-www-form-urlencoded";

json::object a_deal(std::string_view title) { return {{"title", title}, {"source", "fair"}}; }

TEST(Repetition, TheSameRequestGivesTheFirstAnswerAlsoAfterARestart) {
  Studio studio;
  const http::ClientHeaders key{{"Idempotency-Key", "open-1"}};
  const Answer first = must(studio.api().post("/v1/deals", a_deal("Bakery"), key), 201);
  const Answer second = must(studio.api().post("/v1/deals", a_deal("Bakery"), key), 201);
  EXPECT_EQ(second.text, first.text);
  EXPECT_EQ(second.position(), first.position());
  EXPECT_EQ(second.etag(), first.etag());
  studio.kill_and_restart();
  const Answer third = must(studio.api().post("/v1/deals", a_deal("Bakery"), key), 201);
  EXPECT_EQ(third.str("/id"), first.str("/id"));
  EXPECT_EQ(third.position(), first.position());
  EXPECT_EQ(studio.api().read("/v1/deals").items().size(), 1u);
}

TEST(Repetition, TheFirstAnswerStaysAfterTheDealHasChanged) {
  Studio studio;
  const http::ClientHeaders key{{"Idempotency-Key", "open-2"}};
  const Answer first = must(studio.api().post("/v1/deals", a_deal("Bakery"), key), 201);
  must(studio.api().patch("/v1/deals/" + first.str("/id"), {{"title", "Pastry"}}), 200);
  const Answer again = must(studio.api().post("/v1/deals", a_deal("Bakery"), key), 201);
  EXPECT_EQ(again.str("/title"), "Bakery");
  EXPECT_EQ(again.position(), first.position());
  EXPECT_EQ(again.text, first.text);
}

TEST(Repetition, AnotherBodyUnderTheKeyIsRefused) {
  Studio studio;
  const http::ClientHeaders key{{"Idempotency-Key", "open-3"}};
  must(studio.api().post("/v1/deals", a_deal("Bakery"), key), 201);
  const auto head = studio.api().head();
  expect_problem(studio.api().post("/v1/deals", a_deal("Butcher"), key), 422,
                 "idempotency_key_reused");
  studio.kill_and_restart();
  expect_problem(studio.api().post("/v1/deals", a_deal("Butcher"), key), 422,
                 "idempotency_key_reused");
  EXPECT_EQ(studio.api().head(), head);
}

TEST(Repetition, TheKeyBelongsToOneUserMethodAndPath) {
  Studio studio;
  const http::ClientHeaders key{{"Idempotency-Key", "shared"}};
  const Answer mine = must(studio.api().post("/v1/deals", a_deal("Mine"), key), 201);
  ApiClient colleague = studio.user_with({"read", "write", "personal"});
  const Answer theirs = must(colleague.post("/v1/deals", a_deal("Theirs"), key), 201);
  EXPECT_NE(mine.str("/id"), theirs.str("/id"));
  must(studio.api().post("/v1/companies", {{"name", "Bakery"}}, key), 201);
}

TEST(Repetition, ARefusalIsJudgedAnew) {
  Studio studio;
  const std::string deal =
      "/v1/deals/" + must(studio.api().post("/v1/deals", {{"title", "Bakery"},
                                                          {"source", "fair"},
                                                          {"person", {{"phone", "+79035551234"}}}}),
                          201)
                         .str("/id");
  const http::ClientHeaders key{{"Idempotency-Key", "move-1"}};
  const json::object move{{"to", "classification"}};
  expect_problem(studio.api().post(deal + "/transitions", move, key), 422, "gate_not_met");
  must(studio.api().post(deal + "/touches",
                         {{"kind", "call"}, {"direction", "out"}, {"outcome", "connected"}}),
       201);
  EXPECT_EQ(must(studio.api().post(deal + "/transitions", move, key), 200).str("/stage"),
            "classification");
  EXPECT_EQ(must(studio.api().post(deal + "/transitions", move, key), 200).str("/stage"),
            "classification");
}

TEST(Repetition, AnEditOfAnOldVersionIsRefusedAndATouchMakesNoFormStale) {
  Studio studio;
  const Answer opened = must(studio.api().post("/v1/deals", a_deal("Bakery")), 201);
  const std::string deal = "/v1/deals/" + opened.str("/id");
  ASSERT_FALSE(opened.etag().empty());
  must(studio.api().post(deal + "/touches",
                         {{"kind", "note"}, {"direction", "internal"}, {"outcome", "held"}}),
       201);
  const http::ClientHeaders seen{{"If-Match", opened.etag()}};
  const Answer edited = must(studio.api().patch(deal, {{"title", "Pastry"}}, seen), 200);
  EXPECT_NE(edited.etag(), opened.etag());
  EXPECT_EQ(studio.api().read(deal).etag(), edited.etag());
  const auto head = studio.api().head();
  expect_problem(studio.api().patch(deal, {{"title", "Butcher"}}, seen), 412, "version_conflict");
  EXPECT_EQ(studio.api().head(), head);
  EXPECT_EQ(studio.api().read(deal).str("/title"), "Pastry");
}

json::value the_source(ApiClient& api) { return api.read("/v1/sources").items().at(0); }

void expect_counters_add_up(const json::value& source) {
  EXPECT_EQ(counted(source, "received"), counted(source, "pending") + counted(source, "accepted") +
                                             counted(source, "duplicate") +
                                             counted(source, "quarantined") +
                                             counted(source, "ignored"))
      << json::serialize(source);
}

TEST(Repetition, FiftyCopiesOfADeliveryAtOnceMakeOneDealAndOnePerson) {
  Studio studio;
  const std::string hook = studio.tilda_hook();
  const std::string body = form_encoded(
      {{"Name", "Fedor"}, {"Phone", "+79055550101"}, {"tranid", "77:50"}, {"formid", "f1"}});
  std::vector<std::thread> senders;
  std::atomic<int> taken = 0;
  std::atomic<std::uint64_t> last = 0;
  for (int sender = 0; sender < 5; ++sender) {
    senders.emplace_back([&] {
      ApiClient client(studio.server.port(), "");
      for (int copy = 0; copy < 10; ++copy) {
        const Answer answer = client.deliver(hook, kForm, body, Studio::tilda_key());
        if (answer.status == 200 && answer.text == "ok") ++taken;
      }
      for (auto seen = last.load(); seen < client.seen();) {
        if (last.compare_exchange_weak(seen, client.seen())) break;
      }
    });
  }
  for (auto& sender : senders) sender.join();
  EXPECT_EQ(taken, 50);
  must(studio.api().get("/v1/deals?settled=true&min_position=" + std::to_string(last)), 200);
  EXPECT_EQ(studio.api().read("/v1/deals").items().size(), 1u);
  EXPECT_EQ(studio.api().read("/v1/people").items().size(), 1u);
  const json::value source = the_source(studio.api());
  expect_counters_add_up(source);
  EXPECT_EQ(counted(source, "received"), 50);
  EXPECT_EQ(counted(source, "accepted"), 1);
  EXPECT_EQ(counted(source, "duplicate"), 49);
}

// Two forms of one person, sent at the same moment: one person, known by the number.
TEST(Repetition, DeliveriesOfOnePersonAtTheSameMomentDoNotDoubleThePerson) {
  Studio studio;
  const std::string hook = studio.tilda_hook();
  std::vector<std::thread> senders;
  for (int sender = 0; sender < 8; ++sender) {
    senders.emplace_back([&, sender] {
      ApiClient client(studio.server.port(), "");
      must(client.deliver(hook, kForm,
                          form_encoded({{"Name", "Fedor"},
                                        {"Phone", "8 905 555-01-02"},
                                        {"tranid", "78:" + std::to_string(sender)}}),
                          Studio::tilda_key()),
           200);
    });
  }
  for (auto& sender : senders) sender.join();
  studio.kill_and_restart();
  const auto head = studio.api().head();
  must(studio.api().get("/v1/deals?settled=true&min_position=" + std::to_string(head)), 200);
  EXPECT_EQ(studio.api().read("/v1/people").items().size(), 1u);
  const json::value source = the_source(studio.api());
  expect_counters_add_up(source);
  EXPECT_EQ(counted(source, "accepted"), 8);
}

TEST(Repetition, WhatCannotBeReadWaitsInQuarantineAndIsReplayed) {
  Studio studio;
  const Answer source =
      must(studio.api().post(
               "/v1/sources",
               {{"provider", "generic"},
                {"name", "Form"},
                {"settings",
                 {{"country", "RU"},
                  {"currency", "RUB"},
                  {"time_zone", "Europe/Moscow"},
                  {"fields",
                   {{"name", "who"},
                    {"phone", "tel"},
                    {"amount", {{"path", "sum"}, {"transforms", json::array{"money_major"}}}}}}}}}),
           201);
  const Answer taken = studio.api().deliver(source.str("/hook_url"), "application/json",
                                            R"({"who":"Gleb","tel":"+79055550303","sum":"a lot"})");
  const std::string delivery =
      "/v1/deliveries/" + std::string(taken.headers.get("Dealog-Delivery"));
  const Answer refused = studio.api().read(delivery);
  EXPECT_EQ(refused.str("/state"), "quarantined") << refused.shown();
  EXPECT_FALSE(refused.str("/reason").empty());
  EXPECT_TRUE(studio.api().read("/v1/deals").items().empty());
  expect_counters_add_up(the_source(studio.api()));
  must(studio.api().patch("/v1/sources/" + source.str("/id"),
                          {{"settings",
                            {{"country", "RU"},
                             {"currency", "RUB"},
                             {"time_zone", "Europe/Moscow"},
                             {"fields", {{"amount", nullptr}}}}}}),
       200);
  must(studio.api().post(delivery + "/replay"), 200);
  const Answer replayed = studio.api().read(delivery);
  EXPECT_EQ(replayed.str("/state"), "accepted") << replayed.shown();
  EXPECT_EQ(studio.api().read("/v1/deals").items().size(), 1u);
  expect_counters_add_up(the_source(studio.api()));
}

TEST(Repetition, APaymentThatFindsNoInvoiceWaitsUntilSomebodyMatchesIt) {
  Studio studio;
  const std::string deal = must(studio.api().post("/v1/deals", a_deal("Bakery")), 201).str("/id");
  const Answer paid = must(
      studio.api().post("/v1/payments", {{"provider", "bank"},
                                         {"external_id", "stm-1"},
                                         {"amount", {{"amount", "1000.00"}, {"currency", "RUB"}}},
                                         {"invoice", "2026-404"}}),
      201);
  EXPECT_EQ(paid.str("/state"), "unmatched");
  EXPECT_EQ(studio.api().read("/v1/payments?state=unmatched").items().size(), 1u);
  const Answer lamp = studio.api().read("/v1/reports/leaks/payment_unmatched");
  EXPECT_EQ(lamp.items().size(), 1u) << lamp.shown();
  must(studio.api().post("/v1/payments/" + paid.str("/id") + "/match", {{"deal", deal}}), 200);
  EXPECT_TRUE(studio.api().read("/v1/payments?state=unmatched").items().empty());
  EXPECT_EQ(studio.api().read("/v1/deals/" + deal).str("/money/paid/amount"), "1000.00");
}

}  // namespace
}  // namespace dealog::e2e
