// What an administrator does: users and their rights, sources and their secrets, from outside.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/studio.hpp"

namespace dealog::e2e {
namespace {

using ::testing::HasSubstr;

TEST(Administration, AUserIsReadAndChangedAndTheFormKnowsWhenItIsStale) {
  Studio studio;
  const Answer made = must(
      studio.api().post("/v1/users", {{"name", "Anna"}, {"team", "north"}, {"telegram", "4711"}}),
      201);
  const std::string path = "/v1/users/" + made.str("/id");
  const Answer shown = studio.api().read(path);
  EXPECT_EQ(shown.str("/team"), "north");
  EXPECT_EQ(shown.str("/telegram"), "4711");
  EXPECT_EQ(shown.etag(), made.etag());
  const Answer changed = must(studio.api().patch(path,
                                                 {{"name", "Anna P."},
                                                  {"role", "supervisor"},
                                                  {"team", nullptr},
                                                  {"telegram", nullptr},
                                                  {"rights", {"read", "write", "override"}}},
                                                 {{"If-Match", shown.etag()}}),
                              200);
  EXPECT_EQ(changed.str("/name"), "Anna P.");
  EXPECT_EQ(changed.str("/role"), "supervisor");
  EXPECT_TRUE(changed.at("/team").is_null());
  EXPECT_TRUE(changed.at("/telegram").is_null());
  EXPECT_EQ(changed.items("/rights").size(), 3u);
  expect_problem(studio.api().patch(path, {{"name", "B"}}, {{"If-Match", shown.etag()}}), 412,
                 "version_conflict");
  expect_problem(studio.api().patch(path, {{"rights", {"read", "fly"}}}), 400, "invalid_input");
  EXPECT_THAT(studio.api().patch(path, {{"rights", {"read", "fly"}}}).text, HasSubstr("'fly'"));
  expect_problem(studio.api().get("/v1/users/usr_none"), 404, "user_not_found");
  auto seller = studio.user_with({"read", "write"});
  must(seller.get(path), 200);
  expect_problem(seller.patch(path, {{"name", "X"}}), 403, "right_missing");
}

TEST(Administration, ADeactivatedUserIsLockedOutAndTheLastOwnerIsNot) {
  Studio studio;
  const Answer made = must(studio.api().post("/v1/users", {{"name", "Anna"}}), 201);
  const std::string id = made.str("/id"), path = "/v1/users/" + id;
  const std::string token =
      must(studio.api().post("/v1/tokens", {{"user", id}, {"rights", {"read"}}}), 201)
          .str("/token");
  ApiClient anna(studio.server.port(), token);
  must(anna.get("/v1/deals"), 200);
  const Answer gone = must(studio.api().patch(path, {{"active", false}}), 200);
  EXPECT_FALSE(gone.at("/active").as_bool());
  expect_problem(anna.get("/v1/deals"), 401, "invalid_token");
  must(studio.api().patch(path, {{"active", false}}), 200);  // as it is: no change
  expect_problem(studio.api().patch(path, {{"name", "B"}}), 409, "user_inactive");
  const auto head = studio.api().head();
  const Answer users = studio.api().read("/v1/users");
  for (const auto& user : users.items()) {
    if (str(user, "/role") != "owner") continue;
    const std::string owner = "/v1/users/" + str(user, "/id");
    expect_problem(studio.api().patch(owner, {{"active", false}}), 409, "last_owner");
    expect_problem(studio.api().patch(owner, {{"rights", {"read"}}}), 409, "last_admin");
  }
  EXPECT_EQ(studio.api().head(), head);
}

TEST(Administration, ASourceIsPatchedByKeyAndKeepsItsSecret) {
  Studio studio;
  const std::string hook = studio.tilda_hook();
  const std::string id = hook.substr(7, hook.find('/', 7) - 7), path = "/v1/sources/" + id;
  const Answer shown = studio.api().read(path);
  EXPECT_EQ(shown.str("/hook_url"), hook);
  const Answer patched =
      must(studio.api().patch(path, {{"settings", {{"country", "KZ"}, {"pipeline", nullptr}}}},
                              {{"If-Match", shown.etag()}}),
           200);
  EXPECT_EQ(patched.str("/settings/country"), "KZ");
  EXPECT_EQ(patched.str("/settings/time_zone"), "Europe/Moscow") << "what is not named stays";
  EXPECT_EQ(patched.str("/settings/auth/name"), "X-Api-Key");
  EXPECT_FALSE(has(patched.body, "/settings/pipeline")) << "null takes away";
  const auto lead = [&](std::string_view key, std::string_view transaction) {
    return studio.api().deliver(
        hook, "application/x-www-form-urlencoded",
        form_encoded(
            {{"Name", "Anna"}, {"Phone", "+77010000001"}, {"tranid", std::string(transaction)}}),
        Studio::tilda_key(key));
  };
  EXPECT_EQ(lead("form-key-7f3a", "1:1").status, 200) << "the secret that was not named stays";
  must(studio.api().patch(path, {{"secret", "another-key-91cc"}}), 200);
  EXPECT_EQ(lead("form-key-7f3a", "1:2").status, 401);
  EXPECT_EQ(lead("another-key-91cc", "1:3").status, 200);
  expect_problem(studio.api().patch(path, {{"settings", "KZ"}}), 400, "invalid_input");
  expect_problem(studio.api().get("/v1/sources/src_none"), 404, "source_not_found");
  // The address is a secret of administrators.
  auto seller = studio.user_with({"read"});
  EXPECT_FALSE(has(must(seller.get(path), 200).body, "/hook_url"));
}

TEST(Administration, ATrialSaysWhenTheDeliveryWasReceivedAlready) {
  Studio studio;
  const std::string hook = studio.tilda_hook();
  const std::string id = hook.substr(7, hook.find('/', 7) - 7);
  const std::string form =
      form_encoded({{"Name", "Anna"}, {"Phone", "+79160000001"}, {"tranid", "9:9"}});
  const json::value trial{{"body", form},
                          {"content_type", "application/x-www-form-urlencoded"},
                          {"headers", {{"X-Api-Key", "form-key-7f3a"}}}};
  const auto head = studio.api().head();
  const Answer first = must(studio.api().post("/v1/sources/" + id + "/try", trial), 200);
  EXPECT_EQ(first.str("/state"), "accepted");
  EXPECT_TRUE(first.at("/first").is_null());
  EXPECT_EQ(studio.api().head(), head) << "a trial writes nothing";
  const Answer real =
      studio.api().deliver(hook, "application/x-www-form-urlencoded", form, Studio::tilda_key());
  ASSERT_EQ(real.status, 200) << real.shown();
  const Answer again = must(studio.api().post("/v1/sources/" + id + "/try", trial), 200);
  EXPECT_EQ(again.str("/state"), "duplicate");
  EXPECT_EQ(again.str("/first"), std::string(real.headers.get("Dealog-Delivery")));
}

TEST(Administration, WhatATouchATaskOrAPaymentNamesMustBeThere) {
  Studio studio;
  const Answer deal = must(studio.api().post("/v1/deals", {{"title", "Site"}}), 201);
  const std::string path = "/v1/deals/" + deal.str("/id");
  const std::string nobody = "per_00000000000000000000000000000001";
  const auto head = studio.api().head();
  const Answer touch = studio.api().post(
      path + "/touches",
      {{"kind", "call"}, {"direction", "out"}, {"outcome", "connected"}, {"person", nobody}});
  expect_problem(touch, 422, "invalid_input");
  EXPECT_EQ(touch.str("/errors/0/pointer"), "/person");
  EXPECT_EQ(touch.str("/errors/0/code"), "person_not_found");
  const Answer task = studio.api().post(path + "/tasks", {{"kind", "call"},
                                                          {"title", "Call"},
                                                          {"due_date", "2030-01-01"},
                                                          {"participants", {nobody}}});
  expect_problem(task, 422, "invalid_input");
  EXPECT_EQ(task.str("/errors/0/pointer"), "/participants/0");
  const auto payment = [](std::string_view key, std::string_view named, std::string_view currency) {
    return json::object{{"provider", "bank"},
                        {"external_id", key},
                        {"amount", {{"amount", "100.00"}, {"currency", currency}}},
                        {key.starts_with("deal") ? "deal" : "invoice", named}};
  };
  expect_problem(studio.api().post("/v1/payments",
                                   payment("1", "inv_00000000000000000000000000000001", "RUB")),
                 404, "invoice_not_found");
  expect_problem(
      studio.api().post("/v1/payments",
                        payment("deal-1", "deal_00000000000000000000000000000001", "RUB")),
      404, "deal_not_found");
  EXPECT_EQ(studio.api().head(), head);
  // A number may be anybody's: such a payment waits, and says why.
  const Answer waiting =
      must(studio.api().post("/v1/payments", payment("2", "2020-77", "RUB")), 201);
  const Answer shown = studio.api().read("/v1/payments/" + waiting.str("/id"));
  EXPECT_EQ(shown.str("/state"), "unmatched");
  EXPECT_EQ(shown.str("/reason"), "invoice_not_found");
  must(studio.api().post(
           path + "/invoices",
           {{"kind", "prepayment"}, {"amount", {{"amount", "100.00"}, {"currency", "RUB"}}}}),
       201);
  expect_problem(studio.api().post("/v1/payments", payment("deal-2", deal.str("/id"), "USD")), 422,
                 "currency_mismatch");
}

TEST(Administration, ProtobufIsRefusedInWords) {
  Studio studio;
  expect_problem(studio.api().request("POST", "/v1/deals", "\x0a\x01x",
                                      {{"Content-Type", "application/x-protobuf"}}),
                 415, "unsupported_media_type");
  expect_problem(studio.api().get("/v1/events", {{"Accept", "application/x-protobuf"}}), 406,
                 "not_acceptable");
}

TEST(Administration, RefusalsSpeakRussianToWhoeverAsksInRussian) {
  Studio studio;
  const http::ClientHeaders russian{{"Accept-Language", "ru"}};
  EXPECT_THAT(studio.api().get("/v1/deals/deal_00000000000000000000000000000001", russian).text,
              HasSubstr("нет сделки"));
  EXPECT_THAT(studio.api().get("/v1/payments/pay_none", russian).text, HasSubstr("нет платежа"));
  ApiClient anybody(studio.server.port(), "dlg_forged");
  EXPECT_THAT(anybody.get("/v1/deals", russian).text, HasSubstr("токен"));
}

}  // namespace
}  // namespace dealog::e2e
