#include <gtest/gtest.h>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/connectors/stripe/stripe_amount.hpp"
#include "tests/unit/connectors/deliveries.hpp"

namespace dealog::connectors {
namespace {

namespace json = boost::json;
using testing_support::json_post;
using testing_support::settings_of;

constexpr std::string_view kSecret = "whsec_of_the_endpoint";

const Provider& stripe() { return *find_provider("stripe"); }
SourceSettings settings(const std::string& more = "{}") {
  return settings_of("stripe", more, json::string(kSecret));
}

json::object intent() {
  return {{"id", "pi_31"},
          {"object", "payment_intent"},
          {"amount", 1250050},
          {"amount_received", 1250050},
          {"currency", "eur"},
          {"description", "Invoice 2026-31"},
          {"customer", "cus_9"},
          {"receipt_email", "Buyer@Example.com"},
          {"metadata", {{"order_id", "2026-31"}, {"lead_id", "L-3"}}}};
}

json::object event(std::string_view type, json::object object) {
  return {{"id", "evt_1"},
          {"object", "event"},
          {"type", type},
          {"created", 1772709700},
          {"livemode", true},
          {"request", {{"id", "req_5"}}},
          {"data", {{"object", std::move(object)}}}};
}

Fact decode(const json::object& body) {
  auto facts = stripe().decode(json_post(json::serialize(body)), settings());
  if (!facts) throw std::runtime_error(facts.error().code);
  return facts->at(0);
}

std::string signature(std::string_view time, std::string_view body) {
  return to_hex(hmac_sha256(kSecret, std::string(time) + "." + std::string(body)));
}

// Received at 2026-03-05T10:00:00Z, signed 100 s before.
Delivery signed_post(std::string_view time = "1772704700") {
  Delivery delivery = json_post(json::serialize(event("payment_intent.succeeded", intent())));
  delivery.headers.emplace_back("Stripe-Signature",
                                "t=" + std::string(time) + ",v1=" + std::string(64, '0') +
                                    ",v1=" + signature(time, delivery.body) + ",v0=00");
  return delivery;
}

TEST(Stripe, ReadsAPaymentInMinorUnits) {
  const Fact fact = decode(event("payment_intent.succeeded", intent()));
  EXPECT_EQ(fact.external_id, "pi_31");
  EXPECT_EQ(fact.key, "stripe:payment:pi_31:paid");
  EXPECT_EQ(fact.occurred_at->us, 1'772'709'700'000'000);
  const auto& paid = std::get<PaymentFact>(fact.content);
  EXPECT_EQ(paid.amount, Money::parse("12500.50", "EUR").value());
  EXPECT_EQ(paid.order_id, "2026-31");
  EXPECT_EQ(paid.lead_ref, "L-3");
  EXPECT_EQ(paid.person.email, "buyer@example.com");
  EXPECT_EQ(paid.person.account, "cus_9");
  EXPECT_FALSE(paid.test);
}

TEST(Stripe, FollowsAPaymentThroughItsStates) {
  const auto status = [](std::string_view type) {
    return std::get<PaymentFact>(decode(event(type, intent())).content).status;
  };
  EXPECT_EQ(status("payment_intent.processing"), PaymentStatus::kPending);
  EXPECT_EQ(status("payment_intent.amount_capturable_updated"), PaymentStatus::kAuthorized);
  EXPECT_EQ(status("payment_intent.payment_failed"), PaymentStatus::kFailed);
  EXPECT_EQ(status("payment_intent.canceled"), PaymentStatus::kCanceled);
}

// Every payment is told by several events, and a source may hear of any of them: one key of all.
TEST(Stripe, CountsMoneyOnce) {
  json::object charge{
      {"id", "ch_1"}, {"amount", 500}, {"currency", "usd"}, {"payment_intent", "pi_31"}};
  const Fact told = decode(event("charge.succeeded", charge));
  EXPECT_EQ(told.key, "stripe:payment:pi_31:paid");
  EXPECT_EQ(told.external_id, "pi_31");
  charge["payment_intent"] = nullptr;
  EXPECT_EQ(decode(event("charge.succeeded", charge)).key, "stripe:payment:ch_1:paid");
}

TEST(Stripe, HoldsTheMoneyOfAChargeThatIsNotCaptured) {
  json::object charge{
      {"id", "ch_1"}, {"amount", 500}, {"currency", "usd"}, {"payment_intent", "pi_31"}};
  charge["captured"] = false;
  EXPECT_EQ(decode(event("charge.succeeded", charge)).key, "stripe:payment:pi_31:authorized");
  charge["captured"] = true;
  charge["amount_captured"] = 300;
  const Fact captured = decode(event("charge.captured", charge));
  EXPECT_EQ(captured.key, "stripe:payment:pi_31:paid");
  EXPECT_EQ(std::get<PaymentFact>(captured.content).amount.decimal(), "3.00");
}

TEST(Stripe, ReadsAPaidCheckoutAsItsPaymentIntent) {
  json::object session{{"id", "cs_1"},
                       {"amount_total", 2050},
                       {"currency", "usd"},
                       {"payment_status", "paid"},
                       {"payment_intent", "pi_31"},
                       {"client_reference_id", "L-9"},
                       {"customer_details", {{"email", "Buyer@Example.com"}, {"name", "B. Uyer"}}}};
  const Fact fact = decode(event("checkout.session.completed", session));
  EXPECT_EQ(fact.key, "stripe:payment:pi_31:paid");
  const auto& paid = std::get<PaymentFact>(fact.content);
  EXPECT_EQ(paid.amount.decimal(), "20.50");
  EXPECT_EQ(paid.lead_ref, "L-9");
  EXPECT_EQ(paid.person.email, "buyer@example.com");
  session["payment_status"] = "unpaid";
  EXPECT_EQ(decode(event("checkout.session.completed", session)).kind(), "ignore");
  session["payment_status"] = "paid";
  session["payment_intent"] = nullptr;
  EXPECT_EQ(decode(event("checkout.session.completed", session)).kind(), "ignore");
}

TEST(Stripe, TakesTheTwoTalesOfOneRefundForOne) {
  json::object charge{{"id", "ch_1"},
                      {"amount", 900},
                      {"currency", "usd"},
                      {"amount_refunded", 500},
                      {"payment_intent", "pi_31"}};
  json::object told = event("charge.refunded", charge);
  told.at("data").as_object()["previous_attributes"] = {{"amount_refunded", 200}};
  const Fact by_charge = decode(told);
  EXPECT_EQ(std::get<RefundFact>(by_charge.content).amount.decimal(), "3.00");
  EXPECT_EQ(std::get<RefundFact>(by_charge.content).payment_id, "pi_31");
  const json::object refund{{"id", "re_1"},
                            {"amount", 300},
                            {"currency", "usd"},
                            {"charge", "ch_1"},
                            {"payment_intent", "pi_31"},
                            {"status", "succeeded"}};
  const Fact by_refund = decode(event("refund.created", refund));
  EXPECT_EQ(by_refund.external_id, "re_1");
  EXPECT_EQ(by_refund.key, by_charge.key);
  EXPECT_EQ(std::get<RefundFact>(by_refund.content).amount.decimal(), "3.00");
}

TEST(Stripe, CountsInStripesOwnUnits) {
  const auto amount = [](std::string_view units, std::string_view currency) {
    const auto money = stripe::amount_of(units, currency);
    return money ? money->decimal() : money.error().code;
  };
  EXPECT_EQ(amount("500", "jpy"), "500");
  EXPECT_EQ(amount("500", "ugx"), "5");
  EXPECT_EQ(amount("500", "isk"), "5");
  EXPECT_EQ(amount("500", "mga"), "500.00");
  EXPECT_EQ(amount("5000", "kwd"), "5.000");
  EXPECT_EQ(amount("5", "usd"), "0.05");
  EXPECT_EQ(amount("-5", "usd"), "invalid_amount");
  EXPECT_EQ(amount("1.5", "usd"), "invalid_amount");
  EXPECT_EQ(amount("5", "xyz"), "unknown_currency");
}

TEST(Stripe, AcceptsAnyRightSignatureThatIsFresh) {
  EXPECT_TRUE(stripe().verify(signed_post(), settings()).ok());
  EXPECT_EQ(stripe().verify(signed_post("1772704000"), settings()).reason,
            "timestamp_out_of_range");
  EXPECT_TRUE(stripe().verify(signed_post("1772704000"), settings(R"({"tolerance_s":1000})")).ok());
  EXPECT_EQ(stripe().verify(json_post("{}"), settings()).reason, "signature_missing");
}

TEST(Stripe, RefusesWhenOneByteChanges) {
  const Delivery good = signed_post();
  for (std::size_t i = 0; i < good.body.size(); i += 5) {
    Delivery changed = good;
    changed.body[i] = static_cast<char>(changed.body[i] ^ 1);
    EXPECT_EQ(stripe().verify(changed, settings()).status(), 401) << i;
  }
  Delivery other_time = good;
  other_time.headers.back().second[3] = '2';
  EXPECT_EQ(stripe().verify(other_time, settings()).status(), 401);
}

TEST(Stripe, KnowsADeliveryByItsEvent) {
  EXPECT_EQ(stripe().receive(signed_post(), settings()).delivery_key, "stripe:evt_1");
  EXPECT_TRUE(stripe().receive(json_post("{}"), settings()).delivery_key.starts_with("stripe:sha"));
  EXPECT_EQ(parse_settings("stripe", nullptr).error().fields.at(0).pointer, "/secret");
}

}  // namespace
}  // namespace dealog::connectors
